package app_test

import (
	"context"
	"maps"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/testkit"
)

// restored is an instance whose database was put back to an older copy, under the
// state folder of the latest.
type restored struct {
	*instance
	t     *testing.T
	relay *testkit.Relay
	dir   string
	// left and suppressed are enrollments that ended after the copy was made.
	left, suppressed drip.Enrollment
}

// newRestored sends the first letter to four readers, of whom one leaves the series
// and one everything, and then restores the copy made an hour before.
func newRestored(t *testing.T) *restored {
	t.Helper()
	r := &restored{t: t, relay: testkit.Start(t, testkit.Script{}), dir: t.TempDir()}
	r.instance = newInstance(t, instanceOptions{dir: r.dir, connections: 1})
	importPeople(t, r.instance, writePeople(t, 4), "letters")
	r.serveUntil(nil)
	r.Close()
	copyFile(t, r.dir+"/data/partwork.db", r.dir+"/copy.db")
	r.open(t)
	r.step(newsday)
	r.serveUntil(func(s *running) {
		r.relay.Await(t, "the first letters", func() bool { return len(r.relay.Accepted()) == 4 })
		rows := r.entries(t)
		r.left, r.suppressed = r.enrollment(rows[0].Enrollment), r.enrollment(rows[1].Enrollment)
		post(t, r.Audience.UnsubscribeURL(s.base, r.left), url.Values{"List-Unsubscribe": {"One-Click"}})
		post(t, r.Audience.UnsubscribeURL(s.base, r.suppressed), url.Values{"action": {"everything"}})
	})
	r.Close()
	copyFile(t, r.dir+"/copy.db", r.dir+"/data/partwork.db")
	r.open(t)
	r.step(newsday.Add(3 * time.Hour))
	if r.sent(t) != 0 {
		t.Fatal("the copy knows of letters sent")
	}
	return r
}

// serveUntil serves until during returns; at once if it is nil.
func (r *restored) serveUntil(during func(*running)) {
	r.t.Helper()
	ready := make(chan struct{})
	s := r.serve(r.t, r.relay, app.ServeOptions{Ready: func(_, _ net.Addr) { close(ready) }})
	select {
	case <-ready:
	case err := <-s.done:
		r.t.Fatalf("serve: %v", err)
	}
	if during != nil {
		during(s)
	}
	s.stop()
	s.wait()
}

func (in *instance) enrollment(id drip.EnrollmentID) drip.Enrollment {
	e, _ := in.Store.Enrollment(context.Background(), id)
	return e
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (in *instance) held(t *testing.T, want store.HoldReason, words string) {
	t.Helper()
	reason, why, err := in.Held(t.Context())
	if err != nil || reason != want || !strings.Contains(why, words) {
		t.Errorf("held for %q, %q (%v), want %q and %q", reason, why, err, want, words)
	}
}

// accepted returns the subjects that the relay took, and to how many readers.
func (r *restored) accepted() map[string]int {
	subjects := make(map[string]int)
	for _, m := range r.relay.Accepted() {
		for _, id := range []string{"one", "two", "three"} {
			if strings.Contains(string(m.Body), "Subject: Letter "+id) {
				subjects[id]++
			}
		}
	}
	return subjects
}

// TestRestoredDatabaseSendsNothing has the pages go on, and those stay away who left
// after the copy was made.
func TestRestoredDatabaseSendsNothing(t *testing.T) {
	t.Parallel()
	r := newRestored(t)
	r.held(t, store.HeldBehind, "older copy")
	r.serveUntil(func(s *running) {
		body := get(t, s.private+"/readyz")
		for _, part := range []string{`"ready":true`, "nothing is sent: this is an older copy", `"held":"this is`} {
			if !strings.Contains(body, part) {
				t.Errorf("/readyz says %s, want %s", body, part)
			}
		}
		if e := r.enrollment(r.left.ID); e.State != drip.EnrollmentLeft || e.LeftReason != drip.LeftByReader {
			t.Errorf("who left after the copy is %s, %s", e.State, e.LeftReason)
		}
		p, err := r.Store.Subscriber(t.Context(), r.suppressed.Subscriber)
		if e := r.enrollment(r.suppressed.ID); err != nil || e.State != drip.EnrollmentLeft || p.SuppressedAt.IsZero() {
			t.Errorf("who was suppressed after the copy is %s, suppressed at %v (%v)", e.State, p.SuppressedAt, err)
		}
		other := r.active(t)[0]
		post(t, r.Audience.UnsubscribeURL(s.base, other), url.Values{"List-Unsubscribe": {"One-Click"}})
		if e := r.enrollment(other.ID); e.State != drip.EnrollmentLeft {
			t.Errorf("who leaves during the hold is %s", e.State)
		}
	})
	r.step(newsday.Add(7 * 24 * time.Hour))
	r.serveUntil(nil)
	if n := len(r.relay.Accepted()); n != 4 {
		t.Errorf("%d messages left, 4 of them before the restore", n)
	}
	r.held(t, store.HeldBehind, "older copy")
	r.verify(t)
}

// active returns the enrollments that are active.
func (in *instance) active(t *testing.T) []drip.Enrollment {
	t.Helper()
	return in.enrollmentsIn(t, drip.EnrollmentActive)
}

// enrollmentsIn returns the enrollments in some states.
func (in *instance) enrollmentsIn(t *testing.T, states ...drip.EnrollmentState) []drip.Enrollment {
	t.Helper()
	people, err := in.Store.Subscribers(t.Context(), store.SubscriberFilter{})
	if err != nil {
		t.Fatal(err)
	}
	var list []drip.Enrollment
	for _, p := range people {
		all, err := in.Store.EnrollmentsOf(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, slices.DeleteFunc(all, func(e drip.Enrollment) bool { return !slices.Contains(states, e.State) })...)
	}
	return list
}

// TestUnholdGoesOnWithTheNextSlot ends the hold beside a running serve. The ledger
// lacks the first letter, so plainly it is sent once more, at the next slot and no
// sooner; counted as had, the second follows.
func TestUnholdGoesOnWithTheNextSlot(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		skipBefore time.Time
		skipped    int
		want       map[string]int
	}{
		"plain":        {time.Time{}, 0, map[string]int{"one": 4 + 2}},
		"skip-before":  {newsday.Add(time.Hour), 2, map[string]int{"one": 4, "two": 2}},
		"skip-nothing": {newsday.Add(-time.Minute), 0, map[string]int{"one": 4 + 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRestored(t)
			r.serveUntil(func(s *running) {
				hold, err := r.Holding(t.Context())
				if err != nil || hold.Reason != store.HeldBehind || len(hold.Campaigns) != 1 {
					t.Fatalf("what is held: %+v (%v)", hold, err)
				}
				want := app.HeldCampaign{ID: "letters", Readers: 2, Missed: 2, MissedIssues: 2, Next: newsday.AddDate(0, 0, 7).Add(-time.Hour), NextReaders: 2}
				if got := hold.Campaigns[0]; got != want {
					t.Errorf("the campaign is %+v, want %+v", got, want)
				}
				skipped, err := r.Unhold(t.Context(), c.skipBefore)
				if err != nil || skipped != c.skipped {
					t.Fatalf("%d skipped, want %d (%v)", skipped, c.skipped, err)
				}
				await(t, "the end of the hold", func() bool { return !strings.Contains(get(t, s.private+"/readyz"), "nothing is sent") })
			})
			r.held(t, "", "")
			if n := len(r.relay.Accepted()); n != 4 {
				t.Fatalf("%d messages left before the next slot", n)
			}
			r.step(newsday.AddDate(0, 0, 7))
			r.serveUntil(func(*running) {
				r.relay.Await(t, "the next letters", func() bool { return len(r.relay.Accepted()) == 6 })
			})
			if got := r.accepted(); !maps.Equal(got, c.want) {
				t.Errorf("the relay took %v, want %v", got, c.want)
			}
			r.verify(t)
		})
	}
}

// TestSkipBeforeCountsEveryIssueAsHad restores a copy from before two letters, of which
// neither is sent again.
func TestSkipBeforeCountsEveryIssueAsHad(t *testing.T) {
	t.Parallel()
	r := newRestored(t)
	r.step(newsday.AddDate(0, 0, 7).Add(3 * time.Hour))
	hold, err := r.Holding(t.Context())
	if err != nil || len(hold.Campaigns) != 1 || hold.Campaigns[0].MissedIssues != 4 {
		t.Fatalf("what is held: %+v (%v), want two issues for two readers", hold, err)
	}
	skipped, err := r.Unhold(t.Context(), newsday.AddDate(0, 0, 7).Add(time.Hour))
	if err != nil || skipped != 4 || r.ledger(t)[drip.DeliverySkipped] != 4 {
		t.Fatalf("%d skipped, %v in the ledger (%v), want 4", skipped, r.ledger(t), err)
	}
	for _, row := range r.entries(t) {
		if row.State == drip.DeliverySkipped && (row.Reason != drip.ReasonBehind || !strings.Contains(row.Reply, "--skip-before")) {
			t.Errorf("the ledger says %s, %q", row.Reason, row.Reply)
		}
	}
	r.step(newsday.AddDate(0, 0, 14))
	r.serveUntil(func(*running) {
		r.relay.Await(t, "the third letter", func() bool { return len(r.relay.Accepted()) == 6 })
	})
	if want, got := map[string]int{"one": 4, "three": 2}, r.accepted(); !maps.Equal(got, want) {
		t.Errorf("the relay took %v, want %v", got, want)
	}
	r.verify(t)
}
