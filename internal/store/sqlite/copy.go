package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"modernc.org/sqlite"

	"partwork/internal/store"
)

// Copied says what a copy of a database holds.
type Copied struct {
	// Bytes is the size of the copy.
	Bytes int64
	// Schema is the version of its tables, UUID and Epoch whose they are. They
	// are zero in a database that has no tables yet.
	Schema int64
	UUID   string
	Epoch  int64
	// Rows counts the rows of every table, by its name.
	Rows map[string]int64
}

// Stage says what is being done for a copy.
type Stage int

// The stages, in their order.
const (
	Copying  Stage = iota // the bytes are those done and those to do
	Checking              // it takes several times as long; nobody knows how far it is
)

// copyPages is how many pages are copied between two looks at the context, and
// two reports: 4 MB.
const copyPages = 1024

// Copy makes a copy of the database at path in a new file at dest, durably,
// and checks it: it is sound (PRAGMA integrity_check) and has the schema and as
// many rows of every table as the database had at one and the same moment. The
// copy is a single file that only its owner may read. Whatever the schema of
// the database is, nothing is migrated.
//
// The copy is what was committed when Copy began. All of it is read in one
// reading transaction, so that whoever writes, in this process or in another,
// neither waits for the copy nor makes it begin anew; the log (-wal) cannot be
// cut down meanwhile, and grows by what is written. See docs/adr/0015.
//
// A file at dest is fs.ErrExist and stays as it is. After any other error, and
// after ctx has ended, nothing is left at dest. Progress is told of the stage and
// the bytes done and to do; it may be nil.
func Copy(ctx context.Context, path, dest string, progress func(stage Stage, done, total int64)) (Copied, error) {
	if progress == nil {
		progress = func(Stage, int64, int64) {}
	}
	copied, err := copyDatabase(ctx, path, dest, progress)
	if err != nil {
		return Copied{}, fmt.Errorf("copy database %s: %w", path, explain(err, path))
	}
	return copied, nil
}

func copyDatabase(ctx context.Context, path, dest string, progress func(Stage, int64, int64)) (_ Copied, err error) {
	_, _ = sqlite.OFDLocking(true) // as open does
	if _, err := os.Stat(path); err != nil {
		return Copied{}, err
	}
	from, err := filepath.Abs(path)
	if err != nil {
		return Copied{}, err
	}
	to, err := filepath.Abs(dest)
	if err != nil {
		return Copied{}, err
	}
	f, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Copied{}, err
	}
	defer func() {
		if err != nil {
			discard(to)
		}
	}()
	if err := f.Close(); err != nil {
		return Copied{}, err
	}
	was, err := copyTo(ctx, from, to, progress)
	if err != nil {
		return Copied{}, err
	}
	progress(Checking, 0, was.Bytes)
	is, err := Inspect(ctx, to)
	if err != nil {
		return Copied{}, fmt.Errorf("check the copy: %w", err)
	}
	if err := differ(was, is); err != nil {
		return Copied{}, fmt.Errorf("check the copy: %w", err)
	}
	return is, nil
}

// discard removes a copy that cannot be used, with what the engine may have put
// beside it.
func discard(path string) {
	for _, suffix := range []string{"", "-journal", "-wal", "-shm"} {
		_ = os.Remove(path + suffix)
	}
}

// differ says in which table two databases differ.
func differ(was, is Copied) error {
	if was.Schema != is.Schema || was.UUID != is.UUID || was.Epoch != is.Epoch || len(was.Rows) != len(is.Rows) {
		return errors.New("it is not the database that was copied")
	}
	for table, rows := range was.Rows {
		if is.Rows[table] != rows {
			return fmt.Errorf("%s has %d rows, and %d were copied", table, is.Rows[table], rows)
		}
	}
	return nil
}

// copyTo copies within one reading transaction, and returns what it read.
func copyTo(ctx context.Context, from, to string, progress func(Stage, int64, int64)) (Copied, error) {
	db, err := sql.Open("sqlite", readerDSN(from))
	if err != nil {
		return Copied{}, err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return Copied{}, err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `BEGIN`); err != nil {
		return Copied{}, err
	}
	// The first reading fixes what the transaction sees.
	was, err := describe(ctx, conn)
	if err == nil {
		was.Bytes, err = copyAll(ctx, conn, to, progress)
	}
	// Nothing was written, so ending it either way is the same.
	_, _ = conn.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`)
	if err != nil {
		return Copied{}, err
	}
	return was, explainCopy(settle(ctx, to), to)
}

// copyAll copies every page, and returns their size.
func copyAll(ctx context.Context, conn *sql.Conn, to string, progress func(Stage, int64, int64)) (int64, error) {
	var pageSize, total int64
	if err := conn.QueryRowContext(ctx, `PRAGMA page_size`).Scan(&pageSize); err != nil {
		return 0, err
	}
	err := conn.Raw(func(driver any) error {
		source, ok := driver.(interface {
			NewBackup(string) (*sqlite.Backup, error)
		})
		if !ok {
			return errors.New("this SQLite cannot copy databases")
		}
		backup, err := source.NewBackup(dsn(to, nil))
		if err != nil {
			return err
		}
		for more := true; more && err == nil; {
			if more, err = backup.Step(copyPages); err == nil {
				err = ctx.Err()
			}
			total = int64(backup.PageCount()) * pageSize
			progress(Copying, total-int64(backup.Remaining())*pageSize, total)
		}
		if end := backup.Finish(); err == nil {
			err = end
		}
		return err
	})
	return total, explainCopy(err, to)
}

// explainCopy is explain for what keeps the copy from being written, rather than
// the database from being read.
func explainCopy(err error, to string) error {
	err = explain(err, to)
	var fault *store.Fault
	if !errors.As(err, &fault) {
		return err
	}
	switch fault.Kind {
	case store.FaultFull, store.FaultReadOnly, store.FaultClosed:
		fault.Advice = "make room there, or name another place for the copy; nothing was left of it"
	case store.FaultIO:
		fault.Advice = "look at the system's log (dmesg) and at the disks, or name another place for the copy; nothing was left of it"
	default:
		return fault.Err
	}
	return fault
}

// settle makes the copy one file that can be read without writing beside it,
// and durable.
func settle(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", dsn(path, nil))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `PRAGMA journal_mode = DELETE`)
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Inspect reads a database that nobody writes: a copy. It is an error if the
// file is not sound. Nothing is written, not even beside it.
func Inspect(ctx context.Context, path string) (Copied, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return Copied{}, err
	}
	info, err := os.Stat(abs)
	if err != nil {
		return Copied{}, err
	}
	if info.Size() == 0 {
		return Copied{}, &fs.PathError{Op: "read", Path: path, Err: errors.New("the file is empty")}
	}
	db, err := sql.Open("sqlite", readerDSN(abs))
	if err != nil {
		return Copied{}, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if err := soundness(ctx, db, "integrity_check"); err != nil {
		return Copied{}, explain(err, path)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return Copied{}, err
	}
	defer conn.Close()
	copied, err := describe(ctx, conn)
	copied.Bytes = info.Size()
	return copied, explain(err, path)
}

// describe reads whose database it is and counts its rows. (The table of tables
// is SQLite's own.)
func describe(ctx context.Context, conn *sql.Conn) (Copied, error) {
	rows, err := conn.QueryContext(ctx, `
		SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`)
	var tables []string
	if err := drain(rows, err, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		tables = append(tables, name)
		return err
	}); err != nil {
		return Copied{}, err
	}
	c := Copied{Rows: make(map[string]int64, len(tables))}
	for _, table := range tables {
		var n int64
		if err := conn.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+strconv.Quote(table)).Scan(&n); err != nil {
			return Copied{}, err
		}
		c.Rows[table] = n
	}
	if c.Rows["instance"] == 1 {
		if err := conn.QueryRowContext(ctx, `SELECT uuid, epoch FROM instance`).Scan(&c.UUID, &c.Epoch); err != nil {
			return Copied{}, err
		}
	}
	if c.Rows["goose_db_version"] > 0 {
		var version sql.NullInt64
		err := conn.QueryRowContext(ctx, `SELECT MAX(version_id) FROM goose_db_version WHERE is_applied`).Scan(&version)
		c.Schema = version.Int64
		return c, err
	}
	return c, nil
}
