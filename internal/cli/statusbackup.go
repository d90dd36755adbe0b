package cli

import (
	"context"
	"time"

	"partwork/internal/app"
)

// backupStatus says how things stand with the scheduled copies.
type backupStatus struct {
	// Last is when the latest one was made, File its name; null and empty if there
	// is none.
	Last stamp  `json:"last"`
	File string `json:"file"`
	// Next is when the schedule comes next; null if it is off.
	Next    stamp `json:"next"`
	Overdue bool  `json:"overdue"`
}

// lookForBackups adds the backups, and a warning that a running serve has not
// given.
func (r *statusReport) lookForBackups(ctx context.Context, in *app.Instance) error {
	instance, err := in.Store.Instance(ctx)
	if err != nil {
		return err
	}
	state := in.Backups(instance.CreatedAt)
	r.Backup = backupStatus{Last: stamp(state.Last), File: state.File, Next: stamp(state.Next), Overdue: state.Overdue}
	if !r.Serving {
		r.Warnings = append(r.Warnings, state.Warnings()...)
	}
	return nil
}

// text says it in words, as of now.
func (b backupStatus) text(now time.Time) string {
	last, next := b.Last.time(), b.Next.time()
	said := "none yet"
	if !last.IsZero() {
		said = utc(last) + ", " + ago(now.Sub(last))
	}
	if next.IsZero() {
		return said + "; the schedule is off"
	}
	return said + "; next " + utc(next)
}

// ago writes a length of time that has passed, in its largest unit.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return count(int(d/time.Minute), "minute") + " ago"
	case d < 48*time.Hour:
		return count(int(d/time.Hour), "hour") + " ago"
	}
	return count(int(d/(24*time.Hour)), "day") + " ago"
}
