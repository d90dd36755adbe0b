package sqlite

import (
	"database/sql"
	"reflect"
	"testing"
	"unsafe"

	sqlite3 "modernc.org/sqlite/lib"
)

// work is what SQLite itself counted of a statement's runs.
type work struct {
	runs int
	// steps are instructions of its virtual machine, and scanned those that went
	// on to the next row of a table without an index.
	steps, scanned int
	// again counts how often SQLite prepared it anew by itself.
	again int
}

// meter adds up the work of every statement of the connections it is attached
// to, by text.
type meter struct {
	by   map[string]work
	keep []any // callbacks, which SQLite knows by their addresses only
}

// attach has SQLite report every statement of the connection that ends (see
// sqlite3_trace_v2, SQLITE_TRACE_PROFILE).
func (m *meter) attach(t testing.TB, c *sql.Conn) {
	t.Helper()
	err := c.Raw(func(dc any) error {
		attach(m, dc, sqlite3.Xsqlite3_stmt_status, sqlite3.Xsqlite3_sql, sqlite3.Xsqlite3_trace_v2)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// attach has the type of a thread of the library, which only the library's own
// signatures name, inferred.
func attach[T any](m *meter, dc any, status func(T, uintptr, int32, int32) int32, text func(T, uintptr) uintptr,
	trace func(T, uintptr, uint32, uintptr, uintptr) int32,
) {
	conn := reflect.ValueOf(dc).Elem()
	db := uintptr(conn.FieldByName("db").Uint())
	thread := conn.FieldByName("tls")
	tls := *(*T)(unsafe.Pointer(thread.UnsafeAddr()))
	ended := func(tls T, _ uint32, _, stmt, _ uintptr) int32 {
		m.add(goString(text(tls, stmt)), work{
			runs: 1, steps: int(status(tls, stmt, sqlite3.SQLITE_STMTSTATUS_VM_STEP, 1)),
			scanned: int(status(tls, stmt, sqlite3.SQLITE_STMTSTATUS_FULLSCAN_STEP, 1)),
			again:   int(status(tls, stmt, sqlite3.SQLITE_STMTSTATUS_REPREPARE, 1)),
		})
		return 0
	}
	m.keep = append(m.keep, ended)
	trace(tls, db, sqlite3.SQLITE_TRACE_PROFILE, *(*uintptr)(unsafe.Pointer(&ended)), 0)
}

func (m *meter) add(text string, w work) {
	if m.by == nil {
		return // not started
	}
	sum := m.by[text]
	m.by[text] = work{sum.runs + w.runs, sum.steps + w.steps, sum.scanned + w.scanned, sum.again + w.again}
}

// goString copies a text that ends with a zero byte.
func goString(p uintptr) string {
	start := *(*unsafe.Pointer)(unsafe.Pointer(&p))
	n := 0
	for *(*byte)(unsafe.Add(start, n)) != 0 {
		n++
	}
	return string(unsafe.Slice((*byte)(start), n))
}
