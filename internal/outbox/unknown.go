package outbox

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// resendAfter is how long an unknown delivery waits for evidence before a policy
// sends it again: the relay may still be busy with the first copy, and a receiver
// that knows the Message-ID drops the second one only if it has the first.
const resendAfter = 30 * time.Minute

// Unknowns counts the attempts whose outcome is not known, and returns when the
// latest of them ended, in calendar time.
func Unknowns(attempts []store.Attempt) (n int, last time.Time) {
	for _, a := range attempts {
		if a.Class != drip.ClassUnknown {
			continue
		}
		n++
		if a.At.After(last) {
			last = a.At
		}
	}
	return n, last
}

// Resend reports whether an unknown delivery with these attempts is to be sent
// again at a calendar time, by a campaign that wants it (drip.ResendUnknown): once,
// and after waiting for evidence.
func Resend(now time.Time, attempts []store.Attempt) bool {
	n, last := Unknowns(attempts)
	return n == 1 && !now.Before(last.Add(resendAfter))
}
