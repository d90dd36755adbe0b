package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// Dossier implements [store.Dossiers].
func (s *Store) Dossier(ctx context.Context, id drip.SubscriberID) (store.Dossier, error) {
	var d store.Dossier
	err := s.read(ctx, func(r *snapshot) error {
		d = store.Dossier{
			Consents: map[drip.ConsentID]drip.Consent{}, Campaigns: map[drip.CampaignNo]string{}, Whys: map[drip.EnrollmentID]drip.LeaveWhy{},
			Requests: map[drip.EnrollmentID]store.DossierRequest{},
		}
		for _, read := range []func(*snapshot, drip.SubscriberID, *store.Dossier) error{
			dossierPerson, dossierConsents, dossierEnrollments, dossierRequests, dossierDeliveries, dossierAttempts, dossierNotices, dossierTags,
		} {
			if err := read(r, id, &d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return store.Dossier{}, fmt.Errorf("dossier of subscriber %d: %w", id, err)
	}
	return d, nil
}

func dossierPerson(r *snapshot, id drip.SubscriberID, d *store.Dossier) error {
	var hash mailaddr.Hash
	var suppression drip.Suppression
	var list store.DossierImport
	dest := append(toSubscriber(&d.Subscriber), toTime{&d.MovedAt}, toHash{hash[:]}, toText[drip.SuppressionReason]{&suppression.Reason},
		toTime{&suppression.At}, toText[string]{&list.File}, toTime{&list.At}, &d.Former)
	err := r.row(dest, `
		SELECT `+subscriberColumns+`, s.moved_at, s.email_hash, x.reason, x.suppressed_at, b.file, b.started_at,
		       (SELECT COUNT(*) FROM former_addresses f WHERE f.subscriber_id = s.id)
		FROM subscribers s LEFT JOIN suppressions x ON x.hash = s.email_hash LEFT JOIN batches b ON b.id = s.batch_id
		WHERE s.id = $1`, int64(id))
	if !list.At.IsZero() {
		d.Import = &list
	}
	if suppression.Hash = hash; suppression.Reason != "" {
		d.Suppression = &suppression
	}
	if err == nil {
		d.KeptOut, err = r.suppressions(`
			SELECT hash, campaign, reason, suppressed_at FROM campaign_suppressions WHERE hash = $1 ORDER BY campaign`, hash[:])
	}
	return found(err)
}

func dossierConsents(r *snapshot, id drip.SubscriberID, d *store.Dossier) error {
	return r.each(func(rows *sql.Rows) error {
		var c drip.Consent
		err := rows.Scan(toConsent(&c)...)
		d.Consents[c.ID] = c
		return err
	}, `
		SELECT `+consentColumns+` FROM consents c LEFT JOIN forms f ON f.id = c.form_id
		WHERE c.id IN (
		  SELECT consent_id FROM subscribers WHERE id = $1
		  UNION SELECT consent_id FROM enrollments WHERE subscriber_id = $1)`, int64(id))
}

func dossierEnrollments(r *snapshot, id drip.SubscriberID, d *store.Dossier) error {
	return r.each(func(rows *sql.Rows) error {
		var e drip.Enrollment
		var why drip.LeaveWhy
		var campaign string
		err := rows.Scan(append(toEnrollment(&e), toText[drip.LeaveWhy]{&why}, &campaign)...)
		d.Enrollments = append(d.Enrollments, e)
		if d.Campaigns[e.Campaign] = campaign; why != "" {
			d.Whys[e.ID] = why
		}
		return err
	}, `
		SELECT `+enrollmentColumns+`, e.left_why, c.name FROM enrollments e JOIN campaigns c ON c.id = e.campaign_id
		WHERE e.subscriber_id = $1 ORDER BY e.id`, int64(id))
}

func dossierRequests(r *snapshot, id drip.SubscriberID, d *store.Dossier) error {
	return r.each(func(rows *sql.Rows) error {
		var no drip.EnrollmentID
		var waits store.DossierRequest
		err := rows.Scan(append(toRequest(&waits.Request), toNumber[drip.EnrollmentID]{&no}, &waits.Name, &waits.Timezone)...)
		d.Requests[no] = waits
		return err
	}, `
		SELECT `+requestColumns+`, r.enrollment_id, r.name, r.timezone
		FROM enrollments e JOIN requests r ON r.enrollment_id = e.id JOIN forms f ON f.id = r.form_id
		WHERE e.subscriber_id = $1 ORDER BY e.id`, int64(id))
}

func dossierDeliveries(r *snapshot, id drip.SubscriberID, d *store.Dossier) error {
	return r.each(func(rows *sql.Rows) error {
		var row store.DossierDelivery
		err := rows.Scan(append(toDelivery(&row.Delivery), &row.IssueID)...)
		d.Deliveries = append(d.Deliveries, row)
		return err
	}, `
		SELECT `+deliveryColumns+`, i.name
		FROM enrollments e
		JOIN deliveries d ON d.enrollment_id = e.id
		JOIN issues i ON i.id = d.issue_id
		WHERE e.subscriber_id = $1
		ORDER BY d.marked_at IS NULL, d.marked_at, e.id, d.issue_id`, int64(id))
}

func dossierAttempts(r *snapshot, id drip.SubscriberID, d *store.Dossier) error {
	return r.each(func(rows *sql.Rows) error {
		var a store.Attempt
		err := rows.Scan(toNumber[drip.EnrollmentID]{&a.Enrollment}, toNumber[drip.IssueNo]{&a.Issue}, &a.Attempt, toText[drip.Class]{&a.Class},
			toText[drip.Phase]{&a.Reply.Phase}, &a.Reply.Code, &a.Reply.Enhanced, &a.Reply.Text, toTime{&a.At})
		d.Attempts = append(d.Attempts, a)
		return err
	}, `
		SELECT a.enrollment_id, a.issue_id, a.attempt, a.class, a.phase, a.code, a.enhanced, a.reply, a.tried_at
		FROM enrollments e JOIN attempts a ON a.enrollment_id = e.id WHERE e.subscriber_id = $1 ORDER BY a.id`, int64(id))
}

func dossierNotices(r *snapshot, id drip.SubscriberID, d *store.Dossier) error {
	return r.each(func(rows *sql.Rows) error {
		var n drip.Notice
		err := rows.Scan(toNotice(&n)...)
		d.Notices = append(d.Notices, n)
		return err
	}, `SELECT `+noticeColumns+` FROM notices n WHERE n.subscriber_id = $1 ORDER BY n.id`, int64(id))
}

func dossierTags(r *snapshot, id drip.SubscriberID, d *store.Dossier) (err error) {
	d.Tags, err = tagsOf(r, id)
	return err
}
