package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// wish is a change of one open enrollment that its reader asked for.
type wish struct {
	id  drip.EnrollmentID
	now time.Time
	// set is a list of columns with their new values; $2 is now, $3 is value.
	set   string
	value any
	// withdraws has claims given back: they were made by a plan that does not
	// hold any more.
	withdraws bool
}

// wish reads the enrollment, asks what is to change, and applies it. Pending and
// ended enrollments, and those for which changes is false, stay as they are.
func (s *Store) wish(ctx context.Context, w wish, changes func(drip.Enrollment) bool) (drip.Enrollment, error) {
	var e drip.Enrollment
	err := s.write(ctx, func(t *tx) (err error) {
		if e, err = enrollment(t, w.id); err != nil || !going(e) || !changes(e) {
			return err
		}
		if err = t.grant(w); err == nil {
			e, err = enrollment(t, w.id)
		}
		return err
	})
	return e, err
}

// going reports whether an enrollment takes wishes.
func going(e drip.Enrollment) bool {
	return e.State == drip.EnrollmentActive || e.State == drip.EnrollmentFinished
}

// floorNow makes $2 the floor, unless the reader just joined and waits for the
// first issue, which leaves at once whatever their pace and zone. Issues that are for
// others are none that they had.
const floorNow = `floor = CASE
	WHEN start = 'on-join' AND floor = joined_at AND follows_id IS NULL AND NOT EXISTS (
	  SELECT 1 FROM deliveries d JOIN issues i ON i.id = d.issue_id
	  WHERE d.enrollment_id = enrollments.id AND d.state NOT ` + openStates + ` AND i.name <> '` + drip.ConfirmationID + `'
	    AND COALESCE(d.reason, '') <> '` + string(drip.ReasonNotForThem) + `')
	THEN floor ELSE $2 END`

// plannedAnew has enrollments planned again at $2.
const plannedAnew = `next_at = CASE state WHEN 'active' THEN $2 END, held_at = NULL, revision = revision + 1`

func (t *tx) grant(w wish) error {
	if w.withdraws {
		if err := t.withdraw(`enrollment_id = $1`, int64(w.id)); err != nil {
			return err
		}
	}
	_, err := t.exec(`UPDATE enrollments SET `+w.set+`, `+plannedAnew+` WHERE id = $1`,
		int64(w.id), w.now.UnixMilli(), w.value)
	return err
}

// withdraw gives back the claims for which the condition on $1 holds. Whoever
// made them can mark nothing by them any more.
func (t *tx) withdraw(where string, arg int64) error {
	_, err := t.exec(`
		UPDATE deliveries SET state = 'planned', owner = NULL, wake_at = NULL
		WHERE state = 'claimed' AND `+where, arg)
	return err
}

// PauseUntil implements [store.Readers].
func (s *Store) PauseUntil(ctx context.Context, id drip.EnrollmentID, until, now time.Time) (drip.Enrollment, error) {
	until, now = whole(until), whole(now)
	w := wish{id: id, now: now, value: ms(until), withdraws: true,
		set: `paused_at = CASE WHEN paused_until > $2 THEN paused_at ELSE $2 END, paused_until = $3`}
	paused := func(e drip.Enrollment) bool { return !e.PausedUntil.Equal(until) }
	if !until.After(now) {
		w.set, w.value, w.withdraws = `paused_at = $3, paused_until = $3, floor = $2`, nil, false
		paused = func(e drip.Enrollment) bool { return e.PausedUntil.After(now) }
	}
	e, err := s.wish(ctx, w, paused)
	if err != nil {
		return drip.Enrollment{}, fmt.Errorf("pause enrollment %d: %w", id, err)
	}
	return e, nil
}

// SetPace implements [store.Readers].
func (s *Store) SetPace(ctx context.Context, id drip.EnrollmentID, pace int, now time.Time) (drip.Enrollment, error) {
	w := wish{id: id, now: now, set: `pace = $3, ` + floorNow, value: int64(pace), withdraws: true}
	e, err := s.wish(ctx, w, func(e drip.Enrollment) bool { return e.Pace != pace })
	if err != nil {
		return drip.Enrollment{}, fmt.Errorf("set the pace of enrollment %d: %w", id, err)
	}
	return e, nil
}

// SendNext implements [store.Readers].
func (s *Store) SendNext(ctx context.Context, id drip.EnrollmentID, now time.Time) (drip.Enrollment, error) {
	now = whole(now)
	w := wish{id: id, now: now, set: `asked_at = $3`, value: ms(now)}
	e, err := s.wish(ctx, w, func(e drip.Enrollment) bool {
		return e.State == drip.EnrollmentActive && !e.AskedAt.Equal(now)
	})
	if err != nil {
		return drip.Enrollment{}, fmt.Errorf("ask for the next issue of enrollment %d: %w", id, err)
	}
	return e, nil
}

// SetTimezone implements [store.Readers].
func (s *Store) SetTimezone(ctx context.Context, id drip.SubscriberID, zone string, now time.Time) (drip.Subscriber, error) {
	var person drip.Subscriber
	read := func(t *tx) error {
		return found(t.row(toSubscriber(&person), `
			SELECT `+subscriberColumns+` FROM subscribers s WHERE s.id = $1`, int64(id)))
	}
	err := s.write(ctx, func(t *tx) error {
		if err := read(t); err != nil {
			return err
		}
		if person.Timezone == zone {
			return t.choose(&person, drip.ChoseTimezone)
		}
		_, err := t.exec(`
			UPDATE subscribers SET timezone = $2, chosen = chosen | $4, updated_at = $3, revision = revision + 1 WHERE id = $1`,
			int64(id), zone, now.UnixMilli(), int64(drip.ChoseTimezone))
		if err == nil {
			err = t.moved(id, now)
		}
		if err != nil {
			return err
		}
		return read(t)
	})
	if err != nil {
		return drip.Subscriber{}, fmt.Errorf("set the zone of subscriber %d: %w", id, err)
	}
	return person, nil
}

// choose notes that what is known of a person already is their own word as well.
func (t *tx) choose(person *drip.Subscriber, what drip.Choice) error {
	if person.Chosen.Has(what) {
		return nil
	}
	person.Chosen |= what
	_, err := t.exec(`UPDATE subscribers SET chosen = $2 WHERE id = $1`, int64(person.ID), int64(person.Chosen))
	return err
}

// moved has a person's series planned again after a change of zone: claims by
// the old zone are withdrawn and the floor is now. A confirmation has no slot and
// stays claimed.
func (t *tx) moved(id drip.SubscriberID, now time.Time) error {
	err := t.withdraw(`enrollment_id IN (
		SELECT id FROM enrollments WHERE subscriber_id = $1 AND state = 'active')`, int64(id))
	if err != nil {
		return err
	}
	_, err = t.exec(`
		UPDATE enrollments SET `+floorNow+`, `+plannedAnew+`
		WHERE subscriber_id = $1 AND state IN ('active', 'finished')`, int64(id), now.UnixMilli())
	return err
}

// StartOver implements [store.Readers].
func (s *Store) StartOver(ctx context.Context, id drip.EnrollmentID, now time.Time) (drip.Enrollment, error) {
	var e drip.Enrollment
	err := s.write(ctx, func(t *tx) (err error) {
		if e, err = enrollment(t, id); err != nil {
			return err
		}
		switch {
		case going(e):
			id, err = t.startOver(id, now)
		case e.LeftReason == drip.LeftToRestart:
			err = t.row([]any{toNumber[drip.EnrollmentID]{&id}}, `
				SELECT id FROM enrollments WHERE follows_id = $1 AND continues = 0`, int64(id))
		}
		if err == nil {
			e, err = enrollment(t, id)
		}
		return err
	})
	if err != nil {
		return drip.Enrollment{}, fmt.Errorf("start enrollment %d over: %w", id, err)
	}
	return e, nil
}

// startOver ends an enrollment and returns the one that begins the series anew.
func (t *tx) startOver(id drip.EnrollmentID, now time.Time) (drip.EnrollmentID, error) {
	if _, err := t.leave(`id = $1`, int64(id), drip.LeftToRestart, now); err != nil {
		return 0, err
	}
	var next drip.EnrollmentID
	err := t.row([]any{toNumber[drip.EnrollmentID]{&next}}, `
		INSERT INTO enrollments (subscriber_id, campaign_id, state, start, joined_at, floor, next_at,
		                         paused_at, paused_until, pace, consent_id, follows_id)
		SELECT subscriber_id, campaign_id, 'active', 'at-slot', $2, $2, $2,
		       CASE WHEN paused_until > $2 THEN $2 END, CASE WHEN paused_until > $2 THEN paused_until END,
		       pace, consent_id, id
		FROM enrollments WHERE id = $1
		RETURNING id`, int64(id), now.UnixMilli())
	return next, err
}

// latestLeft finds what somebody who comes back to a campaign can go on from. The
// plus keeps it from looking through all who left the campaign.
const latestLeft = `
	SELECT e.id FROM enrollments e
	WHERE e.subscriber_id = $1 AND +e.campaign_id = $2 AND e.state = 'left' AND EXISTS (
	  SELECT 1 FROM deliveries d JOIN issues i ON i.id = d.issue_id
	  WHERE d.enrollment_id = e.id AND d.state ` + mailedStates + ` AND i.name <> '` + drip.ConfirmationID + `')
	ORDER BY e.id DESC LIMIT 1`

// Resumable implements [store.Readers].
func (s *Store) Resumable(ctx context.Context, id drip.SubscriberID, campaign drip.CampaignNo) (store.Resumable, error) {
	var past store.Resumable
	err := s.read(ctx, func(r *snapshot) error {
		err := r.row([]any{toNumber[drip.EnrollmentID]{&past.Enrollment}}, latestLeft, int64(id), int64(campaign))
		if err != nil {
			return found(err)
		}
		var confirmation drip.IssueNo
		err = r.row([]any{toNumber[drip.IssueNo]{&confirmation}}, `
			SELECT id FROM issues WHERE campaign_id = $1 AND name = $2`, int64(campaign), drip.ConfirmationID)
		if err != nil {
			return err
		}
		var d store.Due
		err = r.each(func(rows *sql.Rows) error {
			h := heritage{}
			err := rows.Scan(h.dest()...)
			h.addTo(&d, confirmation)
			return err
		}, heritageOf(`SELECT $1, $1, 1`), int64(past.Enrollment))
		past.Had, past.Last = d.Had, d.Last
		return err
	})
	if err != nil {
		return store.Resumable{}, fmt.Errorf("what subscriber %d had in campaign %d: %w", id, campaign, err)
	}
	return past, nil
}

// Halted implements [store.Readers].
func (s *Store) Halted(ctx context.Context, campaign drip.CampaignNo) (bool, error) {
	var halted bool
	err := s.one(ctx, []any{&halted}, `
		SELECT paused_at IS NOT NULL OR stopped_at IS NOT NULL FROM campaigns WHERE id = $1`, int64(campaign))
	if err != nil {
		return false, fmt.Errorf("look whether campaign %d sends: %w", campaign, found(err))
	}
	return halted, nil
}
