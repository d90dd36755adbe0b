package sqlite

import (
	"partwork/internal/drip"
	"partwork/internal/timing"
)

// The column lists of the nouns, each with the function that says where the
// columns go.

const subscriberColumns = `s.id, s.email, s.name, s.timezone, s.attributes, s.consent_id,
	s.suppressed_at, s.created_at, s.updated_at, s.revision, s.chosen`

func toSubscriber(s *drip.Subscriber) []any {
	return []any{
		toNumber[drip.SubscriberID]{&s.ID}, toAddress{&s.Email}, &s.Name, &s.Timezone,
		toAttributes{&s.Attributes, &s.Types}, toNumber[drip.ConsentID]{&s.ConsentID},
		toTime{&s.SuppressedAt}, toTime{&s.CreatedAt}, toTime{&s.UpdatedAt}, &s.Revision, &s.Chosen,
	}
}

const enrollmentColumns = `e.id, e.subscriber_id, e.campaign_id, e.state, e.start, e.invited_at,
	e.joined_at, e.floor, e.paused_until, e.pace, e.next_at, e.finished_at, e.left_at,
	e.left_reason, e.consent_id, e.revision, e.asked_at, e.follows_id, e.continues`

func toEnrollment(e *drip.Enrollment) []any {
	return []any{
		toNumber[drip.EnrollmentID]{&e.ID}, toNumber[drip.SubscriberID]{&e.Subscriber},
		toNumber[drip.CampaignNo]{&e.Campaign}, toText[drip.EnrollmentState]{&e.State},
		toText[drip.Start]{&e.Start}, toTime{&e.InvitedAt}, toTime{&e.JoinedAt}, toTime{&e.Floor},
		toTime{&e.PausedUntil}, &e.Pace, toTime{&e.NextAt}, toTime{&e.FinishedAt}, toTime{&e.LeftAt},
		toText[drip.LeaveReason]{&e.LeftReason}, toNumber[drip.ConsentID]{&e.ConsentID}, &e.Revision,
		toTime{&e.AskedAt}, toNumber[drip.EnrollmentID]{&e.Follows}, &e.Continues,
	}
}

const deliveryColumns = `d.enrollment_id, d.issue_id, d.state, d.reason, d.slot_wall,
	(SELECT z.name FROM zones z WHERE z.id = d.slot_zone), d.slot_wall * 1000 - d.slot_offset, d.moves, d.send_by, d.attempt, d.wake_at, d.content_id, d.merge, d.marked_at,
	d.local_date, d.sent_at, d.reply, ` + phraseColumn

// triesColumn counts the transactions of a delivery that came to nothing, but for
// throttled ones.
const triesColumn = `(SELECT COUNT(*) FROM attempts a
	WHERE a.enrollment_id = d.enrollment_id AND a.issue_id = d.issue_id AND a.class <> '` + string(drip.ClassThrottled) + `')`

func toDelivery(d *drip.Delivery) []any {
	dest := make([]any, 0, 18+28) // room for what a query joins
	dest = append(dest,
		toNumber[drip.EnrollmentID]{&d.Enrollment}, toNumber[drip.IssueNo]{&d.Issue},
		toText[drip.DeliveryState]{&d.State}, toText[drip.DeliveryReason]{&d.Reason})
	dest = append(dest, toSlot(&d.Slot)...)
	return append(dest,
		&d.Moves, toTime{&d.SendBy}, &d.Attempt, toTime{&d.WakeAt},
		toNumber[drip.ContentID]{&d.Content}, toText[string]{&d.Merge}, toTime{&d.MarkedAt},
		toNumber[timing.Date]{&d.LocalDate}, toTime{&d.SentAt}, toText[string]{&d.Reply}, toPhrase{&d.Reply})
}
