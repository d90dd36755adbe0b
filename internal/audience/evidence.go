package audience

import (
	"context"
	"errors"
	"fmt"
	"time"

	"partwork/internal/drip"
)

// Evidence is why a person may be sent a series, or why not any more: what a supervisor
// or a judge would ask for.
type Evidence struct {
	// Consent is zero while they have not given one.
	Consent drip.Consent
	// Request is what was asked for on a sign-up page and waits for their confirmation;
	// zero if nothing does. Afterwards it is part of Consent.
	Request drip.Request
	// WithdrawnAt is when the consent ended: they left, were unsubscribed by hand, or
	// may not be mailed any more. It is zero while it stands. A series that ended by
	// itself withdraws nothing.
	WithdrawnAt time.Time
}

// Evidence returns the evidence for an enrollment.
func (a *Audience) Evidence(ctx context.Context, e drip.Enrollment) (Evidence, error) {
	var found Evidence
	var err error
	if e.ConsentID != 0 {
		found.Consent, err = a.stores.Consent(ctx, e.ConsentID)
		if e.LeftReason == drip.LeftByReader || e.LeftReason == drip.LeftByAdmin || e.LeftReason == drip.LeftSuppressed {
			found.WithdrawnAt = e.LeftAt
		}
	} else if e.State == drip.EnrollmentPending {
		if found.Request, err = a.stores.RequestOf(ctx, e.ID); errors.Is(err, drip.ErrNotFound) {
			err = nil // invited
		}
	}
	if err != nil {
		return Evidence{}, fmt.Errorf("evidence for enrollment %d: %w", e.ID, err)
	}
	return found, nil
}
