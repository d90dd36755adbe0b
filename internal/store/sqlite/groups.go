package sqlite

import (
	"database/sql"
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// Statements that change many rows cost SQLite far less than many statements: the
// lists of states in the table's checks and partial indexes alone are built anew
// each time one runs.

// groupSizes are the numbers of rows that one statement takes, so that there are
// few texts to prepare.
var groupSizes = [...]int{64, 32, 16, 8, 4, 2, 1}

// inGroups calls do for parts of items, with a table of their values to select from,
// whose columns are column1, column2 and so on, and the arguments in it.
func inGroups[T any](items []T, value func(*T) []any, do func(table string, args []any) error) error {
	for _, size := range groupSizes {
		for len(items) >= size {
			var args []any
			for i := range items[:size] {
				args = append(args, value(&items[i])...)
			}
			if err := do(valuesTable(size, len(args)/size), args); err != nil {
				return err
			}
			items = items[size:]
		}
	}
	return nil
}

// valuesTable is a table of parameters.
func valuesTable(rows, columns int) string { return "(VALUES " + tuples(rows, columns) + ") AS v" }

// markMany makes marks, and makes all of the re-checks: whatever was committed
// before, it sees. It returns those that were made.
func markMany(table string) string {
	return `
	UPDATE deliveries
	SET state = 'sending', wake_at = v.column4, local_date = v.column5, merge = COALESCE(merge, v.column6),
	    marked_at = COALESCE(marked_at, v.column8),
	    remarked_at = CASE WHEN marked_at IS NULL THEN NULL ELSE v.column8 END
	FROM ` + table + `
	WHERE enrollment_id = v.column1 AND issue_id = v.column2 AND attempt = v.column3 AND state = 'claimed'
	  AND (send_by IS NULL OR send_by >= v.column8)
	  AND NOT EXISTS (SELECT 1 FROM instance WHERE id = 1 AND held_at IS NOT NULL)
	  AND EXISTS (
	    SELECT 1 FROM enrollments e
	    JOIN subscribers s ON s.id = e.subscriber_id
	    JOIN campaigns c ON c.id = e.campaign_id
	    JOIN issues i ON i.id = v.column2
	    WHERE e.id = v.column1
	      AND NOT ` + isKeptOut + `
	      AND e.state = CASE i.name WHEN '` + drip.ConfirmationID + `' THEN 'pending' ELSE 'active' END
	      AND (e.paused_until IS NULL OR e.paused_until <= v.column8)
	      AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.hash = s.email_hash)
	      AND c.paused_at IS NULL AND c.stopped_at IS NULL
	      AND (v.column7 = 0 OR v.column7 > (
	        SELECT COUNT(*) FROM enrollments o
	        JOIN deliveries m ON m.enrollment_id = o.id
	        JOIN issues n ON n.id = m.issue_id
	        WHERE o.subscriber_id = e.subscriber_id AND m.local_date = v.column5
	          AND m.state ` + mailedStates + ` AND n.name <> '` + drip.ConfirmationID + `')))
	RETURNING enrollment_id, issue_id, attempt`
}

// markAll makes marks, and gives back the claims of those that must not be made. A
// mark with a limit on the person's day is made alone: the statement would not see
// its own others.
func (t *tx) markAll(marks []store.Mark, calendar time.Time) ([]bool, error) {
	made := make([]bool, len(marks))
	for at := 0; at < len(marks); {
		end := at + 1
		for marks[at].DailyLimit == 0 && end < len(marks) && marks[end].DailyLimit == 0 {
			end++
		}
		if err := t.markGroup(marks[at:end], made[at:end], calendar); err != nil {
			return nil, err
		}
		at = end
	}
	for i := range marks {
		if made[i] {
			continue
		}
		if err := t.release(marks[i].Fence, calendar); err != nil {
			return nil, fmt.Errorf("enrollment %d, issue %d: %w", marks[i].Enrollment, marks[i].Issue, err)
		}
	}
	return made, nil
}

func (t *tx) markGroup(marks []store.Mark, made []bool, calendar time.Time) error {
	at := make(map[store.Fence]int, len(marks))
	for i := range marks {
		at[marks[i].Fence] = i
	}
	value := func(m *store.Mark) []any {
		return []any{
			int64(m.Enrollment), int64(m.Issue), m.Attempt, m.Lease.UnixMilli(), number(m.LocalDate), text(m.Merge), m.DailyLimit, calendar.UnixMilli(),
		}
	}
	return inGroups(marks, value, func(table string, args []any) error {
		return t.returned(func(f store.Fence) { made[at[f]] = true }, markMany(table), args)
	})
}

// returned calls do for the deliveries that a statement changed. One delivery may be
// named with two attempts, of which at most one is its own.
func (t *tx) returned(do func(store.Fence), query string, args []any) error {
	return t.each(func(rows *sql.Rows) error {
		var f store.Fence
		err := rows.Scan(toNumber[drip.EnrollmentID]{&f.Enrollment}, toNumber[drip.IssueNo]{&f.Issue}, &f.Attempt)
		do(f)
		return err
	}, query, args...)
}

// settleAll applies outcomes and reports which of them did: first the plain
// successes, which are nearly all, together, and then the others, one by one.
func (t *tx) settleAll(outcomes []store.Outcome, calendar, machine time.Time) ([]bool, error) {
	applied := make([]bool, len(outcomes))
	at := make(map[store.Fence]int, len(outcomes))
	var sent []store.Outcome
	for i := range outcomes {
		o := &outcomes[i]
		if _, twice := at[o.Fence]; twice || !plain(o) {
			continue
		}
		at[o.Fence] = i
		sent = append(sent, *o)
	}
	if err := t.settleSent(sent, func(f store.Fence) { applied[at[f]] = true }, calendar); err != nil {
		return nil, err
	}
	for i := range outcomes {
		o := &outcomes[i]
		if first, together := at[o.Fence]; together && first == i {
			continue
		}
		var err error
		if applied[i], err = t.settle(o, calendar, machine); err != nil {
			return nil, fmt.Errorf("enrollment %d, issue %d: %w", o.Enrollment, o.Issue, err)
		}
	}
	return applied, nil
}

// plain reports whether an outcome is a success like nearly all.
func plain(o *store.Outcome) bool {
	return o.State == drip.DeliverySent && o.Class == drip.ClassAccepted && o.Suppress == "" && o.SentAt.IsZero()
}

// sentMany makes deliveries sent that were on their way, and returns them.
func sentMany(table string) string {
	return `
	UPDATE deliveries
	SET state = 'sent', reason = NULL, sent_at = v.column5, reply = v.column4, owner = NULL, wake_at = NULL
	FROM ` + table + `
	WHERE enrollment_id = v.column1 AND issue_id = v.column2 AND attempt = v.column3 AND state IN ` + whenMarked + `
	RETURNING enrollment_id, issue_id, attempt`
}

// settleSent makes deliveries sent, and calls do for those that were on their way.
func (t *tx) settleSent(outcomes []store.Outcome, do func(store.Fence), calendar time.Time) error {
	replies := make(map[store.Fence]string, len(outcomes))
	for i := range outcomes {
		var err error
		if replies[outcomes[i].Fence], err = t.said(outcomes[i].Reply); err != nil {
			return err
		}
	}
	var done []drip.EnrollmentID
	value := func(o *store.Outcome) []any {
		return []any{int64(o.Enrollment), int64(o.Issue), o.Attempt, text(replies[o.Fence]), calendar.UnixMilli()}
	}
	err := inGroups(outcomes, value, func(table string, args []any) error {
		return t.returned(func(f store.Fence) {
			done = append(done, f.Enrollment)
			do(f)
		}, sentMany(table), args)
	})
	if err != nil {
		return err
	}
	id := func(id drip.EnrollmentID) any { return int64(id) }
	return inLists(done, id, func(in string, args []any) error {
		_, err := t.exec(settledMany+in, append([]any{calendar.UnixMilli()}, args...)...)
		return err
	})
}
