package audience

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// foresee answers like store.Imports.ImportRows and writes nothing. Rows of
// different chunks never meet, because a list's duplicates are dropped before.
func (in *intake) foresee(ctx context.Context, c store.ImportChunk) ([]store.RowOutcome, error) {
	outcomes := make([]store.RowOutcome, len(c.Rows))
	for i, row := range c.Rows {
		var err error
		if outcomes[i], err = in.foreseeRow(ctx, row, c.Enroll); err != nil {
			return nil, err
		}
	}
	return outcomes, nil
}

func (in *intake) foreseeRow(ctx context.Context, row store.Person, rule *store.EnrollRule) (store.RowOutcome, error) {
	if suppressed, err := in.suppressed(ctx, row); err != nil || suppressed {
		return store.RowOutcome{Result: store.RowSuppressed}, err
	}
	known, err := in.stores.SubscriberByEmail(ctx, row.Email)
	if errors.Is(err, drip.ErrNotFound) {
		return store.RowOutcome{Result: store.RowNew, Enroll: in.foreseeEnroll(rule, in.consent != "", nil)}, nil
	}
	if err != nil {
		return store.RowOutcome{}, fmt.Errorf("look up a subscriber: %w", err)
	}
	if !known.SuppressedAt.IsZero() {
		return store.RowOutcome{Result: store.RowSuppressed}, nil
	}
	outcome := store.RowOutcome{Result: store.RowUnchanged, Subscriber: known.ID}
	if in.tellsNews(known, row) {
		outcome.Result = store.RowUpdated
	}
	if rule == nil {
		return outcome, nil
	}
	enrollments, err := in.stores.EnrollmentsOf(ctx, known.ID)
	if err != nil {
		return store.RowOutcome{}, fmt.Errorf("look up the enrollments of subscriber %d: %w", known.ID, err)
	}
	outcome.Enroll = in.foreseeEnroll(rule, in.consent != "" || known.ConsentID != 0, enrollments)
	return outcome, nil
}

func (in *intake) suppressed(ctx context.Context, row store.Person) (bool, error) {
	_, err := in.stores.Suppressed(ctx, row.Hash)
	if errors.Is(err, drip.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look up a suppression: %w", err)
	}
	return true, nil
}

// tellsNews reports whether a row would change what is known of a person: blank
// cells keep it, and so does what they chose themselves; attributes are merged key by key, and
// a consent is news where none was known.
func (in *intake) tellsNews(known drip.Subscriber, row store.Person) bool {
	if in.consent != "" && known.ConsentID == 0 {
		return true
	}
	if row.Name != "" && row.Name != known.Name && !known.Chosen.Has(drip.ChoseName) ||
		row.Timezone != "" && row.Timezone != known.Timezone && !known.Chosen.Has(drip.ChoseTimezone) {
		return true
	}
	values, types := row.MergedAttributes(known)
	return !maps.Equal(values, known.Attributes) || !maps.Equal(types, known.Types)
}

// foreseeEnroll tells what enrolling would do with a person who has these
// enrollments.
func (in *intake) foreseeEnroll(rule *store.EnrollRule, consent bool, had []drip.Enrollment) store.EnrollResult {
	if rule == nil {
		return store.EnrollNone
	}
	left := false
	for _, e := range had {
		switch {
		case e.Campaign != rule.Campaign:
		case e.State == drip.EnrollmentPending && e.InvitedAt.IsZero() && rule.Invite:
			return store.EnrollPending // asked now
		case e.State != drip.EnrollmentLeft:
			return store.EnrollAlready
		default:
			left = true
		}
	}
	switch {
	case left:
		return store.EnrollLeft
	case consent:
		return store.EnrollActive
	default:
		return store.EnrollPending
	}
}
