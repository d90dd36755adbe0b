package sqlite

import (
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"partwork/internal/store"
)

// faults maps the engine's result codes to what they mean for people. Extended
// codes that are not listed count as their primary one
// (https://www.sqlite.org/rescode.html).
var faults = map[int]struct {
	kind   store.FaultKind
	advice string
}{
	sqlite3.SQLITE_FULL: {store.FaultFull,
		"make room there; a running serve goes on by itself, and loses nothing meanwhile"},
	sqlite3.SQLITE_IOERR: {store.FaultIO,
		"look at the system's log (dmesg) and at the disk; if it fails, stop serve and restore the latest backup on another one"},
	sqlite3.SQLITE_READONLY: {store.FaultReadOnly,
		"let the user who runs partwork write the file and its folder, and look whether the file system is mounted read-only"},
	sqlite3.SQLITE_READONLY_DBMOVED: {store.FaultReadOnly,
		"the file was moved, removed or replaced under a running partwork; stop all of them, put it back, and start again"},
	sqlite3.SQLITE_PERM: {store.FaultReadOnly,
		"let the user who runs partwork write the file and its folder"},
	sqlite3.SQLITE_CORRUPT: {store.FaultCorrupt,
		"stop serve, keep the file and its -wal for a look, and restore the latest backup as docs/RESTORE.md says"},
	sqlite3.SQLITE_NOTADB: {store.FaultCorrupt,
		"the file is not an SQLite database; if it should be, restore the latest backup as docs/RESTORE.md says"},
	sqlite3.SQLITE_BUSY: {store.FaultBusy,
		"end whatever else works on the file, such as a database browser or a copy in progress; a running serve goes on by itself"},
	sqlite3.SQLITE_CANTOPEN: {store.FaultClosed,
		"look whether the file is a file, and let the user who runs partwork read and write it and its folder"},
}

// explain makes a [*store.Fault] of an error whose cause lies outside the
// program, by the engine's code. Other errors, and nil, stay as they are.
func explain(err error, path string) error {
	var done *store.Fault
	if err == nil || errors.As(err, &done) {
		return err
	}
	code := sqlite3.SQLITE_OK
	var driver *sqlite.Error
	var unsound *unsoundError
	switch {
	case errors.As(err, &driver):
		code = driver.Code()
	case errors.As(err, &unsound):
		code = sqlite3.SQLITE_CORRUPT
	}
	f, known := faults[code]
	if !known {
		f, known = faults[code&0xff]
	}
	if !known {
		return err
	}
	return &store.Fault{Kind: f.kind, Database: path, Advice: f.advice, Err: err}
}
