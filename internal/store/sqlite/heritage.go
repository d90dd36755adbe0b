package sqlite

import (
	"database/sql"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// following selects the enrollments that follow another; a list comes after it.
const following = `SELECT e.id, e.follows_id, e.continues FROM enrollments e WHERE e.follows_id IS NOT NULL AND e.id IN `

// heritageOf returns the query for the deliveries of the enrollments that come
// before others, all the way back. The first selects the heirs, each with the one
// before it and whether it continues that one; a delivery's column continued says
// whether every step on the way to it does.
func heritageOf(first string) string {
	return `
		WITH RECURSIVE line (heir, earlier, continued) AS (
		  ` + first + `
		  UNION
		  SELECT l.heir, e.follows_id, l.continued * e.continues
		  FROM line l JOIN enrollments e ON e.id = l.earlier
		  WHERE e.follows_id IS NOT NULL
		)
		SELECT l.heir, l.continued, d.issue_id, d.state, d.slot_wall,
		       COALESCE(d.sent_at, d.remarked_at, d.marked_at), d.reason
		FROM line l JOIN deliveries d ON d.enrollment_id = l.earlier`
}

// heritage is a delivery of an earlier enrollment.
type heritage struct {
	history
	reason    drip.DeliveryReason
	continued bool
}

func (h *heritage) dest() []any {
	return []any{
		toNumber[drip.EnrollmentID]{&h.key.Enrollment}, &h.continued, toNumber[drip.IssueNo]{&h.key.Issue},
		toText[drip.DeliveryState]{&h.state}, &h.wall, toTime{&h.at}, toText[drip.DeliveryReason]{&h.reason},
	}
}

// addTo adds the delivery to the summary of the heir. What is still being sent
// may arrive, so it counts as if it had; what was skipped because the reader was
// out is still to come.
func (h *heritage) addTo(d *store.Due, confirmation drip.IssueNo) {
	if h.key.Issue == confirmation || !h.state.Done() && h.state != drip.DeliverySending {
		return
	}
	h.addToLast(&d.Last, h.continued)
	out := h.reason == drip.ReasonLeft || h.reason == drip.ReasonSuppressed
	if h.continued && !out {
		d.Had = append(d.Had, h.key.Issue)
	}
}

// inherit adds what the enrollments before those of the list had. It asks only if
// one of them follows another.
func (r *snapshot) inherit(list []store.Due, at map[drip.EnrollmentID]int, confirmations []drip.IssueNo) error {
	var heirs []drip.EnrollmentID
	for i := range list {
		if list[i].Enrollment.Follows != 0 {
			heirs = append(heirs, list[i].Enrollment.ID)
		}
	}
	value := func(id drip.EnrollmentID) any { return int64(id) }
	return inLists(heirs, value, func(in string, args []any) error {
		return r.each(func(rows *sql.Rows) error {
			var h heritage
			err := rows.Scan(h.dest()...)
			i := at[h.key.Enrollment]
			h.addTo(&list[i], confirmations[i])
			return err
		}, heritageOf(following+in), args...)
	})
}
