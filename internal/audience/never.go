package audience

import (
	"context"
	"fmt"

	"partwork/internal/drip"
	"partwork/internal/token"
)

// Never has the address that a confirmation link was mailed to never written to again,
// whoever signs it up: it is what a stranger says whom somebody else signed up. It does
// what LeaveEverything does, without anything having begun, and returns what to offer
// whoever pressed the button. It works for every link that was ever signed for a person
// who is still known, confirmed or not; done again, it is done. The error is
// drip.ErrNotFound for all others: there is no address to suppress.
func (a *Audience) Never(ctx context.Context, link string) (Departed, error) {
	e, err := a.enrollment(ctx, token.Confirm, link)
	if err != nil {
		return Departed{}, fmt.Errorf("never write to an address: %w", err)
	}
	person, err := a.stores.Subscriber(ctx, e.Subscriber)
	if err != nil {
		return Departed{}, fmt.Errorf("never write to the address of enrollment %d: %w", e.ID, err)
	}
	if err := a.suppressAt(ctx, person.Email, drip.SuppressedByReader, a.now()); err != nil {
		return Departed{}, fmt.Errorf("never write to the address of enrollment %d: %w", e.ID, err)
	}
	return a.offerBack(ctx, e, Departed{Everything: true, Leave: a.signed(token.Unsubscribe, e), Never: e.JoinedAt.IsZero()})
}
