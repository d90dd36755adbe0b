package audience

import (
	"fmt"

	"partwork/internal/calendar"
	"partwork/internal/drip"
)

// Refusal is the answer to a wish that cannot be granted. Nothing was changed.
type Refusal struct {
	// Code is why, in a word, for pages that have words of their own; empty
	// where the wish itself makes no sense.
	Code calendar.Code
	// Why is a clause that says what is in the way.
	Why string
}

// Error returns Why.
func (r *Refusal) Error() string { return r.Why }

func refuse(code calendar.Code, format string, args ...any) error {
	return &Refusal{Code: code, Why: fmt.Sprintf(format, args...)}
}

// checkGoing refuses wishes about enrollments that are not, or no longer, going
// on: the store does not take them.
func checkGoing(e drip.Enrollment) error {
	switch e.State {
	case drip.EnrollmentPending:
		return refuse(calendar.CodeInactive, "the series has not begun: it waits for their confirmation")
	case drip.EnrollmentLeft:
		return refuse(calendar.CodeInactive, "they are not in this series any more")
	default:
		return nil
	}
}

// granted returns the enrollment as the store left it after a wish, or the
// refusal if it was over before the wish arrived.
func granted(e drip.Enrollment, err error) (drip.Enrollment, error) {
	if err == nil {
		err = checkGoing(e)
	}
	if err != nil {
		return drip.Enrollment{}, err
	}
	return e, nil
}
