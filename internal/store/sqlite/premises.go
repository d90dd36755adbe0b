package sqlite

import (
	"database/sql"
	"slices"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// acquaint adds what is known of the readers of the campaigns that the query names.
func (r *snapshot) acquaint(list []store.Due, query store.DueQuery) error {
	var of []int
	var ids []drip.SubscriberID
	for i := range list {
		if e := &list[i].Enrollment; slices.Contains(query.Who, e.Campaign) {
			of, ids = append(of, i), append(ids, e.Subscriber)
		}
	}
	known, err := facts(r, ids, query.Sent)
	if err != nil {
		return err
	}
	for n, i := range of {
		list[i].Who = &known[n]
	}
	return nil
}

// unfounded tells of each decision whether its premise does not hold. Nothing is read
// if no decision has one.
func (t *tx) unfounded(decisions []store.Decision) (map[int]bool, error) {
	var of []int
	var enrollments []drip.EnrollmentID
	sent := false
	for i := range decisions {
		if p := decisions[i].Premise; p != nil {
			of, enrollments = append(of, i), append(enrollments, decisions[i].Enrollment)
			sent = sent || p.Filter.LooksBack()
		}
	}
	if len(of) == 0 {
		return nil, nil
	}
	readers, err := t.readers(enrollments)
	if err != nil {
		return nil, err
	}
	known, err := facts(t, readers, sent)
	if err != nil {
		return nil, err
	}
	unfounded := make(map[int]bool)
	for n, i := range of {
		p := decisions[i].Premise
		unfounded[i] = p.Filter.Match(&known[n], p.View) != p.Selects
	}
	return unfounded, nil
}

// readers returns whose the enrollments are, 0 for those that are not there.
func (t *tx) readers(enrollments []drip.EnrollmentID) ([]drip.SubscriberID, error) {
	whose := make(map[drip.EnrollmentID]drip.SubscriberID, len(enrollments))
	value := func(id drip.EnrollmentID) any { return int64(id) }
	err := inLists(enrollments, value, func(in string, args []any) error {
		return t.each(func(rows *sql.Rows) error {
			var id drip.EnrollmentID
			var reader drip.SubscriberID
			err := rows.Scan(toNumber[drip.EnrollmentID]{&id}, toNumber[drip.SubscriberID]{&reader})
			whose[id] = reader
			return err
		}, `SELECT id, subscriber_id FROM enrollments WHERE id IN `+in, args...)
	})
	list := make([]drip.SubscriberID, len(enrollments))
	for i, id := range enrollments {
		list[i] = whose[id]
	}
	return list, err
}

// anew has an enrollment planned again at NextAt, by somebody who knows of this decision.
func (t *tx) anew(d *store.Decision, s *standing) error {
	if s.state != drip.EnrollmentActive {
		return nil
	}
	_, err := t.exec(`UPDATE enrollments SET next_at = $2, held_at = NULL, revision = revision + 1 WHERE id = $1`,
		int64(d.Enrollment), ms(d.NextAt))
	return err
}
