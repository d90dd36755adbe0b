package sqlite

import (
	"cmp"
	"database/sql"
	"maps"
	"slices"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// statementColumn is the statement of a consent c: that of its batch, and what the
// person's list told besides.
const statementColumn = `COALESCE((SELECT b.statement FROM consents b WHERE b.id = c.stated_id), '') || c.statement`

// withdraw suppresses the addresses that a list says must not be mailed any more.
func (i *importing) withdraw() error {
	for _, n := range i.rows {
		row := &i.chunk.Rows[n]
		reason := row.Withdraws()
		if reason == "" {
			continue
		}
		s := drip.Suppression{Hash: row.Hash, Campaign: i.chunk.KeepOutOf, Reason: reason, At: i.chunk.Now}
		known, err := i.addSuppression(s)
		if err == nil {
			err = i.stopMailing(s, row.Email, known)
		}
		if err != nil {
			return err
		}
		i.outcomes[n] = store.RowOutcome{Result: store.RowSuppressed, Withdrawn: !known}
	}
	i.rows = slices.DeleteFunc(i.rows, func(n int) bool { return i.outcomes[n].Result == store.RowSuppressed })
	return nil
}

// newConsents notes which consents the rows of people who may be new come in by, and
// stores those that are one person's own.
func (i *importing) newConsents(part []int) error {
	if i.chunk.Consent == 0 {
		return nil
	}
	var own []int
	for _, n := range part {
		switch row := &i.chunk.Rows[n]; {
		case row.Unconfirmed():
		case row.ConsentIsOwn():
			own = append(own, n)
		default:
			i.consents[n] = i.chunk.Consent
		}
	}
	if len(own) == 0 {
		return nil
	}
	known := make(map[string]bool)
	err := inLists(own, func(n int) any { return i.keys[n] }, func(list string, args []any) error {
		return i.each(func(rows *sql.Rows) error {
			var key string
			err := rows.Scan(&key)
			known[key] = true
			return err
		}, `SELECT email_key FROM subscribers WHERE email_key IN `+list, args...)
	})
	for _, n := range own {
		if err == nil && !known[i.keys[n]] {
			err = i.consentOf(n)
		}
	}
	return err
}

// consentOf notes the consent by which a row's person comes in, and stores it if it is
// their own.
func (i *importing) consentOf(n int) error {
	row := &i.chunk.Rows[n]
	i.consents[n] = 0
	switch {
	case i.chunk.Consent == 0 || row.Unconfirmed():
		return nil
	case !row.ConsentIsOwn():
		i.consents[n] = i.chunk.Consent
		return nil
	}
	return i.row([]any{toNumber[drip.ConsentID]{&i.consents[n]}}, `
		INSERT INTO consents (source, statement, batch_id, given_at, stated_id)
		SELECT source, $2, batch_id, COALESCE($3, given_at), id FROM consents WHERE id = $1 RETURNING id`,
		int64(i.chunk.Consent), row.Carried.ConsentNote, ms(row.Carried.ConsentAt))
}

// tagRows gives the people of the chunk the tags of their rows. Whoever had none of
// them is told something new.
func (i *importing) tagRows() error {
	people := make(map[drip.Tag][]drip.SubscriberID)
	rows := make(map[drip.SubscriberID]int)
	for _, n := range i.enrollable {
		if c := i.chunk.Rows[n].Carried; c != nil {
			for _, tag := range c.Tags {
				people[tag] = append(people[tag], i.outcomes[n].Subscriber)
				rows[i.outcomes[n].Subscriber] = n
			}
		}
	}
	changed := make(map[drip.SubscriberID]bool)
	for tag, list := range people {
		no, err := i.tag(tag)
		got := make(map[drip.SubscriberID]bool)
		if err == nil {
			slices.SortFunc(list, func(a, b drip.SubscriberID) int { return cmp.Compare(a, b) })
			err = i.tagAll(no, list, got)
		}
		if err != nil {
			return err
		}
		maps.DeleteFunc(got, func(id drip.SubscriberID, _ bool) bool { return i.outcomes[rows[id]].Result == store.RowNew })
		if err := i.noteTags(no, got); err != nil {
			return err
		}
		maps.Copy(changed, got)
	}
	for id := range changed {
		if n := rows[id]; i.outcomes[n].Result == store.RowUnchanged {
			i.outcomes[n].Result = store.RowUpdated
		}
	}
	return nil
}
