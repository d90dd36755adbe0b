package audience

import (
	"context"
	"fmt"

	"partwork/internal/drip"
	"partwork/internal/token"
)

// Letter is what a view link shows.
type Letter struct {
	Enrollment drip.Enrollment
	// Delivery was marked: its content and merge values are those of the message
	// that the person has, or may have.
	Delivery drip.Delivery
}

// Letter returns what the holder of a view link was sent. It changes nothing.
// Somebody who left may go on reading what they have. drip.ErrNotFound is the one
// answer to every link that does not work: not signed for this, erased, or of a
// message that was never handed to a relay.
func (a *Audience) Letter(ctx context.Context, link string) (Letter, error) {
	letter, err := a.letter(ctx, link)
	if err != nil {
		return Letter{}, fmt.Errorf("open a letter: %w", err)
	}
	return letter, nil
}

func (a *Audience) letter(ctx context.Context, link string) (Letter, error) {
	subject, forged := a.keyring.Verify(token.View, link) // looked up in any case, as links of other purposes are
	key := drip.DeliveryKey{Enrollment: drip.EnrollmentID(subject.A), Issue: drip.IssueNo(subject.B)}
	delivery, err := a.stores.Delivery(ctx, key)
	if err != nil {
		return Letter{}, err
	}
	if forged != nil || delivery.MarkedAt.IsZero() || delivery.Content == 0 || delivery.Merge == "" {
		return Letter{}, drip.ErrNotFound
	}
	enrollment, err := a.stores.Enrollment(ctx, key.Enrollment)
	return Letter{Enrollment: enrollment, Delivery: delivery}, err
}
