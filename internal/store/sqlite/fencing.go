package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"partwork/internal/drip"
	"partwork/internal/store"
)

const fenceColumns = `uuid, epoch, advanced_at, held_at, held_reason, journal_size`

func fence(q querier) (store.FenceState, error) {
	var f store.FenceState
	err := q.row([]any{
		&f.UUID, &f.Epoch, toTime{&f.AdvancedAt}, toTime{&f.HeldAt}, toText[store.HoldReason]{&f.HeldReason},
		&f.Journal,
	}, `SELECT `+fenceColumns+` FROM instance WHERE id = 1`)
	return f, found(err)
}

// FenceState implements [store.Fencing].
func (s *Store) FenceState(ctx context.Context) (store.FenceState, error) {
	var f store.FenceState
	err := s.read(ctx, func(r *snapshot) (err error) {
		f, err = fence(r)
		return err
	})
	if err != nil {
		return store.FenceState{}, fmt.Errorf("read the fence: %w", err)
	}
	return f, nil
}

// changeFence runs change and returns the fence after it.
func (s *Store) changeFence(ctx context.Context, what string, change func(*tx) error) (store.FenceState, error) {
	var f store.FenceState
	err := s.write(ctx, func(t *tx) error {
		err := change(t)
		if err == nil {
			f, err = fence(t)
		}
		return err
	})
	if err != nil {
		return store.FenceState{}, fmt.Errorf("%s: %w", what, err)
	}
	return f, nil
}

// Advance implements [store.Fencing].
func (s *Store) Advance(ctx context.Context, journal int64, now time.Time) (store.FenceState, error) {
	return s.changeFence(ctx, "advance the epoch", func(t *tx) error {
		_, err := t.exec(`
			UPDATE instance SET epoch = epoch + 1, advanced_at = $1, journal_size = $2
			WHERE id = 1 AND held_at IS NULL`, now.UnixMilli(), journal)
		return err
	})
}

// Hold implements [store.Fencing].
func (s *Store) Hold(ctx context.Context, reason store.HoldReason, now time.Time) (store.FenceState, error) {
	return s.changeFence(ctx, "hold", func(t *tx) error {
		n, err := t.exec(`
			UPDATE instance SET held_at = $1, held_reason = $2 WHERE id = 1 AND held_at IS NULL`,
			now.UnixMilli(), string(reason))
		if err != nil || n == 0 || reason == store.HeldByOperator {
			return err
		}
		return t.skipNumbers()
	})
}

// skipNumbers leaves to the original the numbers that it may have given out since this
// copy was made. Where nobody was ever, SQLite has no row yet that could be changed
// (https://www.sqlite.org/autoinc.html).
func (t *tx) skipNumbers() error {
	for _, table := range []string{"subscribers", "enrollments", "notices"} {
		n, err := t.exec(`UPDATE sqlite_sequence SET seq = seq + $2 WHERE name = $1`, table, store.CopyGap)
		if err == nil && n == 0 {
			_, err = t.exec(`INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)`, table, store.CopyGap)
		}
		if err != nil {
			return fmt.Errorf("leave numbers of %s to the original: %w", table, err)
		}
	}
	return nil
}

// Unhold implements [store.Fencing].
func (s *Store) Unhold(ctx context.Context, epoch, journal int64, now time.Time) (store.FenceState, error) {
	return s.changeFence(ctx, "unhold", func(t *tx) error {
		n, err := t.exec(`
			UPDATE instance
			SET held_at = NULL, held_reason = NULL, advanced_at = $2, journal_size = $3,
			    epoch = CASE WHEN epoch < $1 THEN $1 ELSE epoch + 1 END
			WHERE id = 1 AND held_at IS NOT NULL`, epoch, now.UnixMilli(), journal)
		if err != nil || n == 0 {
			return err
		}
		return t.restart(now)
	})
}

// restart moves every campaign's floor, and has everybody planned again.
func (t *tx) restart(now time.Time) error {
	for _, query := range []string{
		`UPDATE campaigns SET floor = $1 WHERE floor < $1`,
		`UPDATE enrollments
		 SET next_at = CASE WHEN next_at < $1 THEN next_at ELSE $1 END, held_at = NULL, revision = revision + 1
		 WHERE state = 'active' OR state = 'pending' AND invited_at IS NOT NULL`,
	} {
		if _, err := t.exec(query, now.UnixMilli()); err != nil {
			return err
		}
	}
	return nil
}

// Server implements [store.Fencing].
func (s *Store) Server(ctx context.Context) (store.Server, error) {
	var server store.Server
	err := s.one(ctx, intoServer(&server), whoServes)
	if err != nil {
		return store.Server{}, fmt.Errorf("look who serves the database: %w", found(err))
	}
	return server, nil
}

const whoServes = `SELECT owner, pid, host, machine, beat, started_at FROM server WHERE id = 1`

// intoServer returns where the columns of whoServes go.
func intoServer(s *store.Server) []any {
	return []any{&s.Owner, &s.PID, &s.Host, &s.Machine, &s.Beat, toTime{&s.StartedAt}}
}

// ServerOf is Store.Server of the database file at path, whatever its schema is, and
// changes nothing there.
func ServerOf(ctx context.Context, path string) (store.Server, error) {
	server, err := serverOf(ctx, path)
	if err != nil {
		return store.Server{}, fmt.Errorf("look who serves the database %s: %w", path, explain(found(err), path))
	}
	return server, nil
}

func serverOf(ctx context.Context, path string) (store.Server, error) {
	_, _ = sqlite.OFDLocking(true) // as open does
	abs, err := filepath.Abs(path)
	if err != nil {
		return store.Server{}, err
	}
	db, err := sql.Open("sqlite", readerDSN(abs))
	if err != nil {
		return store.Server{}, err
	}
	defer db.Close()
	var tables int
	err = db.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'server'`).Scan(&tables)
	if err == nil && tables == 0 {
		err = sql.ErrNoRows // it is new, or of a version without this table
	}
	if err != nil {
		return store.Server{}, err
	}
	var server store.Server
	err = db.QueryRowContext(ctx, whoServes).Scan(intoServer(&server)...)
	if hasCode(err, sqlite3.SQLITE_ERROR) {
		err = sql.ErrNoRows // the table of a newer version, which Open refuses
	}
	return server, err
}

// Occupy implements [store.Fencing].
func (s *Store) Occupy(ctx context.Context, server store.Server) error {
	err := s.write(ctx, func(t *tx) error {
		_, err := t.exec(`
			INSERT INTO server (id, owner, pid, host, machine, beat, started_at) VALUES (1, $1, $2, $3, $4, $5, $6)
			ON CONFLICT (id) DO UPDATE
			SET owner = excluded.owner, pid = excluded.pid, host = excluded.host, machine = excluded.machine,
			    beat = excluded.beat, started_at = excluded.started_at`,
			server.Owner, server.PID, server.Host, server.Machine, server.Beat, server.StartedAt.UnixMilli())
		return err
	})
	if err != nil {
		return fmt.Errorf("occupy the database: %w", err)
	}
	return nil
}

// Beat implements [store.Fencing].
func (s *Store) Beat(ctx context.Context, owner int64) error {
	err := s.write(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE server SET beat = beat + 1 WHERE owner = $1`, owner)
		if err == nil && n == 0 {
			err = drip.ErrConflict
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("show that the server lives: %w", err)
	}
	return nil
}

// Vacate implements [store.Fencing].
func (s *Store) Vacate(ctx context.Context, owner int64) error {
	err := s.write(ctx, func(t *tx) error {
		_, err := t.exec(`DELETE FROM server WHERE owner = $1`, owner)
		return err
	})
	if err != nil {
		return fmt.Errorf("vacate the database: %w", err)
	}
	return nil
}

// TakeOver implements [store.Fencing].
func (s *Store) TakeOver(ctx context.Context, owner int64, calendar time.Time) (store.TakenOver, error) {
	var taken store.TakenOver
	err := s.write(ctx, func(t *tx) error {
		left, err := t.leftBehind(owner)
		if err != nil {
			return err
		}
		for _, d := range left {
			if d.State == drip.DeliveryClaimed {
				taken.Claims++
				err = t.release(store.Fence{DeliveryKey: d.DeliveryKey, Attempt: d.Attempt}, calendar)
			} else {
				taken.Unknown++
				err = t.giveUpWaiting(&store.PlanCommit{Calendar: calendar}, &standing{
					issue: d.Issue, open: d.State, attempt: d.Attempt,
				}, d.Enrollment)
			}
			if err != nil {
				return fmt.Errorf("enrollment %d, issue %d: %w", d.Enrollment, d.Issue, err)
			}
		}
		return nil
	})
	if err != nil {
		return store.TakenOver{}, fmt.Errorf("take over from other processes: %w", err)
	}
	return taken, nil
}

// leftBehind lists the deliveries that other owners work on. Every state that has
// an owner has a wake time, and with it an index.
func (t *tx) leftBehind(owner int64) ([]drip.Delivery, error) {
	var list []drip.Delivery
	for _, state := range []drip.DeliveryState{drip.DeliveryClaimed, drip.DeliverySending} {
		err := t.each(func(rows *sql.Rows) error {
			d := drip.Delivery{State: state}
			err := rows.Scan(toNumber[drip.EnrollmentID]{&d.Enrollment}, toNumber[drip.IssueNo]{&d.Issue}, &d.Attempt)
			list = append(list, d)
			return err
		}, `
			SELECT enrollment_id, issue_id, attempt FROM deliveries
			WHERE state = $1 AND wake_at IS NOT NULL AND owner <> $2`, string(state), owner)
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}
