package smtpsend

import (
	"fmt"
	"testing"

	"partwork/internal/drip"
)

// Short names for the table.
const (
	goOn      = drip.Class("")
	accepted  = drip.ClassAccepted
	recipient = drip.ClassRecipient
	message   = drip.ClassMessage
	sender    = drip.ClassSender
	deferred  = drip.ClassDeferred
	throttled = drip.ClassThrottled
	transport = drip.ClassTransport
	unknown   = drip.ClassUnknown
)

// phases are the columns of the table.
var phases = []drip.Phase{
	drip.PhaseDial, drip.PhaseAuth, drip.PhaseMail, drip.PhaseRcpt, drip.PhaseData, drip.PhaseBody, drip.PhaseFinal,
}

func TestClassify(t *testing.T) {
	t.Parallel()
	tests := []struct {
		code     int
		enhanced string
		want     [7]drip.Class // dial, auth, mail, rcpt, data, body, final
	}{
		// No reply, and replies that are none.
		{0, "", [7]drip.Class{transport, transport, transport, transport, transport, transport, unknown}},
		{-1, "", [7]drip.Class{transport, transport, transport, transport, transport, transport, unknown}},
		{150, "", [7]drip.Class{transport, transport, transport, transport, transport, transport, unknown}},
		{600, "", [7]drip.Class{transport, transport, transport, transport, transport, transport, unknown}},
		// Go on, or accepted.
		{250, "", [7]drip.Class{goOn, goOn, goOn, goOn, transport, transport, accepted}},
		{250, "2.0.0", [7]drip.Class{goOn, goOn, goOn, goOn, transport, transport, accepted}},
		{251, "", [7]drip.Class{goOn, goOn, goOn, goOn, transport, transport, accepted}},
		{354, "", [7]drip.Class{transport, transport, transport, transport, goOn, transport, unknown}},
		{334, "", [7]drip.Class{transport, transport, transport, transport, transport, transport, unknown}},
		// Slow down.
		{421, "", [7]drip.Class{throttled, throttled, throttled, throttled, throttled, throttled, throttled}},
		{421, "4.7.28", [7]drip.Class{throttled, throttled, throttled, throttled, throttled, throttled, throttled}},
		{450, "4.7.0", [7]drip.Class{throttled, throttled, throttled, throttled, throttled, throttled, throttled}},
		{450, "4.2.1", [7]drip.Class{throttled, throttled, throttled, throttled, throttled, throttled, throttled}},
		{451, "4.7.1", [7]drip.Class{throttled, throttled, throttled, throttled, throttled, throttled, throttled}},
		{451, "4.7.500", [7]drip.Class{throttled, throttled, throttled, throttled, throttled, throttled, throttled}},
		{452, "4.3.2", [7]drip.Class{throttled, throttled, throttled, throttled, throttled, throttled, throttled}},
		{454, "", [7]drip.Class{throttled, throttled, deferred, deferred, deferred, deferred, deferred}},
		// Later.
		{450, "", [7]drip.Class{deferred, deferred, deferred, deferred, deferred, deferred, deferred}},
		{450, "4.2.0", [7]drip.Class{deferred, deferred, deferred, deferred, deferred, deferred, deferred}},
		{450, "4.7.1", [7]drip.Class{deferred, deferred, deferred, deferred, deferred, deferred, deferred}},
		{451, "4.3.0", [7]drip.Class{deferred, deferred, deferred, deferred, deferred, deferred, deferred}},
		{452, "4.2.2", [7]drip.Class{deferred, deferred, deferred, deferred, deferred, deferred, deferred}},
		{452, "4.3.1", [7]drip.Class{deferred, deferred, deferred, deferred, deferred, deferred, deferred}},
		{499, "", [7]drip.Class{deferred, deferred, deferred, deferred, deferred, deferred, deferred}},
		// The recipient, at RCPT and after the final dot only.
		{550, "5.1.1", [7]drip.Class{sender, sender, sender, recipient, message, message, recipient}},
		{550, "5.1.2", [7]drip.Class{sender, sender, sender, recipient, message, message, recipient}},
		{553, "5.1.3", [7]drip.Class{sender, sender, sender, recipient, message, message, recipient}},
		{551, "5.1.6", [7]drip.Class{sender, sender, sender, recipient, message, message, recipient}},
		{556, "5.1.10", [7]drip.Class{sender, sender, sender, recipient, message, message, recipient}},
		{550, "5.2.1", [7]drip.Class{sender, sender, sender, recipient, message, message, recipient}},
		{554, "5.1.1", [7]drip.Class{sender, sender, sender, recipient, message, message, recipient}},
		// Bare codes suppress nobody.
		{550, "", [7]drip.Class{sender, sender, sender, message, message, message, message}},
		{551, "", [7]drip.Class{sender, sender, sender, message, message, message, message}},
		{553, "", [7]drip.Class{sender, sender, sender, message, message, message, message}},
		{554, "", [7]drip.Class{sender, sender, sender, message, message, message, message}},
		{501, "", [7]drip.Class{sender, sender, sender, message, message, message, message}},
		{599, "", [7]drip.Class{sender, sender, sender, message, message, message, message}},
		// Neighbors of the recipient's codes suppress nobody either.
		{550, "5.1.0", [7]drip.Class{sender, sender, sender, message, message, message, message}},
		{550, "5.1.4", [7]drip.Class{sender, sender, sender, message, message, message, message}},
		{552, "5.2.2", [7]drip.Class{sender, sender, sender, message, message, message, message}},
		{550, "5.1.11", [7]drip.Class{sender, sender, sender, message, message, message, message}},
		{550, "5.4.4", [7]drip.Class{sender, sender, sender, message, message, message, message}},
		{550, "5.0.0", [7]drip.Class{sender, sender, sender, message, message, message, message}},
		// The message.
		{552, "", [7]drip.Class{sender, sender, message, message, message, message, message}},
		{552, "5.3.4", [7]drip.Class{sender, sender, message, message, message, message, message}},
		{552, "5.2.3", [7]drip.Class{sender, sender, message, message, message, message, message}},
		{554, "5.6.0", [7]drip.Class{sender, sender, message, message, message, message, message}},
		{553, "5.6.7", [7]drip.Class{sender, sender, message, message, message, message, message}},
		// Us.
		{550, "5.7.1", [7]drip.Class{sender, sender, sender, sender, sender, sender, sender}},
		{554, "5.7.26", [7]drip.Class{sender, sender, sender, sender, sender, sender, sender}},
		{530, "", [7]drip.Class{sender, sender, sender, sender, sender, sender, sender}},
		{534, "5.7.9", [7]drip.Class{sender, sender, sender, sender, sender, sender, sender}},
		{535, "5.7.8", [7]drip.Class{sender, sender, sender, sender, sender, sender, sender}},
		{535, "", [7]drip.Class{sender, sender, sender, sender, sender, sender, sender}},
		{538, "", [7]drip.Class{sender, sender, sender, sender, sender, sender, sender}},
		{503, "", [7]drip.Class{sender, sender, sender, sender, sender, sender, sender}},
		{503, "5.5.1", [7]drip.Class{sender, sender, sender, sender, sender, sender, sender}},
		{501, "5.5.4", [7]drip.Class{sender, sender, sender, message, message, message, message}},
		{550, "5.1.8", [7]drip.Class{sender, sender, sender, sender, sender, sender, sender}},
		{501, "5.1.7", [7]drip.Class{sender, sender, sender, sender, sender, sender, sender}},
	}
	for _, tt := range tests {
		for i, phase := range phases {
			t.Run(fmt.Sprintf("%s/%d/%s", phase, tt.code, tt.enhanced), func(t *testing.T) {
				t.Parallel()
				r := drip.Reply{Phase: phase, Code: tt.code, Enhanced: tt.enhanced, Text: "5.1.1 user unknown"}
				if got := Classify(r); got != tt.want[i] {
					t.Errorf("Classify(%+v) = %q, want %q", r, got, tt.want[i])
				}
			})
		}
	}
}

// Whatever the reply, a person is suppressed only by a permanent reply that is
// about one recipient, and a message is accepted only by 2yz to its final dot.
func TestClassifyEverything(t *testing.T) {
	t.Parallel()
	for code := -1; code < 700; code++ {
		for _, phase := range phases {
			for _, enhanced := range []string{"", "5.1.1", "4.1.1", "2.1.5", "5.7.1", "x"} {
				r := drip.Reply{Phase: phase, Code: code, Enhanced: enhanced}
				final := phase == drip.PhaseFinal
				switch got := Classify(r); {
				case got == recipient && (code/100 != 5 || !final && phase != drip.PhaseRcpt):
					t.Fatalf("%+v suppresses a person", r)
				case (got == accepted) != (final && code/100 == 2):
					t.Fatalf("%+v is %q", r, got)
				case got == unknown && !final, got == transport && final:
					t.Fatalf("%+v is %q", r, got)
				}
			}
		}
	}
}
