package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// answerRequest takes over what a person typed on the sign-up page, now that they
// confirmed, and keeps the request with their consent. There is nothing to do if they
// were not on such a page.
func (t *tx) answerRequest(e drip.Enrollment, consent drip.Consent, no drip.ConsentID) error {
	var name, zone string
	err := t.row([]any{&name, &zone}, `
		SELECT name, timezone FROM requests WHERE enrollment_id = $1`, int64(e.ID))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = t.exec(`
		UPDATE consents SET form_id = r.form_id, network = r.network, asked_at = r.asked_at
		FROM requests r WHERE r.enrollment_id = $1 AND consents.id = $2`, int64(e.ID), int64(no))
	if err != nil {
		return err
	}
	if _, err = t.exec(`DELETE FROM requests WHERE enrollment_id = $1`, int64(e.ID)); err != nil {
		return err
	}
	return t.introduce(e.Subscriber, name, zone, consent)
}

// introduce gives a person the name and zone that they typed, where none is known.
func (t *tx) introduce(id drip.SubscriberID, name, zone string, consent drip.Consent) error {
	typed := struct{ name, zone string }{name, zone}
	var person drip.Subscriber
	err := t.row(toSubscriber(&person), `SELECT `+subscriberColumns+` FROM subscribers s WHERE s.id = $1`, int64(id))
	if err != nil {
		return err
	}
	chosen := person.Chosen
	if name = cmp.Or(person.Name, name); name != "" && name == typed.name {
		chosen |= drip.ChoseName
	}
	if zone = cmp.Or(person.Timezone, zone); zone != "" && zone == typed.zone {
		chosen |= drip.ChoseTimezone
	}
	if name == person.Name && zone == person.Timezone {
		return t.choose(&person, chosen)
	}
	_, err = t.exec(`
		UPDATE subscribers SET name = $2, timezone = $3, chosen = $5, updated_at = $4, revision = revision + 1 WHERE id = $1`,
		int64(id), name, zone, consent.At.UnixMilli(), int64(chosen))
	if err != nil || zone == person.Timezone {
		return err
	}
	return t.moved(id, consent.At)
}

// requestColumns are those of a request r with the text f of its page.
const requestColumns = `f.version, f.text, r.asked_at, r.network`

func toRequest(r *drip.Request) []any {
	return []any{&r.Form.Version, &r.Form.Text, toTime{&r.At}, &r.Network}
}

// consentColumns are those of a consent c with the text f of the page that it began on.
const consentColumns = `c.id, c.source, ` + statementColumn + `, c.given_at, f.version, f.text, c.asked_at, c.network`

func toConsent(c *drip.Consent) []any {
	return []any{
		toNumber[drip.ConsentID]{&c.ID}, toText[drip.ConsentSource]{&c.Source}, &c.Text, toTime{&c.At},
		toText[string]{&c.Request.Form.Version}, toText[string]{&c.Request.Form.Text}, toTime{&c.Request.At}, toText[string]{&c.Request.Network},
	}
}

// RequestOf implements [store.SignUps].
func (s *Store) RequestOf(ctx context.Context, id drip.EnrollmentID) (drip.Request, error) {
	var r drip.Request
	err := s.one(ctx, toRequest(&r), `
		SELECT `+requestColumns+`
		FROM requests r JOIN forms f ON f.id = r.form_id WHERE r.enrollment_id = $1`, int64(id))
	if err != nil {
		return drip.Request{}, fmt.Errorf("read the request of enrollment %d: %w", id, found(err))
	}
	return r, nil
}

// Consent implements [store.SignUps].
func (s *Store) Consent(ctx context.Context, id drip.ConsentID) (drip.Consent, error) {
	var c drip.Consent
	err := s.one(ctx, toConsent(&c), `
		SELECT `+consentColumns+` FROM consents c LEFT JOIN forms f ON f.id = c.form_id WHERE c.id = $1`, int64(id))
	if err != nil {
		return drip.Consent{}, fmt.Errorf("read consent %d: %w", id, found(err))
	}
	return c, nil
}

// unansweredRequests selects the pending enrollments whose confirmation mail was done
// with at $1. A request is never older than its mail.
const unansweredRequests = `
	SELECT r.enrollment_id, r.invited FROM requests r JOIN enrollments e ON e.id = r.enrollment_id
	WHERE r.asked_at <= $1 AND e.state = 'pending' AND EXISTS (
	  SELECT 1 FROM ` + confirmationOf + `
	  WHERE d.enrollment_id = e.id AND d.state NOT ` + openStates + `
	    AND COALESCE(d.sent_at, d.remarked_at, d.marked_at, r.asked_at) <= $1)
	ORDER BY r.asked_at LIMIT $2`

// SweepSignUps implements [store.SignUps].
func (s *Store) SweepSignUps(ctx context.Context, sweep store.SignUpSweep) (store.SignUpsSwept, error) {
	var swept store.SignUpsSwept
	err := s.write(ctx, func(t *tx) error {
		_, err := t.exec(`DELETE FROM signup_counts WHERE counted_at <= $1`, sweep.Counted.UnixMilli())
		if err != nil {
			return err
		}
		if err := t.forgetRefused(sweep, &swept); err != nil {
			return err
		}
		// Who left leaves no request behind, nor does who must not be mailed, once that
		// cannot be taken back.
		_, err = t.exec(`DELETE FROM requests WHERE enrollment_id IN (
			SELECT r.enrollment_id FROM requests r JOIN enrollments e ON e.id = r.enrollment_id
			WHERE e.state <> 'pending' AND NOT (e.left_reason = 'suppressed' AND e.left_at > $1))`, sweep.Refused.UnixMilli())
		if err != nil {
			return err
		}
		return t.forgetRequests(sweep, &swept)
	})
	if err != nil {
		return store.SignUpsSwept{}, fmt.Errorf("remove sign-ups that nobody confirmed: %w", err)
	}
	return swept, nil
}

// forgetRequests removes the requests that nobody answered.
func (t *tx) forgetRequests(sweep store.SignUpSweep, swept *store.SignUpsSwept) error {
	over := make(map[int64]bool)
	err := t.each(func(rows *sql.Rows) error {
		var id int64
		var invited bool
		err := rows.Scan(&id, &invited)
		over[id] = invited
		return err
	}, unansweredRequests, sweep.Unanswered.UnixMilli(), limit(sweep.Limit))
	if err != nil {
		return err
	}
	for id, invited := range over {
		if invited {
			_, err = t.exec(`DELETE FROM requests WHERE enrollment_id = $1`, id)
		} else {
			err = t.forgetRequest(id, false, swept)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// refusedRequests selects those of people who had all mail stopped at $1, and did not join.
const refusedRequests = `
	SELECT r.enrollment_id FROM requests r
	JOIN enrollments e ON e.id = r.enrollment_id
	JOIN subscribers s ON s.id = e.subscriber_id
	JOIN suppressions x ON x.hash = s.email_hash
	WHERE e.state = 'left' AND e.left_reason = 'suppressed' AND e.joined_at IS NULL AND r.invited = 0
	  AND x.reason = 'reader' AND x.suppressed_at <= $1
	LIMIT $2`

// forgetRefused removes what refused requests left behind; the hash stays.
func (t *tx) forgetRefused(sweep store.SignUpSweep, swept *store.SignUpsSwept) error {
	var over []int64
	err := t.each(func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		over = append(over, id)
		return err
	}, refusedRequests, sweep.Refused.UnixMilli(), limit(sweep.Limit))
	if err != nil {
		return err
	}
	for _, id := range over {
		err := t.forgetRequest(id, true, swept)
		if err != nil && !errors.Is(err, sql.ErrNoRows) { // gone with a later one of theirs
			return err
		}
	}
	return nil
}

// forgetRequest removes an enrollment that is pending or was refused, those that it took the
// place of, and the person if they are nothing but an address.
func (t *tx) forgetRequest(id int64, refused bool, swept *store.SignUpsSwept) error {
	var person, campaign int64
	err := t.row([]any{&person, &campaign}, `SELECT subscriber_id, campaign_id FROM enrollments WHERE id = $1`, id)
	if err != nil {
		return err
	}
	// A passage that never began is only a request, if nobody ended it but to have no mail.
	const requested = `subscriber_id = $1 AND campaign_id = $2 AND joined_at IS NULL
		AND (state = 'pending' OR left_reason = '` + string(drip.LeftToRestart) + `' OR $3 AND left_reason = '` + string(drip.LeftSuppressed) + `')`
	for _, query := range []string{
		`DELETE FROM notices WHERE enrollment_id IN (SELECT id FROM enrollments WHERE ` + requested + `)`,
		`DELETE FROM attempts WHERE enrollment_id IN (SELECT id FROM enrollments WHERE ` + requested + `)`,
		`DELETE FROM deliveries WHERE enrollment_id IN (SELECT id FROM enrollments WHERE ` + requested + `)`,
	} {
		if _, err := t.exec(query, person, campaign, refused); err != nil {
			return err
		}
	}
	n, err := t.exec(`DELETE FROM enrollments WHERE `+requested, person, campaign, refused)
	if err != nil {
		return err
	}
	swept.Enrollments += int(n)
	n, err = t.exec(`
		DELETE FROM subscribers
		WHERE id = $1 AND name = '' AND timezone = '' AND attributes = '`+noAttributes+`'
		  AND consent_id IS NULL AND batch_id IS NULL AND (suppressed_at IS NULL OR $2)
		  AND NOT EXISTS (SELECT 1 FROM subscriber_tags x WHERE x.subscriber_id = $1)
		  AND NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.subscriber_id = $1)`, person, refused)
	swept.People += int(n)
	return err
}
