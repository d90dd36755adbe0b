package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// CommitPlan implements [store.Planning].
func (s *Store) CommitPlan(ctx context.Context, plan store.PlanCommit) (int, error) {
	claimed := 0
	err := s.write(ctx, func(t *tx) error {
		standings, err := t.standings(plan.Decisions)
		if err != nil {
			return err
		}
		unfounded, err := t.unfounded(plan.Decisions)
		if err != nil {
			return err
		}
		var claims []claim
		for i := range plan.Decisions {
			if unfounded[i] {
				continue
			}
			d := &plan.Decisions[i]
			if err := t.decide(&plan, d, standings, &claims); err != nil {
				return fmt.Errorf("%s enrollment %d, issue %d: %w", d.Kind, d.Enrollment, d.Issue, err)
			}
		}
		claimed, err = t.claimAll(claims)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("commit plan: %w", err)
	}
	return claimed, nil
}

// standing is what a decision is checked against.
type standing struct {
	revision int64
	state    drip.EnrollmentState
	hint     time.Time
	// The delivery that is not done; issue is zero if there is none.
	issue   drip.IssueNo
	open    drip.DeliveryState
	attempt int
	wake    time.Time
	// passed says that the plan skipped an issue: it may skip the next one, too.
	passed bool
}

// afterSkip returns how things stand after a skip was applied.
func (s standing) afterSkip(d *store.Decision) standing {
	s.passed, s.hint = true, whole(d.NextAt)
	if s.issue == d.Issue {
		s.issue, s.open, s.attempt = 0, "", 0
	}
	return s
}

// sends reports whether a message of this issue is being sent.
func (s *standing) sends(issue drip.IssueNo) bool {
	return s.issue == issue && s.open == drip.DeliverySending
}

// inFlight reports whether a process answers for the open delivery, or a retry
// is set, at that time.
func (s *standing) inFlight(machine time.Time) bool {
	return !s.wake.IsZero() && s.wake.After(whole(machine))
}

// standings reads how things stand for all enrollments of a plan, those that are
// not there left out.
func (t *tx) standings(decisions []store.Decision) (map[drip.EnrollmentID]standing, error) {
	all := make(map[drip.EnrollmentID]standing, len(decisions))
	value := func(d store.Decision) any { return int64(d.Enrollment) }
	err := inLists(decisions, value, func(in string, args []any) error {
		return t.each(func(rows *sql.Rows) error {
			var id drip.EnrollmentID
			var s standing
			err := rows.Scan(
				toNumber[drip.EnrollmentID]{&id},
				&s.revision, toText[drip.EnrollmentState]{&s.state}, toTime{&s.hint}, toNumber[drip.IssueNo]{&s.issue},
				toText[drip.DeliveryState]{&s.open}, toNumber[int]{&s.attempt}, toTime{&s.wake},
			)
			all[id] = s
			return err
		}, standingRows+in, args...)
	})
	return all, err
}

// standingRows is followed by a list.
const standingRows = `
	SELECT e.id, e.revision, e.state, e.next_at, d.issue_id, d.state, d.attempt, d.wake_at
	FROM enrollments e
	LEFT JOIN deliveries d ON d.enrollment_id = e.id AND d.state ` + openStates + `
	WHERE e.id IN `

// decide applies one decision, or drops it. Claims, which are nearly all, are
// gathered: no other decision of a plan is about an enrollment that is claimed for, so
// they can be made after all others, together.
func (t *tx) decide(plan *store.PlanCommit, d *store.Decision, standings map[drip.EnrollmentID]standing, claims *[]claim) error {
	s, ok := standings[d.Enrollment]
	if !ok {
		return nil // erased, or decided about before
	}
	delete(standings, d.Enrollment)
	if s.revision != d.Revision || s.attempt != d.Attempt || s.passed && d.Kind != store.DecideSkip {
		return nil
	}
	switch d.Kind {
	case store.DecideClaim:
		return t.gather(claims, plan, d, &s)
	case store.DecideRest:
		return t.hint(plan, d, &s)
	case store.DecideWait:
		return t.wait(plan, d, &s)
	case store.DecideSkip:
		err := t.passOver(plan, d, &s)
		if !s.sends(d.Issue) {
			standings[d.Enrollment] = s.afterSkip(d) // another issue may be skipped as well
		}
		return err
	case store.DecideRefuse:
		return t.passOver(plan, d, &s)
	case store.DecideFinish:
		return t.finish(plan, d, &s)
	case store.DecideUnknown:
		return t.giveUpWaiting(plan, &s, d.Enrollment)
	}
	return fmt.Errorf("there is no decision %q", d.Kind)
}

// hint sets the hint to NextAt. An active enrollment that is left without a
// hint and without a delivery in flight is held: somebody decided so, it was
// not forgotten.
func (t *tx) hint(plan *store.PlanCommit, d *store.Decision, s *standing) error {
	if s.state != drip.EnrollmentActive && s.state != drip.EnrollmentPending {
		return nil
	}
	if !d.NextAt.IsZero() && s.hint.Equal(whole(d.NextAt)) {
		return nil
	}
	var held any
	if d.NextAt.IsZero() && s.wake.IsZero() {
		held = plan.Calendar.UnixMilli()
	}
	_, err := t.exec(`UPDATE enrollments SET next_at = $2, held_at = $3 WHERE id = $1`,
		int64(d.Enrollment), ms(d.NextAt), held)
	return err
}

// wait plans the open delivery for a later slot. A delivery that was marked
// meanwhile stays as it is.
func (t *tx) wait(plan *store.PlanCommit, d *store.Decision, s *standing) error {
	if s.issue != 0 && s.open != drip.DeliverySending {
		wall, zone, offset, err := t.slot(d.Slot)
		if err != nil {
			return err
		}
		_, err = t.exec(`
			UPDATE deliveries
			SET state = 'planned', owner = NULL, wake_at = NULL, moves = $3, send_by = $4,
			    slot_wall = COALESCE($5, slot_wall), slot_zone = COALESCE($6, slot_zone),
			    slot_offset = COALESCE($7, slot_offset)
			WHERE enrollment_id = $1 AND issue_id = $2`,
			int64(d.Enrollment), int64(s.issue), d.Moves, ms(d.SendBy), wall, zone, offset)
		if err != nil {
			return err
		}
		s.wake = time.Time{}
	}
	return t.hint(plan, d, s)
}

// passOver skips or refuses a delivery.
func (t *tx) passOver(plan *store.PlanCommit, d *store.Decision, s *standing) error {
	state, reason := drip.DeliverySkipped, cmp.Or(d.Reason, drip.ReasonRemoved)
	if d.Kind == store.DecideRefuse {
		state, reason = drip.DeliveryRefused, cmp.Or(d.Reason, drip.ReasonGaveUp)
	}
	if s.sends(d.Issue) {
		return nil
	}
	if s.issue == d.Issue {
		s.wake = time.Time{}
	}
	wall, zone, offset, err := t.slot(d.Slot)
	if err != nil {
		return err
	}
	_, err = t.exec(`
		INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, reply)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (enrollment_id, issue_id) DO UPDATE
		SET state = excluded.state, reason = excluded.reason, owner = NULL, wake_at = NULL,
		    reply = COALESCE(excluded.reply, reply)
		WHERE deliveries.state IN ('planned', 'claimed', 'deferred')`,
		int64(d.Enrollment), int64(d.Issue), string(state), string(reason), wall, zone, offset, text(verbatim(d.Note)))
	if err != nil {
		return err
	}
	if d.Premise != nil {
		return t.anew(d, s)
	}
	return t.hint(plan, d, s)
}

// finish ends the enrollment. One that was reopened and got nothing finished when
// it did before. What is still open belongs to an issue that is no
// longer in the files.
func (t *tx) finish(plan *store.PlanCommit, d *store.Decision, s *standing) error {
	if s.state != drip.EnrollmentActive || s.open == drip.DeliverySending {
		return nil
	}
	if s.issue != 0 {
		if err := t.skipOpen(`enrollment_id = $1`, int64(d.Enrollment), drip.ReasonRemoved); err != nil {
			return err
		}
	}
	_, err := t.exec(`
		UPDATE enrollments
		SET state = 'finished', next_at = NULL, held_at = NULL, revision = revision + 1,
		    finished_at = CASE
		      WHEN finished_at IS NOT NULL AND NOT EXISTS (
		        SELECT 1 FROM deliveries d
		        WHERE d.enrollment_id = enrollments.id AND COALESCE(d.remarked_at, d.marked_at) > enrollments.finished_at)
		      THEN finished_at ELSE $2 END
		WHERE id = $1`, int64(d.Enrollment), plan.Calendar.UnixMilli())
	return err
}

// giveUpWaiting makes a sending delivery unknown whose process does not answer
// any more.
func (t *tx) giveUpWaiting(plan *store.PlanCommit, s *standing, id drip.EnrollmentID) error {
	if s.open != drip.DeliverySending || s.inFlight(plan.Machine) {
		return nil
	}
	key := drip.DeliveryKey{Enrollment: id, Issue: s.issue}
	_, err := t.exec(`
		UPDATE deliveries SET state = 'unknown', owner = NULL, wake_at = NULL
		WHERE enrollment_id = $1 AND issue_id = $2`, int64(key.Enrollment), int64(key.Issue))
	if err != nil {
		return err
	}
	err = t.addAttempt(store.Attempt{
		DeliveryKey: key, Attempt: s.attempt, At: plan.Calendar, Class: drip.ClassUnknown,
		Reply: drip.Reply{Phase: drip.PhaseFinal, Text: "the sender stopped before it noted an answer"},
	})
	if err != nil {
		return err
	}
	return t.settled(id, plan.Calendar)
}
