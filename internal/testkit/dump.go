package testkit

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Dump returns every row of every table of an SQLite file, which others may have
// open. The caller links the driver. Two dumps are equal if nothing was written in
// between, or the same again. Tables that change by themselves can be left out.
func Dump(t testing.TB, path string, without ...string) string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var out strings.Builder
	for _, table := range column(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`) {
		if slices.Contains(without, table) {
			continue
		}
		var parts []string
		for _, c := range column(t, db, fmt.Sprintf(`SELECT name FROM pragma_table_info('%s')`, table)) {
			parts = append(parts, "quote("+c+")")
		}
		fmt.Fprintln(&out, table, column(t, db, "SELECT "+strings.Join(parts, " || ',' || ")+" FROM "+table+" ORDER BY 1"))
	}
	return out.String()
}

// column returns the only column of a query.
func column(t testing.TB, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	var list []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}
