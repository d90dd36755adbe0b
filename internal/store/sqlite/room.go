package sqlite

import (
	"context"
	"fmt"
	"time"
)

// How a transaction waits for another process: the engine tries for lockWait, which is
// after 1 and after 2 more milliseconds, and is asked again until it was for busyTimeout.
// By itself it would soon try every 100 ms only, and a sender beside an import would
// nearly always find the lock taken.
const (
	lockWait  = 3 // ms
	lockTries = busyTimeout / lockWait
)

// waitedEnough reports whether the lock was waited for as long as anybody waits. On a busy
// machine each of the short sleeps is late, and lockTries of them take half as long again
// or more; where clocks are those of a test, no time passes while the engine sleeps.
func waitedEnough(tries int, waited time.Duration) bool {
	return tries >= lockTries || waited >= busyTimeout*time.Millisecond
}

// How bulk work leaves room for others, who find the lock free within lockWait.
const (
	// breath is the least time between two of its transactions.
	breath = lockWait*time.Millisecond + time.Millisecond
	// longestBreath bounds it, however long the last one took.
	longestBreath = 100 * time.Millisecond
	// crowdedRows are those of a transaction while others write: some 10 ms.
	crowdedRows = 1000
	// aloneWALPages is when the log is copied back while nobody else writes: 64 MB, which
	// walLimit leaves it anyway. A chunk of a shuffled list changes pages all over the
	// indexes, and most of them again in the next one.
	aloneWALPages = walLimit / 4096
	// calmAfter is how often nobody else has to have written until it is alone.
	calmAfter = 8
)

// company is what bulk work knows of others who write.
type company struct {
	version int64         // by which the engine tells that another connection has written
	calm    int           // how often in a row it had not; calmAfter at the start
	held    time.Duration // by the last transaction of this process
	wal     int           // wal_autocheckpoint of the writer
}

// Room implements [store.Imports].
func (s *Store) Room(ctx context.Context, most int) (int, error) {
	if err := s.breathe(ctx); err != nil {
		return 0, err
	}
	w := s.writer
	if err := w.take(ctx); err != nil {
		return 0, err
	}
	defer w.give()
	var version int64
	if err := w.conn.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&version); err != nil {
		return 0, fmt.Errorf("ask who else writes: %w", explain(err, s.path))
	}
	others := &w.company
	if others.version != 0 && others.version != version {
		others.calm = 0
	} else {
		others.calm = min(others.calm+1, calmAfter)
	}
	others.version = version
	pages := aloneWALPages
	if others.calm < calmAfter {
		pages, most = walPages, min(most, crowdedRows)
	}
	if pages != others.wal {
		if _, err := w.conn.ExecContext(ctx, fmt.Sprintf(`PRAGMA wal_autocheckpoint = %d`, pages)); err != nil {
			return 0, fmt.Errorf("set how far the log grows: %w", explain(err, s.path))
		}
		others.wal = pages
	}
	return most, nil
}

// shrink copies the log back that bulk work let grow, which holds no lock; otherwise the
// next small transaction of somebody else would do it. If it cannot, that one will: what
// is in the log is safe there, so this is no error.
func (w *writer) shrink() {
	if w.company.wal != walPages {
		_, _ = w.conn.ExecContext(context.Background(), `PRAGMA wal_checkpoint(PASSIVE)`)
	}
}

// breathe waits for as long as the lock was held, if others want it, and shortly if not.
func (s *Store) breathe(ctx context.Context) error {
	if s.writer == nil {
		return ErrReadOnly
	}
	if err := s.writer.take(ctx); err != nil {
		return err
	}
	wait := breath
	if others := s.writer.company; others.calm < calmAfter {
		wait = min(max(wait, others.held), longestBreath)
	}
	s.writer.give()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
