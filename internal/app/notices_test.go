package app_test

import (
	"strings"
	"testing"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/smtpsend"
	"partwork/internal/store"
	"partwork/internal/testkit"
)

// What is asked for on a page of a database that is held waits, and leaves when it is
// held no more, once.
func TestNoticesWaitWhileHeld(t *testing.T) {
	t.Parallel()
	relay := testkit.Start(t, testkit.Script{})
	in := newInstance(t, instanceOptions{})
	importPeople(t, in, writePeople(t, 1), "letters")
	e := enrollmentAt(t, in, "reader00000000@example.net")
	if _, err := in.Store.Hold(t.Context(), store.HeldByOperator, in.now()); err != nil {
		t.Fatal(err)
	}
	if err := in.Audience.AskPrivate(t.Context(), in.Audience.PreferencesURL("", e)[len("/p/"):]); err != nil {
		t.Fatal(err)
	}
	if err := in.round(t, relay); err != nil {
		t.Fatal(err)
	}
	if n := len(relay.Accepted()); n != 0 {
		t.Errorf("%d mails while held", n)
	}
	if _, err := in.Store.Unhold(t.Context(), 99, 0, in.now()); err != nil {
		t.Fatal(err)
	}
	if err := in.round(t, relay); err != nil {
		t.Fatal(err)
	}
	if err := in.round(t, relay); err != nil {
		t.Fatal(err)
	}
	if list := relay.Accepted(); len(list) != 1 || list[0].To[0] != "reader00000000@example.net" {
		t.Errorf("sent are %v", list)
	}
}

// A relay that has no time is asked again later; one that refuses for good is not, and
// nobody is suppressed for it.
func TestNoticesAreTriedAgain(t *testing.T) {
	t.Parallel()
	for reply, again := range map[string]bool{"450 4.2.1 later": true, "421 4.3.2 closing": true, "550 5.1.1 no such user": false} {
		t.Run(strings.Fields(reply)[0], func(t *testing.T) {
			t.Parallel()
			relay := testkit.Start(t, testkit.Script{Rules: []testkit.Rule{{At: testkit.AtRcpt, Times: 1, Do: []testkit.Step{testkit.Say(reply)}}}})
			in := newInstance(t, instanceOptions{})
			importPeople(t, in, writePeople(t, 1), "letters")
			e := enrollmentAt(t, in, "reader00000000@example.net")
			if err := in.Audience.AskPrivate(t.Context(), in.Audience.PreferencesURL("", e)[len("/p/"):]); err != nil {
				t.Fatal(err)
			}
			if err := in.round(t, relay); err != nil {
				t.Fatal(err)
			}
			n, err := in.Store.Notice(t.Context(), 1)
			if err != nil || n.Tries != 1 || !n.WakeAt.IsZero() != again {
				t.Errorf("it is %+v, %v", n, err)
			}
			p, err := in.Audience.Show(t.Context(), whoIs(e))
			if err != nil || p.Suppression != nil {
				t.Errorf("suppressed: %v, %v", p.Suppression, err)
			}
		})
	}
}

// round has the notices sent that are to be sent now.
func (in *instance) round(t *testing.T, relay *testkit.Relay) error {
	t.Helper()
	return app.SendNotices(t.Context(), in.Instance, smtpsend.Relay{Host: relay.Host(), Port: relay.Port(), TLS: smtpsend.NoTLS})
}

func whoIs(e drip.Enrollment) audience.Who { return audience.Who{ID: e.Subscriber} }
