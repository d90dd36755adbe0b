package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"partwork/internal/store"
	"partwork/internal/timing"
)

// relayDay names a row of relay_days.
type relayDay struct {
	relay string
	day   timing.Date
}

// countMarks adds the marks that were made to the days of their relays.
func (t *tx) countMarks(marks []store.Mark, made []bool) error {
	var counts map[relayDay]int
	for i := range marks {
		if !made[i] || marks[i].Relay == "" {
			continue
		}
		if counts == nil {
			counts = make(map[relayDay]int)
		}
		counts[relayDay{marks[i].Relay, marks[i].Day}]++
	}
	for at, n := range counts {
		_, err := t.exec(`
			INSERT INTO relay_days (relay, day, marked) VALUES ($1, $2, $3)
			ON CONFLICT (relay, day) DO UPDATE SET marked = relay_days.marked + excluded.marked`,
			at.relay, number(at.day), n)
		if err != nil {
			return fmt.Errorf("count marks for a relay: %w", err)
		}
	}
	return nil
}

// RelayDay implements [store.Sending].
func (s *Store) RelayDay(ctx context.Context, relay string, day timing.Date) (int, error) {
	var marked int
	err := s.one(ctx, []any{&marked}, `
		SELECT marked FROM relay_days WHERE relay = $1 AND day = $2`, relay, number(day))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("count marks for a relay: %w", err)
	}
	return marked, nil
}

// waiting is explained by a test.
const waiting = `
	SELECT (SELECT COUNT(*) FROM enrollments e JOIN campaigns c ON c.id = e.campaign_id
	        WHERE e.next_at <= $1 AND c.paused_at IS NULL AND c.stopped_at IS NULL)
	     + (SELECT COUNT(*) FROM deliveries d WHERE d.state IN ('claimed', 'deferred') AND d.wake_at IS NOT NULL)`

// Waiting implements [store.Reports].
func (s *Store) Waiting(ctx context.Context, calendar time.Time) (int, error) {
	var n int
	if err := s.one(ctx, []any{&n}, waiting, calendar.UnixMilli()); err != nil {
		return 0, fmt.Errorf("count what waits: %w", err)
	}
	return n, nil
}
