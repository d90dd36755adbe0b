package app_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/testkit"
)

// deaf is a store that takes no outcomes while it is deaf.
type deaf struct {
	store.Store
	deaf    atomic.Bool
	refused chan struct{} // told of each refusal, if there is room
}

func (d *deaf) CommitRound(ctx context.Context, round store.Round) (store.RoundResult, error) {
	if d.deaf.Load() && len(round.Outcomes) > 0 {
		select {
		case d.refused <- struct{}{}:
		default:
		}
		return store.RoundResult{}, errors.New("the disk gave up")
	}
	return d.Store.CommitRound(ctx, round)
}

// goDeaf has the instance's store take nothing more until it is told to.
func (in *instance) goDeaf() *deaf {
	d := &deaf{Store: in.Store, refused: make(chan struct{}, 1)}
	d.deaf.Store(true)
	in.Store = d
	return d
}

// keptFiles are those in which outcomes are kept.
func (in *instance) keptFiles(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(in.cfg.StateDir, "outcomes.*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestOutcomesThatCannotBeStoredOutliveTheProcess has the database take no outcomes, ends
// the program by two signals, and starts it on a database that is well again: what the
// relay said is known, and nobody's fate is in doubt.
func TestOutcomesThatCannotBeStoredOutliveTheProcess(t *testing.T) {
	t.Parallel()
	for reply, want := range map[string]drip.DeliveryState{
		"250 2.0.0 queued": drip.DeliverySent, "550 5.1.1 nobody": drip.DeliveryRefused, "550 5.6.0 no": drip.DeliveryRefused,
		"451 4.3.0 later": drip.DeliveryDeferred, "": drip.DeliveryUnknown,
	} {
		t.Run(string(want)+" "+reply, func(t *testing.T) {
			t.Parallel()
			final := []testkit.Step{testkit.Say(reply)}
			if reply == "" {
				final = []testkit.Step{testkit.Accept(), testkit.Drop()}
			}
			relay := testkit.Start(t, testkit.Script{Rules: []testkit.Rule{{At: testkit.AtFinal, Do: final}}})
			in := newInstance(t, instanceOptions{connections: 1})
			importPeople(t, in, writePeople(t, 1), "letters")
			in.step(newsday)
			store := in.goDeaf()
			abort, cut := context.WithCancel(t.Context())
			r := in.serve(t, relay, app.ServeOptions{Abort: abort})
			<-store.refused
			await(t, "the outcome being kept", func() bool { return len(in.keptFiles(t)) == 1 })
			r.stop()
			cut()
			r.wait()
			if got := in.ledger(t); got[drip.DeliverySending] != 1 {
				t.Fatalf("the ledger has %v, and should know nothing yet", got)
			}
			in.noAddresses(t)
			in.Close()
			in.open(t)
			in.step(newsday.Add(3 * time.Minute))
			relay.Close()
			r = in.serve(t, testkit.Start(t, testkit.Script{}), app.ServeOptions{})
			await(t, "an end of it", func() bool { return in.ledger(t)[want] == 1 })
			r.stop()
			r.wait()
			entry := in.entries(t)[0]
			if entry.State != want || len(in.keptFiles(t)) > 0 {
				t.Errorf("it is %s, and files %v are left", entry.State, in.keptFiles(t))
			}
			if want == drip.DeliverySent && !entry.SentAt.Equal(newsday) {
				t.Errorf("it counts as sent at %v, want when the relay took it", entry.SentAt)
			}
			attempts, err := in.Store.Attempts(t.Context(), entry.DeliveryKey)
			if err != nil || len(attempts) > 1 || len(attempts) == 1 && attempts[0].Class == drip.ClassUnknown && want != drip.DeliveryUnknown {
				t.Errorf("the attempts are %+v (%v)", attempts, err)
			}
			person, err := in.Store.Subscriber(t.Context(), entry.Subscriber)
			if err != nil || person.SuppressedAt.IsZero() == (reply == "550 5.1.1 nobody") {
				t.Errorf("the reader is suppressed at %v (%v)", person.SuppressedAt, err)
			}
			in.verify(t)
		})
	}
}

// noAddresses fails the test if what is kept names somebody.
func (in *instance) noAddresses(t *testing.T) {
	t.Helper()
	for _, name := range in.keptFiles(t) {
		text, err := os.ReadFile(name)
		if err != nil || strings.Contains(string(text), "@") {
			t.Errorf("%s has %s (%v)", name, text, err)
		}
	}
}

// TestOutcomesAreKeptUntilTheyAreStored has the database recover while the program runs.
func TestOutcomesAreKeptUntilTheyAreStored(t *testing.T) {
	t.Parallel()
	relay := testkit.Start(t, testkit.Script{})
	in := newInstance(t, instanceOptions{connections: 2})
	importPeople(t, in, writePeople(t, 5), "letters")
	in.step(newsday)
	store := in.goDeaf()
	r := in.serve(t, relay, app.ServeOptions{})
	await(t, "an outcome being kept", func() bool { return len(in.keptFiles(t)) == 1 })
	store.deaf.Store(false)
	await(t, "all being sent", func() bool { return in.sent(t) == 5 })
	r.stop()
	r.wait()
	if files := in.keptFiles(t); len(files) > 0 {
		t.Errorf("there are left %v", files)
	}
	if n := len(relay.Accepted()); n != 5 {
		t.Errorf("the relay took %d", n)
	}
	in.verify(t)
}

// TestDamagedOutcomesDoNotKeepServeFromStarting cuts the file off. What it said is lost, and
// the delivery is in doubt, as it would be without a file.
func TestDamagedOutcomesDoNotKeepServeFromStarting(t *testing.T) {
	t.Parallel()
	relay := testkit.Start(t, testkit.Script{})
	in := newInstance(t, instanceOptions{connections: 1})
	importPeople(t, in, writePeople(t, 1), "letters")
	in.step(newsday)
	store := in.goDeaf()
	abort, cut := context.WithCancel(t.Context())
	r := in.serve(t, relay, app.ServeOptions{Abort: abort})
	<-store.refused
	await(t, "the outcome being kept", func() bool { return len(in.keptFiles(t)) == 1 })
	r.stop()
	cut()
	r.wait()
	if err := os.WriteFile(in.keptFiles(t)[0], []byte(`[{"state":"se`), 0o600); err != nil {
		t.Fatal(err)
	}
	in.Close()
	in.open(t)
	r = in.serve(t, relay, app.ServeOptions{})
	await(t, "the delivery being unknown", func() bool { return in.ledger(t)[drip.DeliveryUnknown] == 1 })
	r.stop()
	r.wait()
	if files := in.keptFiles(t); len(files) != 1 || strings.HasSuffix(files[0], ".json") {
		t.Errorf("the file is now %v, want it set aside", files)
	}
}
