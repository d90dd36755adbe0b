package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// Members implements [store.Segments].
func (s *Store) Members(ctx context.Context, filter store.SubscriberFilter) ([]store.Member, error) {
	var list []store.Member
	err := s.read(ctx, func(r *snapshot) (err error) {
		list, err = r.members(filter)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the members of a segment: %w", err)
	}
	return list, nil
}

// Texts that a test explains; each is followed by a list.
const (
	memberConsents = `
		SELECT s.id, ` + consentColumns + ` FROM subscribers s
		JOIN consents c ON c.id = s.consent_id LEFT JOIN forms f ON f.id = c.form_id WHERE s.id IN `
	memberParts = `
		SELECT ` + enrollmentColumns + `, k.name,
		       (SELECT MAX(d.sent_at) FROM deliveries d JOIN issues i ON i.id = d.issue_id
		        WHERE d.enrollment_id = e.id AND d.state = 'sent' AND i.name <> '` + drip.ConfirmationID + `')
		FROM enrollments e CROSS JOIN campaigns k ON k.id = e.campaign_id WHERE e.subscriber_id IN `
	memberPartConsents = `
		SELECT e.id, ` + consentColumns + ` FROM enrollments e
		JOIN consents c ON c.id = e.consent_id LEFT JOIN forms f ON f.id = c.form_id WHERE e.subscriber_id IN `
)

func (r *snapshot) members(filter store.SubscriberFilter) ([]store.Member, error) {
	var list []store.Member
	at := map[drip.SubscriberID]int{}
	var ids []drip.SubscriberID
	query, args, err := r.subscriberQuery(subscriberColumns+`, `+suppressedNow, filter, true)
	if err != nil {
		return nil, err
	}
	err = r.each(func(rows *sql.Rows) error {
		var m store.Member
		err := rows.Scan(append(toSubscriber(&m.Subscriber), &m.Suppressed)...)
		at[m.ID] = len(list)
		list, ids = append(list, m), append(ids, m.ID)
		return err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	known, err := facts(r, ids, false)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Attributes, list[i].Tags = known[i].Attributes, known[i].Tags
	}
	return list, r.proofs(list, ids, at)
}

// proofs adds enrollments and consents.
func (r *snapshot) proofs(list []store.Member, ids []drip.SubscriberID, at map[drip.SubscriberID]int) error {
	value := func(id drip.SubscriberID) any { return int64(id) }
	return inLists(ids, value, func(in string, args []any) error {
		err := r.each(func(rows *sql.Rows) error {
			var id drip.SubscriberID
			var consent drip.Consent
			err := rows.Scan(append([]any{toNumber[drip.SubscriberID]{&id}}, toConsent(&consent)...)...)
			list[at[id]].Consent = consent
			return err
		}, memberConsents+in, args...)
		if err != nil {
			return err
		}
		consents := map[drip.EnrollmentID]drip.Consent{}
		err = r.each(func(rows *sql.Rows) error {
			var id drip.EnrollmentID
			var consent drip.Consent
			err := rows.Scan(append([]any{toNumber[drip.EnrollmentID]{&id}}, toConsent(&consent)...)...)
			consents[id] = consent
			return err
		}, memberPartConsents+in, args...)
		if err != nil {
			return err
		}
		return r.each(func(rows *sql.Rows) error {
			var part store.MemberPart
			err := rows.Scan(append(toEnrollment(&part.Enrollment), &part.CampaignID, toTime{&part.LastSent})...)
			part.Consent = consents[part.ID]
			m := &list[at[part.Subscriber]]
			m.Parts = append(m.Parts, part)
			return err
		}, memberParts+in+` ORDER BY e.id`, args...)
	})
}
