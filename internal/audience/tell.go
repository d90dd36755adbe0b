package audience

import (
	"context"
	"fmt"
)

// Tell returns all that is kept about a person, for an operator who was asked for it:
// what Download gives the person themselves. It changes nothing. The error is
// drip.ErrNotFound if there is nobody.
func (a *Audience) Tell(ctx context.Context, who Who) (Data, error) {
	person, err := a.find(ctx, who)
	if err != nil {
		return Data{}, err
	}
	d, err := a.stores.Dossier(ctx, person.ID)
	if err != nil {
		return Data{}, fmt.Errorf("tell what is kept: %w", err)
	}
	return a.data(&d), nil
}
