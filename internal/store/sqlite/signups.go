package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// SignUp implements [store.SignUps].
func (s *Store) SignUp(ctx context.Context, signUp store.NewSignUp) (store.SignUpOutcome, error) {
	var out store.SignUpOutcome
	signUp.Now = whole(signUp.Now)
	err := s.write(ctx, func(t *tx) error {
		if err := t.takesRequests(signUp.Campaign); err != nil {
			return err
		}
		busy, err := t.tooMany(signUp)
		if err != nil || busy {
			out.Result = store.SignUpBusy
			return err
		}
		if out, err = t.signUp(signUp); err != nil {
			return err
		}
		return t.countRequest(signUp, out.Result)
	})
	if err != nil {
		return store.SignUpOutcome{}, fmt.Errorf("take a sign-up for campaign %d: %w", signUp.Campaign, err)
	}
	return out, nil
}

// takesRequests returns an error if the campaign lets nobody new in.
func (t *tx) takesRequests(no drip.CampaignNo) error {
	var closed bool
	err := t.row([]any{&closed}, `
		SELECT closed_at IS NOT NULL OR stopped_at IS NOT NULL FROM campaigns WHERE id = $1`, int64(no))
	if err == nil && closed {
		return drip.ErrClosed
	}
	return found(err)
}

// tooMany reports whether there were too many requests from the network, or in all.
func (t *tx) tooMany(s store.NewSignUp) (bool, error) {
	if s.Names.Network != "" {
		full, err := t.reached(s.Limits.Network, s.Now, byNetwork, s.Names.Network)
		if err != nil || full {
			return full, err
		}
	}
	return t.reached(s.Limits.Total, s.Now, byNothing, "")
}

// reached reports whether a limit is reached by the counted rows for which the
// condition on $1 holds. It looks at no more of them than the limit.
func (t *tx) reached(limit store.SignUpLimit, now time.Time, where, name string) (bool, error) {
	if limit.Count <= 0 {
		return false, nil
	}
	var full bool
	err := t.row([]any{&full}, moreSince(where), name, now.Add(-limit.Within).UnixMilli(), limit.Count-1)
	return full, err
}

// moreSince asks whether more than $3 rows were counted since $2.
func moreSince(where string) string {
	return `SELECT EXISTS (SELECT 1 FROM signup_counts WHERE ` + where + ` AND counted_at > $2 LIMIT 1 OFFSET $3)`
}

// The conditions of moreSince.
const (
	byNetwork = `network = $1`
	byAddress = `address = $1`
	byDomain  = `domain = $1`
	byNothing = `$1 = ''`
)

// countRequest adds the row by which a request is counted.
func (t *tx) countRequest(s store.NewSignUp, result store.SignUpResult) error {
	var address, domain any
	if result == store.SignUpAsked {
		address, domain = text(s.Names.Address), text(s.Names.Domain)
	}
	_, err := t.exec(`
		INSERT INTO signup_counts (network, address, domain, counted_at) VALUES ($1, $2, $3, $4)`,
		s.Names.Network, address, domain, s.Now.UnixMilli())
	return err
}

// signUp asks for the confirmation, if it is to be.
func (t *tx) signUp(s store.NewSignUp) (store.SignUpOutcome, error) {
	nothing := store.SignUpOutcome{Result: store.SignUpNothing}
	if no, err := t.unmailable(s); err != nil || no {
		return nothing, err
	}
	person, open, err := t.whoAsks(s)
	if err != nil {
		return nothing, err
	}
	if open.ID != 0 {
		if waits, err := t.unanswered(open); err != nil || !waits {
			return nothing, err
		}
	}
	if limited, err := t.mailLimited(s); err != nil || limited {
		return store.SignUpOutcome{Result: store.SignUpLimited}, err
	}
	id, err := t.request(s, person, open.ID)
	return store.SignUpOutcome{Result: store.SignUpAsked, Enrollment: id}, err
}

// unmailable reports whether no mail may go to the address.
func (t *tx) unmailable(s store.NewSignUp) (bool, error) {
	no := s.Unfit
	for _, hash := range append(s.Others, s.Hash) {
		var suppressed bool
		var out bool // asked of everybody alike
		err := t.row([]any{&suppressed, &out}, `
			SELECT EXISTS (SELECT 1 FROM suppressions WHERE hash = $1),
			       EXISTS (SELECT 1 FROM campaign_suppressions k JOIN campaigns c ON c.public_key = k.campaign WHERE k.hash = $1 AND c.id = $2)`,
			hash[:], int64(s.Campaign))
		if err != nil {
			return true, err
		}
		no = no || suppressed || out
	}
	return no, nil
}

// whoAsks returns the person with the address and their open enrollment in the
// campaign; zero where there is none.
func (t *tx) whoAsks(s store.NewSignUp) (drip.SubscriberID, drip.Enrollment, error) {
	var person drip.SubscriberID
	var open drip.Enrollment
	err := t.row([]any{toNumber[drip.SubscriberID]{&person}}, `
		SELECT id FROM subscribers WHERE email_key = $1`, s.Email.Key())
	if err == nil {
		err = t.row(toEnrollment(&open), `
			SELECT `+enrollmentColumns+` FROM enrollments e
			WHERE e.subscriber_id = $1 AND e.campaign_id = $2 AND e.state <> 'left'`, int64(person), int64(s.Campaign))
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return person, open, err
}

// confirmationOf is the delivery d of the mail that asks to confirm the enrollment e.
const confirmationOf = `deliveries d JOIN issues i ON i.id = d.issue_id AND i.name = '` + drip.ConfirmationID + `'`

// unanswered reports whether an open enrollment waits for a confirmation that nothing
// asks for any more, or yet.
func (t *tx) unanswered(e drip.Enrollment) (bool, error) {
	if e.State != drip.EnrollmentPending {
		return false, nil
	}
	if e.InvitedAt.IsZero() {
		return true, nil
	}
	var done bool
	err := t.row([]any{&done}, `
		SELECT EXISTS (SELECT 1 FROM `+confirmationOf+` WHERE d.enrollment_id = $1 AND d.state NOT `+openStates+`)`, int64(e.ID))
	return done, err
}

// mailLimited reports whether the address, or its domain, was asked for too many
// confirmation mails.
func (t *tx) mailLimited(s store.NewSignUp) (bool, error) {
	for _, l := range []struct {
		limit       store.SignUpLimit
		where, name string
	}{
		{store.SignUpLimit{Count: 1, Within: s.Limits.Pause}, byAddress, s.Names.Address},
		{s.Limits.Address, byAddress, s.Names.Address},
		{s.Limits.Domain, byDomain, s.Names.Domain},
	} {
		if l.name == "" {
			continue
		}
		if full, err := t.reached(l.limit, s.Now, l.where, l.name); err != nil || full {
			return true, err
		}
	}
	return false, nil
}

// request opens the enrollment that waits for the confirmation, in place of the
// earlier one, and for a new person if there is none.
func (t *tx) request(s store.NewSignUp, person drip.SubscriberID, earlier drip.EnrollmentID) (drip.EnrollmentID, error) {
	if person == 0 {
		err := t.row([]any{toNumber[drip.SubscriberID]{&person}}, `
			INSERT INTO subscribers (email, email_key, email_hash, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $4) RETURNING id`, s.Email.String(), s.Email.Key(), s.Hash[:], s.Now.UnixMilli())
		if err == nil {
			err = t.recall(person, s.Hash)
		}
		if err != nil {
			return 0, err
		}
	}
	invited, err := t.supersede(earlier, s.Now)
	if err != nil {
		return 0, err
	}
	id, err := t.enroll(store.NewEnrollment{
		Subscriber: person, Campaign: s.Campaign, Start: drip.StartOnJoin, Invite: true, Now: s.Now,
	})
	if err != nil {
		return 0, err
	}
	form, err := t.form(s.Request.Form)
	if err != nil {
		return 0, err
	}
	_, err = t.exec(`
		INSERT INTO requests (enrollment_id, form_id, network, name, timezone, invited, asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		int64(id), form, s.Request.Network, s.Name, s.Timezone, invited, s.Request.At.UnixMilli())
	return id, err
}

// supersede ends the enrollment that another request takes the place of, if there is one,
// and reports whether it was an invitation, or took the place of one.
func (t *tx) supersede(earlier drip.EnrollmentID, now time.Time) (invited bool, err error) {
	if earlier == 0 {
		return false, nil
	}
	err = t.row([]any{&invited}, `SELECT invited FROM requests WHERE enrollment_id = $1`, int64(earlier))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		invited = true
	case err != nil:
		return false, err
	}
	if _, err := t.leave(`id = $1`, int64(earlier), drip.LeftToRestart, now); err != nil {
		return false, err
	}
	_, err = t.exec(`DELETE FROM requests WHERE enrollment_id = $1`, int64(earlier))
	return invited, err
}

// form returns the number of a page's text.
func (t *tx) form(f drip.Form) (int64, error) {
	_, err := t.exec(`INSERT INTO forms (version, text) VALUES ($1, $2) ON CONFLICT (version, text) DO NOTHING`, f.Version, f.Text)
	if err != nil {
		return 0, err
	}
	var no int64
	err = t.row([]any{&no}, `SELECT id FROM forms WHERE version = $1 AND text = $2`, f.Version, f.Text)
	return no, err
}
