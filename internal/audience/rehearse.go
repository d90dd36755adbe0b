package audience

import (
	"context"
	"fmt"

	"partwork/internal/store"
)

// rehearse answers like store.Imports.ImportRows, and nothing stays of it. Rows of
// different chunks never meet, because a list's duplicates are dropped before.
func (in *intake) rehearse(ctx context.Context, c store.ImportChunk) ([]store.RowOutcome, error) {
	rule := c.Enroll
	stored := rule == nil || rule.Campaign != 0
	if !stored {
		c.Enroll = nil
	}
	outcomes, err := in.stores.RehearseRows(ctx, in.opening("", nil), c)
	if err != nil || stored {
		return outcomes, err
	}
	for i := range outcomes {
		if outcomes[i].Enroll, err = in.firstIn(ctx, c.Rows[i], outcomes[i]); err != nil {
			return nil, err
		}
	}
	return outcomes, nil
}

// firstIn tells how a person would enter a campaign that is not stored yet, so that
// nobody is in it and nobody left it.
func (in *intake) firstIn(ctx context.Context, row store.Person, outcome store.RowOutcome) (store.EnrollResult, error) {
	switch {
	case outcome.Result == store.RowSuppressed || outcome.Former:
		return store.EnrollNone, nil
	case in.states(row):
		return store.EnrollActive, nil
	case outcome.Result == store.RowNew:
		return store.EnrollPending, nil
	}
	known, err := in.stores.Subscriber(ctx, outcome.Subscriber)
	switch {
	case err != nil:
		return store.EnrollNone, fmt.Errorf("look up the consent of subscriber %d: %w", outcome.Subscriber, err)
	case known.ConsentID == 0:
		return store.EnrollPending, nil
	default:
		return store.EnrollActive, nil
	}
}

// states reports whether the import states the consent of a row's person.
func (in *intake) states(row store.Person) bool { return in.consent != "" && !row.Unconfirmed() }
