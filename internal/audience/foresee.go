package audience

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// foresee answers like store.Imports.ImportRows and writes nothing. Rows of
// different chunks never meet, because a list's duplicates are dropped before.
func (in *intake) foresee(ctx context.Context, c store.ImportChunk) ([]store.RowOutcome, error) {
	outcomes := make([]store.RowOutcome, len(c.Rows))
	if err := in.foreseeWithdrawals(ctx, c.Rows, outcomes); err != nil {
		return nil, err
	}
	for i, row := range c.Rows {
		if row.Withdraws() != "" {
			continue
		}
		var err error
		if outcomes[i], err = in.foreseeRow(ctx, row, c.Enroll); err != nil {
			return nil, err
		}
	}
	return outcomes, nil
}

// foreseeWithdrawals tells what becomes of the rows that suppress their address: they
// come before all others.
func (in *intake) foreseeWithdrawals(ctx context.Context, rows []store.Person, outcomes []store.RowOutcome) error {
	for i, row := range rows {
		if row.Withdraws() == "" {
			continue
		}
		known, err := in.suppressed(ctx, row)
		if err != nil {
			return err
		}
		if in.stopped == nil {
			in.stopped = make(map[mailaddr.Hash]bool)
		}
		in.stopped[row.Hash] = true
		outcomes[i] = store.RowOutcome{Result: store.RowSuppressed, Withdrawn: !known}
	}
	return nil
}

func (in *intake) foreseeRow(ctx context.Context, row store.Person, rule *store.EnrollRule) (store.RowOutcome, error) {
	if suppressed, err := in.suppressed(ctx, row); err != nil || suppressed {
		return store.RowOutcome{Result: store.RowSuppressed}, err
	}
	known, err := in.stores.SubscriberByEmail(ctx, row.Email)
	if errors.Is(err, drip.ErrNotFound) {
		return in.foreseeStranger(ctx, row, rule)
	}
	if err != nil {
		return store.RowOutcome{}, fmt.Errorf("look up a subscriber: %w", err)
	}
	if !known.SuppressedAt.IsZero() {
		return store.RowOutcome{Result: store.RowSuppressed}, nil
	}
	outcome := store.RowOutcome{Result: store.RowUnchanged, Subscriber: known.ID}
	news := in.tellsNews(known, row)
	if !news {
		if news, err = in.tellsTags(ctx, known.ID, row); err != nil {
			return store.RowOutcome{}, err
		}
	}
	if news {
		outcome.Result = store.RowUpdated
	}
	if rule == nil {
		return outcome, nil
	}
	enrollments, err := in.stores.EnrollmentsOf(ctx, known.ID)
	if err != nil {
		return store.RowOutcome{}, fmt.Errorf("look up the enrollments of subscriber %d: %w", known.ID, err)
	}
	outcome.Enroll = in.foreseeEnroll(rule, in.states(row) || known.ConsentID != 0, enrollments)
	return outcome, nil
}

// foreseeStranger tells what becomes of an address that no subscriber has.
func (in *intake) foreseeStranger(ctx context.Context, row store.Person, rule *store.EnrollRule) (store.RowOutcome, error) {
	var campaign drip.CampaignNo
	if rule != nil {
		campaign = rule.Campaign
	}
	kept, err := in.stores.KeptOf(ctx, row.Email, row.Hash, campaign)
	switch {
	case err != nil:
		return store.RowOutcome{}, err
	case kept.Former != 0:
		return kept.Outcome(), nil
	}
	enroll := in.foreseeEnroll(rule, in.states(row), nil)
	if kept.Left {
		enroll = store.EnrollLeft
	}
	return store.RowOutcome{Result: store.RowNew, Enroll: enroll}, nil
}

func (in *intake) suppressed(ctx context.Context, row store.Person) (bool, error) {
	if in.stopped[row.Hash] {
		return true, nil
	}
	_, err := in.stores.Suppressed(ctx, row.Hash)
	if errors.Is(err, drip.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look up a suppression: %w", err)
	}
	return true, nil
}

// states reports whether the import states the consent of a row's person.
func (in *intake) states(row store.Person) bool { return in.consent != "" && !row.Unconfirmed() }

// tellsTags reports whether a row has a tag that its person has not.
func (in *intake) tellsTags(ctx context.Context, id drip.SubscriberID, row store.Person) (bool, error) {
	if row.Carried == nil || len(row.Carried.Tags) == 0 {
		return false, nil
	}
	had, err := in.stores.TagsOf(ctx, id)
	if err != nil {
		return false, fmt.Errorf("look up the tags of subscriber %d: %w", id, err)
	}
	return slices.ContainsFunc(row.Carried.Tags, func(tag drip.Tag) bool { return !slices.Contains(had, tag) }), nil
}

// tellsNews reports whether a row would change what is known of a person: blank
// cells keep it, and so does what they chose themselves; attributes are merged key by key, and
// a consent is news where none was known.
func (in *intake) tellsNews(known drip.Subscriber, row store.Person) bool {
	if in.states(row) && known.ConsentID == 0 {
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
