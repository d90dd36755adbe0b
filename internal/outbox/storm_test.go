package outbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/store"
)

func TestStormGuard(t *testing.T) {
	t.Parallel()
	type fate func(n int) drip.Class // of the nth message, from 1 on
	every := func(k int, class drip.Class) fate {
		return func(n int) drip.Class {
			if n%k == 0 {
				return class
			}
			return drip.ClassAccepted
		}
	}
	after := func(from int, f fate) fate {
		return func(n int) drip.Class {
			if n > from {
				return f(n - from)
			}
			return drip.ClassAccepted
		}
	}
	for _, tc := range []struct {
		name   string
		fate   fate
		sent   int    // when the campaign is paused; 0 if it is not
		reason string // a part of it
	}{
		{"all refused", every(1, drip.ClassMessage), 11, "refused 11 of the first 11 messages, the last with 550 5.6.0 no thanks"},
		{"all against policy", every(1, drip.ClassSender), 11, "refused 11 of the first 11"},
		{"six percent of the first 200", every(16, drip.ClassMessage), 176, "11 of the first 176"},
		{"five percent of the first 200", every(20, drip.ClassMessage), 0, ""},
		{"a storm later on", after(250, every(1, drip.ClassMessage)), 271, "21 messages in a row"},
		{"twenty in a row later on", after(250, func(n int) drip.Class {
			if n%21 == 0 {
				return drip.ClassAccepted
			}
			return drip.ClassMessage
		}), 0, ""},
		{"an old list", every(8, drip.ClassRecipient), 50, "6 of 50 addresses do not exist"},
		{"an old part of a list", after(300, every(1, drip.ClassRecipient)), 334, "34 of 334"},
		{"a tenth of a list is old", every(10, drip.ClassRecipient), 0, ""},
		{"every address of a short list", func(n int) drip.Class { return drip.ClassRecipient }, 50, "50 of 50"},
		{"put off", every(1, drip.ClassDeferred), 0, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, outbox.Config{Connections: 1}, 600)
			n := 0
			var current drip.Class
			w.transfer = func(store.Claimed) (drip.Class, bool) {
				n++
				current = tc.fate(n)
				return current, true
			}
			w.policies.reply = func(store.Claimed) drip.Reply {
				return drip.Reply{Phase: drip.PhaseFinal, Code: 550, Enhanced: "5.6.0", Text: "no thanks"}
			}
			start(w)
			if tc.sent == 0 {
				if len(w.paused) > 0 || len(w.sent) != 600 {
					t.Fatalf("paused after %d messages: %v", len(w.sent), w.policies.reasons)
				}
				return
			}
			if len(w.sent) != tc.sent || len(w.paused) != 1 || w.paused[0] != 7 {
				t.Fatalf("paused %v after %d messages, want after %d; %v", w.paused, len(w.sent), tc.sent, w.policies.reasons)
			}
			if !strings.Contains(w.policies.reasons[0], tc.reason) {
				t.Errorf("the reason is %q, want %q", w.policies.reasons[0], tc.reason)
			}
		})
	}
}

// Different codes in a row are no storm of one kind, after the first 200.
func TestRowOfDifferentRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1}, 400)
	n := 0
	w.transfer = func(store.Claimed) (drip.Class, bool) {
		if n++; n > 300 {
			return drip.ClassMessage, true
		}
		return drip.ClassAccepted, true
	}
	w.policies.reply = func(store.Claimed) drip.Reply { return drip.Reply{Phase: drip.PhaseFinal, Code: 550 + n%2} }
	start(w)
	if len(w.paused) > 0 {
		t.Errorf("paused: %v", w.policies.reasons)
	}
}

// When several connections meet the storm at once, what was not marked yet is taken
// back, so that a bad list costs hardly more than was needed to see it.
func TestHaltedCampaignIsNotOffered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 8}, 300)
	w.offer = func(c store.Claimed) *outbox.Failure {
		if c.Delivery.Enrollment%2 == 0 {
			return offerFails(drip.ClassRecipient, drip.PhaseRcpt, 550, "5.1.1")
		}
		return nil
	}
	other := w.claim(1001)
	other.Campaign = 8
	w.claims = append(w.claims, other)
	start(w)
	if got := w.count(drip.DeliveryRefused); got > 33 || len(w.paused) != 1 {
		t.Errorf("%d suppressed, paused %v; want at most 25 and those on their way", got, w.paused)
	}
	if w.results[fence(other)] != drip.DeliverySent {
		t.Error("another campaign was held up")
	}
}

// An hour's rest begins another run.
func TestRunsAreJudgedApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, outbox.Config{Connections: 1}, 0)
	w.transfer = func(store.Claimed) (drip.Class, bool) { return drip.ClassMessage, true }
	for run := range 3 {
		for i := range 10 {
			w.claims = append(w.claims, w.claim(100*run+i+1))
		}
		w.send(outbox.Wake{})
		w.run()
		w.sleep(61 * time.Minute)
	}
	if len(w.paused) > 0 || len(w.sent) != 30 {
		t.Errorf("%d sent, paused: %v", len(w.sent), fmt.Sprint(w.policies.reasons))
	}
}
