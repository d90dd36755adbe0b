package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// StartImport implements [store.Imports].
func (s *Store) StartImport(ctx context.Context, start store.ImportStart) (store.ImportRecord, error) {
	var record store.ImportRecord
	err := s.write(ctx, func(t *tx) error {
		var err error
		record, err = t.startImport(start)
		return err
	})
	if err != nil {
		return store.ImportRecord{}, fmt.Errorf("start import of %s: %w", start.File, err)
	}
	return record, nil
}

func (t *tx) startImport(start store.ImportStart) (store.ImportRecord, error) {
	var record store.ImportRecord
	err := t.row([]any{&record.Batch}, `
		INSERT INTO batches (file, file_hash, started_at, who, asked, columns) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
		start.File, start.FileHash[:], start.At.UnixMilli(), start.Who, text(start.Asked), columnNames(start.Columns))
	if err != nil || start.Consent == "" {
		return record, err
	}
	record.Consent, err = t.addConsent(
		drip.Consent{Source: start.Source, Text: start.Consent, At: start.At}, record.Batch)
	return record, err
}

// FinishImport implements [store.Imports].
func (s *Store) FinishImport(ctx context.Context, batch int64, report []byte, at time.Time) error {
	err := s.write(ctx, func(t *tx) error {
		n, err := t.exec(`
			UPDATE batches SET report = $2, finished_at = $3 WHERE id = $1`,
			batch, string(report), at.UnixMilli())
		if err == nil && n == 0 {
			err = drip.ErrNotFound
		}
		if err != nil {
			return err
		}
		return t.noteImport(batch, at)
	})
	if err != nil {
		return fmt.Errorf("finish import %d: %w", batch, err)
	}
	return nil
}

// ImportRows implements [store.Imports].
func (s *Store) ImportRows(ctx context.Context, chunk store.ImportChunk) ([]store.RowOutcome, error) {
	i := newImporting(chunk)
	err := s.write(ctx, func(t *tx) error {
		i.tx = t
		return i.run()
	})
	if err != nil {
		return nil, fmt.Errorf("import %d rows of batch %d: %w", len(chunk.Rows), chunk.Batch, err)
	}
	return i.outcomes, nil
}

// RehearseRows implements [store.Imports].
func (s *Store) RehearseRows(ctx context.Context, start store.ImportStart, chunk store.ImportChunk) ([]store.RowOutcome, error) {
	chunk.From, chunk.To = 0, 0 // no batch goes on by it
	i := newImporting(chunk)
	err := s.write(ctx, func(t *tx) error {
		i.tx = t
		if chunk.Batch == 0 {
			record, err := t.startImport(start)
			if err != nil {
				return err
			}
			i.chunk.Batch, i.chunk.Consent = record.Batch, cmp.Or(chunk.Consent, record.Consent)
		}
		if err := i.run(); err != nil {
			return err
		}
		return errDryRun
	})
	if !errors.Is(err, errDryRun) {
		return nil, fmt.Errorf("rehearse %d rows: %w", len(chunk.Rows), err)
	}
	return i.outcomes, nil
}

// importing is the work on one chunk.
type importing struct {
	*tx
	chunk    store.ImportChunk
	outcomes []store.RowOutcome
	// rows are the positions of the rows that are still to be dealt with, in
	// the order of the key: neighbors in the list are neighbors in the index.
	rows []int
	keys []string // of chunk.Rows
	// enrollable are the positions of rows whose person may be enrolled.
	enrollable []int
	// recalled says that a new person turned out to have left a series.
	recalled bool
	// consents are what each row's person may be mailed by.
	consents []drip.ConsentID
}

func newImporting(chunk store.ImportChunk) *importing {
	n := len(chunk.Rows)
	i := &importing{
		chunk: chunk, outcomes: make([]store.RowOutcome, n), rows: make([]int, n),
		keys: make([]string, n), consents: make([]drip.ConsentID, n),
	}
	for n := range chunk.Rows {
		i.rows[n], i.keys[n] = n, chunk.Rows[n].Email.Key()
	}
	slices.SortFunc(i.rows, func(a, b int) int { return cmp.Or(cmp.Compare(i.keys[a], i.keys[b]), a-b) })
	return i
}

func (i *importing) run() error {
	if err := i.admits(); err != nil {
		return err
	}
	for _, step := range []func() error{i.withdraw, i.sortOutSuppressed, i.sortOutFormer, i.insertNew, i.recallNew, i.mergeKnown, i.tagRows, i.mention} {
		if err := step(); err != nil {
			return err
		}
	}
	if i.chunk.Enroll != nil {
		for _, step := range []func() error{i.sortOutKeptOut, i.sortOutEnrolled, i.enrollAll} {
			if err := step(); err != nil {
				return err
			}
		}
	}
	return i.progress()
}

// admits returns an error if the campaign lets nobody new in.
func (i *importing) admits() error {
	if i.chunk.Enroll == nil {
		return nil
	}
	var closed bool
	err := i.row([]any{&closed}, `
		SELECT closed_at IS NOT NULL OR stopped_at IS NOT NULL FROM campaigns WHERE id = $1`,
		int64(i.chunk.Enroll.Campaign))
	if err != nil {
		return fmt.Errorf("campaign %d: %w", i.chunk.Enroll.Campaign, found(err))
	}
	if closed {
		return fmt.Errorf("campaign %d: %w", i.chunk.Enroll.Campaign, drip.ErrClosed)
	}
	return nil
}

// sortOutSuppressed drops the rows whose address must not be mailed.
func (i *importing) sortOutSuppressed() error {
	var some bool
	if err := i.row([]any{&some}, `SELECT EXISTS (SELECT 1 FROM suppressions)`); err != nil || !some {
		return err
	}
	suppressed := make(map[mailaddr.Hash]bool)
	err := inLists(i.rows, func(n int) any { return i.chunk.Rows[n].Hash[:] }, func(list string, args []any) error {
		return i.each(func(rows *sql.Rows) error {
			var hash mailaddr.Hash
			err := rows.Scan(toHash{hash[:]})
			suppressed[hash] = true
			return err
		}, `SELECT hash FROM suppressions WHERE hash IN `+list, args...)
	})
	if err != nil {
		return err
	}
	i.rows = slices.DeleteFunc(i.rows, func(n int) bool {
		if !suppressed[i.chunk.Rows[n].Hash] {
			return false
		}
		i.outcomes[n].Result = store.RowSuppressed
		return true
	})
	return nil
}

const (
	// insertRows is how many people one statement inserts. More do not make it
	// quicker.
	insertRows  = 50
	personWidth = 10
	personInto  = `
		INSERT INTO subscribers (email, email_key, email_hash, name, timezone, attributes, consent_id,
		                         batch_id, created_at, updated_at)
		VALUES `
)

// insertNew inserts those whose address is unknown and leaves the others in
// rows.
func (i *importing) insertNew() error {
	known := i.rows[:0]
	for rest := i.rows; len(rest) > 0; {
		part := rest[:min(insertRows, len(rest))]
		if len(part) < insertRows {
			part = rest[:1] // the tail, one by one: two statements are enough
		}
		rest = rest[len(part):]
		if err := i.insertPart(part); err != nil {
			return err
		}
		for _, n := range part {
			if i.outcomes[n].Subscriber == 0 {
				known = append(known, n)
			}
		}
	}
	i.rows = known
	return nil
}

// insertPart inserts some rows and notes the outcomes of those that were new.
func (i *importing) insertPart(part []int) error {
	if err := i.newConsents(part); err != nil {
		return err
	}
	args := make([]any, 0, len(part)*personWidth)
	now := i.chunk.Now.UnixMilli()
	for _, n := range part {
		p := &i.chunk.Rows[n]
		attrs, err := attributes(withoutBlanks(p.Attributes), p.Carried.AttributeTypes())
		if err != nil {
			return err
		}
		args = append(args, p.Email.String(), i.keys[n], p.Hash[:], p.Name, p.Timezone, attrs,
			number(i.consents[n]), number(i.chunk.Batch), now, now)
	}
	next := 0
	return i.each(func(rows *sql.Rows) error {
		var id drip.SubscriberID
		var key string
		if err := rows.Scan(toNumber[drip.SubscriberID]{&id}, &key); err != nil {
			return err
		}
		// The rows come back in the order in which they went in.
		for next < len(part) && i.keys[part[next]] != key {
			next++
		}
		if next == len(part) {
			return errors.New("a row came back that was not inserted")
		}
		n := part[next]
		i.outcomes[n] = store.RowOutcome{Result: store.RowNew, Subscriber: id}
		i.enrollable = append(i.enrollable, n)
		return nil
	}, personInto+tuples(len(part), personWidth)+`
		ON CONFLICT (email_key) DO NOTHING RETURNING id, email_key`, args...)
}

func withoutBlanks(m map[string]string) map[string]string {
	for _, v := range m {
		if v == "" {
			m = maps.Clone(m)
			maps.DeleteFunc(m, func(_, v string) bool { return v == "" })
			break
		}
	}
	return m
}

// mergeKnown merges the remaining rows into the people who are there.
func (i *importing) mergeKnown() error {
	byKey := make(map[string]drip.Subscriber, len(i.rows))
	err := inLists(i.rows, func(n int) any { return i.keys[n] }, func(list string, args []any) error {
		return i.each(func(rows *sql.Rows) error {
			var person drip.Subscriber
			err := rows.Scan(toSubscriber(&person)...)
			byKey[person.Email.Key()] = person
			return err
		}, `SELECT `+subscriberColumns+` FROM subscribers s WHERE s.email_key IN `+list, args...)
	})
	if err != nil {
		return err
	}
	for _, n := range i.rows {
		person, ok := byKey[i.keys[n]]
		if !ok {
			return errors.New("a row is neither new nor known")
		}
		if err := i.merge(n, person); err != nil {
			return fmt.Errorf("subscriber %d: %w", person.ID, err)
		}
	}
	return nil
}

// merge updates one person.
func (i *importing) merge(n int, person drip.Subscriber) error {
	i.outcomes[n] = store.RowOutcome{Result: store.RowUnchanged, Subscriber: person.ID}
	if !person.SuppressedAt.IsZero() {
		i.outcomes[n].Result, i.outcomes[n].Subscriber = store.RowSuppressed, 0
		return nil
	}
	if person.ConsentID == 0 {
		if err := i.consentOf(n); err != nil {
			return err
		}
	}
	after := merged(person, &i.chunk.Rows[n], i.consents[n])
	i.consents[n] = after.ConsentID
	i.enrollable = append(i.enrollable, n)
	if after.Name == person.Name && after.Timezone == person.Timezone && after.ConsentID == person.ConsentID &&
		maps.Equal(after.Attributes, person.Attributes) && maps.Equal(after.Types, person.Types) {
		return nil
	}
	i.outcomes[n].Result = store.RowUpdated
	attrs, err := attributes(after.Attributes, after.Types)
	if err != nil {
		return err
	}
	_, err = i.exec(`
		UPDATE subscribers
		SET name = $2, timezone = $3, attributes = $4, consent_id = $5, updated_at = $6, revision = revision + 1
		WHERE id = $1`,
		int64(person.ID), after.Name, after.Timezone, attrs, number(after.ConsentID), i.chunk.Now.UnixMilli())
	if err == nil && after.Timezone != person.Timezone {
		err = i.moved(person.ID, i.chunk.Now)
	}
	if err != nil {
		return err
	}
	return i.noteTold(person, after)
}

// merged returns the person with what the row says; blanks say nothing, and no list
// knows better than the person.
func merged(person drip.Subscriber, row *store.Person, consent drip.ConsentID) drip.Subscriber {
	if !person.Chosen.Has(drip.ChoseName) {
		person.Name = cmp.Or(row.Name, person.Name)
	}
	if !person.Chosen.Has(drip.ChoseTimezone) {
		person.Timezone = cmp.Or(row.Timezone, person.Timezone)
	}
	person.ConsentID = cmp.Or(person.ConsentID, consent)
	person.Attributes, person.Types = row.MergedAttributes(person)
	return person
}

// sortOutEnrolled drops those who are in the campaign or have left it. Those who
// wait there and were never asked are asked, if this import asks.
func (i *importing) sortOutEnrolled() error {
	known := slices.DeleteFunc(slices.Clone(i.enrollable), func(n int) bool {
		return i.outcomes[n].Result == store.RowNew && !i.recalled
	})
	had := make(map[drip.SubscriberID]store.EnrollResult)
	unasked := make(map[drip.SubscriberID]drip.EnrollmentID)
	campaign := int64(i.chunk.Enroll.Campaign)
	err := inLists(known, func(n int) any { return int64(i.outcomes[n].Subscriber) }, func(list string, args []any) error {
		return i.each(func(rows *sql.Rows) error {
			var id drip.SubscriberID
			var no int64
			var left, waits bool
			var enrollment drip.EnrollmentID
			err := rows.Scan(&id, &no, &left, &waits, toNumber[drip.EnrollmentID]{&enrollment})
			if no == campaign {
				if !left {
					had[id] = store.EnrollAlready
					if waits && i.chunk.Enroll.Invite {
						unasked[id] = enrollment
					}
				} else if had[id] == "" {
					had[id] = store.EnrollLeft
				}
			}
			return err
		}, `
			SELECT subscriber_id, campaign_id, state = 'left', state = 'pending' AND invited_at IS NULL, id
			FROM enrollments WHERE subscriber_id IN `+list, args...)
	})
	if err != nil {
		return err
	}
	for id, enrollment := range unasked {
		if _, err := i.invite(enrollment, i.chunk.Now); err != nil {
			return err
		}
		had[id] = store.EnrollPending
	}
	i.enrollable = slices.DeleteFunc(i.enrollable, func(n int) bool {
		i.outcomes[n].Enroll = had[i.outcomes[n].Subscriber]
		return i.outcomes[n].Enroll != ""
	})
	return nil
}

// enrollAll enrolls those who remain.
func (i *importing) enrollAll() error {
	for rest := i.enrollable; len(rest) > 0; {
		part := rest[:min(insertRows, len(rest))]
		if len(part) < insertRows {
			part = rest[:1]
		}
		rest = rest[len(part):]
		args := make([]any, 0, len(part)*enrollWidth)
		for _, n := range part {
			args = enrollRow(args, i.newEnrollment(n), i.chunk.Batch)
		}
		if _, err := i.exec(enrollInsert+tuples(len(part), enrollWidth), args...); err != nil {
			return err
		}
	}
	return nil
}

// newEnrollment applies the chunk's rule to a row and notes the outcome.
func (i *importing) newEnrollment(n int) store.NewEnrollment {
	i.outcomes[n].Enroll = store.EnrollActive
	if i.consents[n] == 0 {
		i.outcomes[n].Enroll = store.EnrollPending
	}
	rule := i.chunk.Enroll
	return store.NewEnrollment{
		Subscriber: i.outcomes[n].Subscriber, Campaign: rule.Campaign, Start: rule.Start,
		Consent: i.consents[n], Invite: rule.Invite, Floor: rule.FloorOf(i.chunk.Rows[n].Hash), Now: i.chunk.Now,
	}
}
