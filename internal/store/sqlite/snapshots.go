package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
)

// Preparing a query costs many times what running it does: all that is read all
// day is read with statements that are prepared once for each connection.

// mostPrepared is how many statements a reading connection keeps. Filters make
// texts as they like, so there is no end to them.
const mostPrepared = 128

// pool are the connections that only read. Each is used by one snapshot at a time.
type pool struct {
	db *sql.DB
	// room has a token for each connection that may be used now.
	room chan struct{}

	mu     sync.Mutex
	idle   []*reader // the one that was used last, and knows the newest pages, is last
	closed bool
}

// reader is a connection with its statements, by their text.
type reader struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

func newPool(db *sql.DB, size int) *pool {
	p := &pool{db: db, room: make(chan struct{}, size)}
	for range size {
		p.room <- struct{}{}
	}
	return p
}

// open opens a first connection, which tells whether there can be one.
func (p *pool) open(ctx context.Context) error {
	r, err := p.take(ctx)
	if err == nil {
		p.give(r, true)
	}
	return err
}

// take waits for a connection. It must be given back.
func (p *pool) take(ctx context.Context) (*reader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-p.room:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	r, err := p.reader(ctx)
	if err != nil {
		p.room <- struct{}{}
	}
	return r, err
}

// reader returns a connection that is idle, or a new one.
func (p *pool) reader(ctx context.Context) (*reader, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, sql.ErrConnDone
	}
	if last := len(p.idle) - 1; last >= 0 {
		r := p.idle[last]
		p.idle = p.idle[:last]
		p.mu.Unlock()
		return r, nil
	}
	p.mu.Unlock()
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &reader{conn: conn, stmts: make(map[string]*sql.Stmt)}, nil
}

// give takes a connection back. One that is not sound is closed: a new one takes
// its place when it is needed.
func (p *pool) give(r *reader, sound bool) {
	if sound && len(r.stmts) > mostPrepared {
		sound = r.forget() == nil // now that none of them is in use
	}
	p.mu.Lock()
	keep := sound && !p.closed
	if keep {
		p.idle = append(p.idle, r)
	}
	p.mu.Unlock()
	if !keep {
		r.discard()
	}
	p.room <- struct{}{}
}

// close waits for what is being read, and closes the connections. Closing twice is
// harmless.
func (p *pool) close() error {
	p.mu.Lock()
	closed, idle := p.closed, p.idle
	p.closed, p.idle = true, nil
	p.mu.Unlock()
	if closed {
		return nil
	}
	var errs []error
	for _, r := range idle {
		errs = append(errs, r.close())
	}
	for range cap(p.room) {
		<-p.room
	}
	for range cap(p.room) {
		p.room <- struct{}{} // for those who will be told that it is closed
	}
	return errors.Join(append(errs, p.db.Close())...)
}

// close gives the connection back to its sql.DB.
func (r *reader) close() error {
	return errors.Join(r.forget(), r.conn.Close())
}

// discard closes the connection for good: a transaction may be open on it. Nothing was
// written, so no error matters.
func (r *reader) discard() {
	_ = r.forget()
	_ = r.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = r.conn.Close()
}

// forget closes all statements.
func (r *reader) forget() error {
	var errs []error
	for _, stmt := range r.stmts {
		errs = append(errs, stmt.Close())
	}
	clear(r.stmts)
	return errors.Join(errs...)
}

// stmt returns the prepared statement for a text. SQLite itself prepares it again
// after the schema has changed.
func (r *reader) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt := r.stmts[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := r.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	r.stmts[query] = stmt
	return stmt, nil
}

// exec runs a statement that says where a snapshot begins or ends.
func (r *reader) exec(ctx context.Context, query string) error {
	stmt, err := r.stmt(ctx, query)
	if err != nil {
		return err
	}
	_, err = stmt.ExecContext(ctx)
	return err
}

// read runs several queries on one snapshot.
func (s *Store) read(ctx context.Context, do func(*snapshot) error) error {
	r, err := s.readers.take(ctx)
	if err != nil {
		return explain(err, s.path)
	}
	sound := false
	defer func() { s.readers.give(r, sound) }() // after a panic, too
	// Where it begins and ends is not cut short by ctx: neither waits.
	whole := context.WithoutCancel(ctx)
	if err := r.exec(whole, `BEGIN`); err != nil {
		return explain(err, s.path)
	}
	err = do(&snapshot{ctx: ctx, reader: r})
	// Nothing was written, so ending it either way is the same.
	end := r.exec(whole, `ROLLBACK`)
	// A query that was interrupted leaves its mark on the connection.
	sound = end == nil && ctx.Err() == nil
	if err == nil && end != nil {
		err = fmt.Errorf("end of reading: %w", end)
	}
	return explain(err, s.path)
}

// one reads the one row of a query into dest. It returns sql.ErrNoRows if there is
// none.
func (s *Store) one(ctx context.Context, dest []any, query string, args ...any) error {
	return s.glance(ctx, func(r *snapshot) error { return r.row(dest, query, args...) })
}

// glance runs a single query. It is a snapshot by itself: that saves saying where it begins
// and ends, which costs as much as a query.
func (s *Store) glance(ctx context.Context, do func(*snapshot) error) error {
	r, err := s.readers.take(ctx)
	if err != nil {
		return explain(err, s.path)
	}
	sound := false
	defer func() { s.readers.give(r, sound) }() // after a panic, too
	err = do(&snapshot{ctx: ctx, reader: r})
	sound = ctx.Err() == nil // a query that was interrupted leaves its mark on the connection
	return explain(err, s.path)
}

// snapshot is a reading transaction in progress.
type snapshot struct {
	ctx    context.Context
	reader *reader
}

func (r *snapshot) row(dest []any, query string, args ...any) error {
	stmt, err := r.reader.stmt(r.ctx, query)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(r.ctx, args...).Scan(dest...)
}

func (r *snapshot) each(scan func(*sql.Rows) error, query string, args ...any) error {
	stmt, err := r.reader.stmt(r.ctx, query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(r.ctx, args...)
	return drain(rows, err, scan)
}
