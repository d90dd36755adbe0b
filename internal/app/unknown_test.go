package app_test

import (
	"bytes"
	"errors"
	"testing"
	"testing/fstest"
	"time"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/testkit"
)

// silentRelay takes the first messages and says nothing to them.
func silentRelay(t *testing.T, messages int) *testkit.Relay {
	t.Helper()
	var rules []testkit.Rule
	for n := range messages {
		rules = append(rules, testkit.Rule{
			At: testkit.AtFinal, Conn: n + 1, Message: 1, Do: []testkit.Step{testkit.Accept(), testkit.Drop()},
		})
	}
	return testkit.Start(t, testkit.Script{Rules: rules})
}

// resending makes the campaign send again what is unknown.
func (in *instance) resending(t *testing.T) {
	t.Helper()
	file := *in.files["letters/campaign.yaml"]
	file.Data = append(bytes.Clone(file.Data), "on_unknown: resend\n"...)
	in.files["letters/campaign.yaml"] = &fstest.MapFile{Data: file.Data}
	in.Close()
	in.open(t)
}

// until serves until done, and stops.
func (in *instance) until(t *testing.T, relay *testkit.Relay, what string, done func() bool) {
	t.Helper()
	r := in.serve(t, relay, app.ServeOptions{})
	await(t, what, done)
	r.stop()
	r.wait()
}

// doubtful returns an instance with one delivery of unknown fate, and its relay,
// which falls silent that many times.
func doubtful(t *testing.T, times int, resend bool) (*instance, *testkit.Relay) {
	t.Helper()
	relay := silentRelay(t, times)
	in := newInstance(t, instanceOptions{connections: 1})
	if resend {
		in.resending(t)
	}
	importPeople(t, in, writePeople(t, 1), "letters")
	in.step(newsday)
	in.until(t, relay, "unknown", func() bool { return in.ledger(t)[drip.DeliveryUnknown] == 1 })
	return in, relay
}

func (in *instance) theUnknown(t *testing.T) store.LogEntry {
	t.Helper()
	list, err := in.Unknown(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%d unknown deliveries, %v; want one", len(list), err)
	}
	return list[0]
}

// TestUnknownIsSentOnceMoreByPolicy waits for evidence, then sends the very same
// bytes once more, and never a third time.
func TestUnknownIsSentOnceMoreByPolicy(t *testing.T) {
	t.Parallel()
	in, relay := doubtful(t, 2, true)
	resend := func(after time.Duration) {
		t.Helper()
		in.step(newsday.Add(after))
		if err := in.Resend(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	resend(29 * time.Minute)
	in.theUnknown(t)
	resend(31 * time.Minute)
	in.until(t, relay, "the second try", func() bool { return len(relay.Accepted()) == 2 && in.ledger(t)[drip.DeliveryUnknown] == 1 })
	first, second := relay.Accepted()[0], relay.Accepted()[1]
	if !bytes.Equal(first.Body, second.Body) || first.ID() == "" {
		t.Error("the second copy is not the first one, byte by byte")
	}
	resend(3 * time.Hour)
	if entry := in.theUnknown(t); !errors.Is(in.Settle(t.Context(), entry, app.Again), app.ErrTwice) {
		t.Error("a third copy could be asked for")
	}
	in.verify(t)
}

// TestUnknownIsLeftToAPerson is the policy of campaigns that do not say otherwise.
func TestUnknownIsLeftToAPerson(t *testing.T) {
	t.Parallel()
	in, _ := doubtful(t, 1, false)
	in.step(newsday.Add(2 * time.Hour))
	if err := in.Resend(t.Context()); err != nil {
		t.Fatal(err)
	}
	in.theUnknown(t)
}

// TestUnknownIsSettledByHand gives each verdict.
func TestUnknownIsSettledByHand(t *testing.T) {
	t.Parallel()
	t.Run("sent", func(t *testing.T) {
		t.Parallel()
		in, relay := doubtful(t, 1, false)
		in.step(newsday.Add(6 * 24 * time.Hour)) // found out late: the next slot must not be lost
		entry := in.theUnknown(t)
		if err := in.Settle(t.Context(), entry, app.Arrived); err != nil {
			t.Fatal(err)
		}
		if err := in.Settle(t.Context(), entry, app.Lost); !errors.Is(err, app.ErrSettled) {
			t.Errorf("settled twice: %v", err)
		}
		sent := in.entries(t)
		if len(sent) != 1 || sent[0].State != drip.DeliverySent || !sent[0].SentAt.Equal(newsday) {
			t.Fatalf("the ledger has %+v, want one sent at %s", sent, newsday)
		}
		in.step(newsday.AddDate(0, 0, 7).Add(time.Hour)) // clocks went forward in London
		in.until(t, relay, "the next issue", func() bool { return len(relay.Accepted()) == 2 })
		in.verify(t)
	})
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		in, _ := doubtful(t, 1, false)
		if err := in.Settle(t.Context(), in.theUnknown(t), app.Lost); err != nil {
			t.Fatal(err)
		}
		if got := in.ledger(t); got[drip.DeliveryRefused] != 1 {
			t.Errorf("the ledger has %v", got)
		}
		in.verify(t)
	})
	t.Run("resend", func(t *testing.T) {
		t.Parallel()
		in, relay := doubtful(t, 1, false)
		in.step(newsday.Add(time.Hour))
		if err := in.Settle(t.Context(), in.theUnknown(t), app.Again); err != nil {
			t.Fatal(err)
		}
		in.until(t, relay, "the second copy", func() bool { return in.ledger(t)[drip.DeliverySent] == 1 })
		if got := relay.Accepted(); len(got) != 2 || !bytes.Equal(got[0].Body, got[1].Body) {
			t.Error("the second copy is not the first one")
		}
		in.verify(t)
	})
	t.Run("resend after the series went on", func(t *testing.T) {
		t.Parallel()
		in, relay := doubtful(t, 1, false)
		entry := in.theUnknown(t)
		in.step(newsday.AddDate(0, 0, 7))
		in.until(t, relay, "the next issue", func() bool { return in.ledger(t)[drip.DeliverySent] == 1 })
		if err := in.Settle(t.Context(), entry, app.Again); !errors.Is(err, app.ErrOvertaken) {
			t.Errorf("an issue was sent out of order: %v", err)
		}
		in.theUnknown(t)
		in.verify(t)
	})
}

// TestSkipBeforeSendsNothingOnceMore restores a copy in which the policy was about to
// send an unknown delivery again. The latest database did so, and went on.
func TestSkipBeforeSendsNothingOnceMore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before time.Duration // after the mark
		want   drip.DeliveryState
	}{"marked before": {time.Hour, drip.DeliverySent}, "marked after": {-time.Hour, drip.DeliveryPlanned}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, _ := doubtful(t, 1, true)
			entry := in.theUnknown(t)
			if err := in.Hold(t.Context()); err != nil {
				t.Fatal(err)
			}
			in.step(newsday.Add(2 * time.Hour))
			if _, err := in.Unhold(t.Context(), newsday.Add(c.before)); err != nil {
				t.Fatal(err)
			}
			if err := in.Resend(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := in.ledger(t); got[c.want] != 1 {
				t.Errorf("the ledger has %v, want one %s", got, c.want)
			}
			if rows := in.entries(t); c.want == drip.DeliverySent && !rows[0].SentAt.Equal(newsday) {
				t.Errorf("it counts as sent at %v, want %v; it was %+v", rows[0].SentAt, newsday, entry)
			}
			in.verify(t)
		})
	}
}
