package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// writer is the one connection that changes the database. Whoever holds turn
// may use it.
type writer struct {
	turn  chan struct{}
	db    *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt // by their text
	zones map[string]int64     // the numbers of zones, by name

	phrases phrases
	company company
}

func newWriter(ctx context.Context, path string) (*writer, error) {
	db, err := sql.Open("sqlite", writerDSN(path))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := waitFor(ctx, conn, lockWait); err != nil {
		return nil, errors.Join(err, conn.Close(), db.Close())
	}
	w := &writer{turn: make(chan struct{}, 1), db: db, conn: conn, stmts: make(map[string]*sql.Stmt), zones: make(map[string]int64)}
	w.company = company{calm: calmAfter, wal: walPages}
	w.turn <- struct{}{}
	return w, nil
}

// waitFor sets how long the statements of a connection wait for a lock, in milliseconds.
func waitFor(ctx context.Context, conn *sql.Conn, ms int) error {
	_, err := conn.ExecContext(ctx, fmt.Sprintf(`PRAGMA busy_timeout = %d`, ms))
	return err
}

// take waits for the turn; whoever gets it gives it back. It returns sql.ErrConnDone if
// the writer is closed.
func (w *writer) take(ctx context.Context) error {
	select {
	case <-w.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	if w.conn == nil {
		w.give()
		return sql.ErrConnDone
	}
	return nil
}

func (w *writer) give() { w.turn <- struct{}{} }

func (w *writer) close() error {
	<-w.turn
	defer w.give()
	if w.conn == nil {
		return nil
	}
	var errs []error
	for _, stmt := range w.stmts {
		errs = append(errs, stmt.Close())
	}
	w.shrink()
	errs = append(errs, w.conn.Close(), w.db.Close())
	w.conn, w.stmts = nil, nil
	return errors.Join(errs...)
}

// write runs one transaction: all of what do does is durable when write
// returns nil, and nothing of it happened otherwise. Once begun, it is not cut
// short by ctx.
func (s *Store) write(ctx context.Context, do func(*tx) error) error {
	if s.writer == nil {
		return ErrReadOnly
	}
	if err := s.writer.take(ctx); err != nil {
		return err
	}
	defer s.writer.give()
	t := &tx{ctx: context.WithoutCancel(ctx), writer: s.writer}
	if err := t.lock(ctx); err != nil {
		return explain(err, s.path)
	}
	began := time.Now()
	defer func() { s.writer.company.held = time.Since(began) }()
	return explain(t.end(t.guard(do)), s.path)
}

// tx is a writing transaction in progress.
type tx struct {
	ctx    context.Context
	writer *writer
}

// lock takes the lock of the file, for which it waits as long as busyTimeout or until
// ctx ends.
func (t *tx) lock(ctx context.Context) error {
	return patiently(ctx, func() error {
		_, err := t.exec(`BEGIN IMMEDIATE`)
		return err
	})
}

// patiently does what needs the lock until it has it, has waited enough, or ctx ends.
func patiently(ctx context.Context, do func() error) error {
	began := time.Now()
	for tries := 1; ; tries++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := do()
		if !hasCode(err, sqlite3.SQLITE_BUSY) || waitedEnough(tries, time.Since(began)) {
			return err
		}
	}
}

// guard runs do and makes sure that a panic in it does not leave the
// transaction open.
func (t *tx) guard(do func(*tx) error) error {
	done := false
	defer func() {
		if !done {
			t.rollBack()
		}
	}()
	err := do(t)
	done = true
	return err
}

// end commits, or rolls back if err is not nil or committing failed.
func (t *tx) end(err error) error {
	if err == nil {
		if _, err = t.exec(`COMMIT`); err == nil {
			return nil
		}
	}
	t.rollBack()
	return err
}

// rollBack undoes everything, and forgets the numbers that were given in vain.
func (t *tx) rollBack() {
	clear(t.writer.zones)
	t.writer.phrases.forget()
	// SQLite may have rolled back by itself; that there is nothing to roll
	// back is no news.
	_, _ = t.exec(`ROLLBACK`)
}

// stmt returns the prepared statement for a text.
func (t *tx) stmt(query string) (*sql.Stmt, error) {
	if stmt := t.writer.stmts[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := t.writer.conn.PrepareContext(t.ctx, query)
	if err != nil {
		return nil, err
	}
	t.writer.stmts[query] = stmt
	return stmt, nil
}

// exec runs a statement and returns the number of rows that it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	stmt, err := t.stmt(query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// row reads the one row of a query into dest. It returns sql.ErrNoRows if
// there is none.
func (t *tx) row(dest []any, query string, args ...any) error {
	stmt, err := t.stmt(query)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(t.ctx, args...).Scan(dest...)
}

// each calls scan for every row of a query.
func (t *tx) each(scan func(*sql.Rows) error, query string, args ...any) error {
	stmt, err := t.stmt(query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(t.ctx, args...)
	return drain(rows, err, scan)
}

// drain calls scan for every row and closes rows.
func drain(rows *sql.Rows, err error, scan func(*sql.Rows) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// querier is a transaction of either kind.
type querier interface {
	row(dest []any, query string, args ...any) error
	each(scan func(*sql.Rows) error, query string, args ...any) error
}
