package sqlite_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"partwork/internal/store/sqlite"
	"partwork/internal/store/storetest"
	"partwork/internal/testkit"
)

// frozen are the migrations that databases in the field have applied. They never
// change; a new one is added here when it lands, together with its fixture
// (go test -run MakeFixture -update).
//
// No fixture is of schema 2: 0002 and 0003 came at once, every program that knows
// the one knows the other, and so no database was ever left between the two.
var frozen = map[string]landed{
	"0001_first.sql":      {"d1cbdc148ac67b4cddb0aedee0d677bec139fcc11cd5c72e42bfa068dc18786f", 1},
	"0002_fence.sql":      {"267131c4dd060fe411f6e0b98c77a965972f80f824d2dcc409ded6f382abaec5", 3},
	"0003_limits.sql":     {"fa3fb403d7cb8d0eaf11c1b64532c03b96655ee1a6db58749a2e8af955b19f3d", 3},
	"0004_phrases.sql":    {"33382a00a9bfa9968c4607ea93e170f90e7f35d4c93d1e7611b26f4ba04ed6ba", 4},
	"0005_signups.sql":    {"70a2b7a7973d47fbd3fa77d77e69813d93ace23f3961fcbc289cfa6ca998f5c0", 5},
	"0006_departures.sql": {"c5ee0c09ba02e0fac62828d35710b68df4cfb0ba3cca10e4489f24339e9cc1d6", 6},
	"0007_tags.sql":       {"8d7d395396e8bc4fb526ea84eb847897547e739b66666a345d6a98c2d507533e", 7},
	"0008_batches.sql":    {"a94a79af47b4480e5f8965a38e0b28d8a3078d9c4ed35eb6a20b13f819891a0c", 8},
	"0009_leavings.sql":   {"c8369fc82105a4ec96bb17bf7a8ea38c6ae53591f1f1473ab19008a5c2d70700", 9},
	"0010_tallies.sql":    {"9ae6b41a78d2f04e0e6dd968ea095bd0cbc0fb72efee25af54ec2b7b22519ea6", 10},
	"0011_scopes.sql":     {"0835861503f910d092594679bab4e3289bed43c79a5f0315421e28a921c21cbd", 11},
	"0012_only_if.sql":    {"8e30830d4041419ab997375d317b91392db877797cd32dd1360e2668e1b9610d", 12},
}

// landed is how a migration came.
type landed struct {
	sum    string // SHA-256, in hexadecimal digits
	schema int64  // the first version of a database in the field that has it
}

func TestReleasedMigrationsAreFrozen(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("migrations", "*.sql"))
	if err != nil || len(files) != len(frozen) {
		t.Errorf("there are the migrations %q, want the %d that are frozen, %v", files, len(frozen), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		got, want := hex.EncodeToString(sum[:]), frozen[name]
		switch {
		case want.sum == "":
			t.Errorf("%s, with the hash %s, is not frozen yet. Add it with its fixture before it lands.", name, got)
		case got != want.sum:
			t.Errorf("%s has the hash %s; databases were made by the one with %s. "+
				"Leave it as it was, and write a new migration.", name, got, want.sum)
		case !exists(schemaFile(want.schema)):
			t.Errorf("%s has no fixture %s", name, schemaFile(want.schema))
		}
	}
}

// schemaFile names the fixture of a schema version.
func schemaFile(version int64) string {
	return filepath.Join("testdata", fmt.Sprintf("schema-%d.sql", version))
}

// TestMakeFixture makes the fixture of the newest schema with -update: a history
// in every table and state, made by the store as it is now. A fixture that is
// there is never replaced: later versions could not make it any more.
func TestMakeFixture(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{Now: func() time.Time { return time.UnixMilli(1.7e12) }})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Populate(t, s)
	version, err := s.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	text := dump(t, path)
	for _, missing := range uncovered(t, path, text) {
		t.Errorf("the history lacks %s", missing)
	}
	if file := schemaFile(version); !exists(file) && flag.Lookup("update").Value.String() == "true" {
		testkit.Golden(t, file, []byte(text))
	}
}

// TestUpgrade brings a database of every schema that there ever was up to date.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "schema-*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatal("there is no fixture", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "partwork.db")
			execute(t, path, string(text))
			version := list(t, look(t, path), `SELECT MAX(version_id) FROM goose_db_version WHERE is_applied`)[0]
			if want := fmt.Sprintf("schema-%s.sql", version); filepath.Base(file) != want {
				t.Fatalf("its schema is version %s, so its name should be %s", version, want)
			}
			before := dump(t, path)
			s := openAt(t, path)
			if pending, err := s.Pending(t.Context()); err != nil || len(pending) != 0 {
				t.Fatalf("pending are %v, %v", pending, err)
			}
			if err := s.Check(t.Context()); err != nil {
				t.Error(err)
			}
			storetest.GoOn(t, s, version != "1") // the fence came after it
			for table, rows := range rowsOf(before) {
				if after := rowsOf(dump(t, path))[table]; after < rows {
					t.Errorf("%s had %d rows, and has %d", table, rows, after)
				}
			}
		})
	}
}

// rowsOf counts the rows of a dump by table.
func rowsOf(dump string) map[string]int {
	rows := make(map[string]int)
	for _, match := range regexp.MustCompile(`(?m)^INSERT INTO "?(\w+)"? `).FindAllStringSubmatch(dump, -1) {
		rows[match[1]]++
	}
	return rows
}

// uncovered says which tables have no rows, which columns have no value, and which
// words of a CHECK no row of the table has.
func uncovered(t *testing.T, path, text string) (missing []string) {
	t.Helper()
	rows := rowsOf(text)
	for _, table := range regexp.MustCompile(`(?ms)^CREATE TABLE "?(\w+)"?.*?;$`).FindAllStringSubmatch(text, -1) {
		if rows[table[1]] == 0 {
			missing = append(missing, "rows of "+table[1])
			continue
		}
		missing = append(missing, emptyColumns(t, path, table[1])...)
		missing = append(missing, unusedWords(table[1], table[0], text)...)
	}
	slices.Sort(missing)
	return missing
}

// emptyColumns says which columns of a table are NULL in every row.
func emptyColumns(t *testing.T, path, table string) (missing []string) {
	t.Helper()
	db := look(t, path)
	for _, column := range list(t, db, `SELECT name FROM pragma_table_info($1) ORDER BY cid`, table) {
		if list(t, db, fmt.Sprintf(`SELECT COUNT(%s) FROM %s`, column, table))[0] == "0" {
			missing = append(missing, "values of "+table+"."+column)
		}
	}
	return missing
}

// unusedWords says which words of a table's CHECKs stand in none of its rows. A
// table that can have one row only must have one of the words; storetest.Populate
// has the others stand there in turn.
func unusedWords(table, schema, text string) (missing []string) {
	inserts := strings.Join(regexp.MustCompile(`(?m)^INSERT INTO "?`+table+`"? .*$`).FindAllString(text, -1), "\n")
	single := strings.Contains(schema, "CHECK (id = 1)")
	for _, check := range regexp.MustCompile(`CHECK \((\w+) IN \(('[^)]*)\)\)`).FindAllStringSubmatch(schema, -1) {
		words := strings.Split(check[2], ", ")
		unused := slices.DeleteFunc(slices.Clone(words), func(word string) bool {
			// One kind of image is enough, and a plain success leaves no attempt.
			return check[1] == "type" || word == "'accepted'" || strings.Contains(inserts, word)
		})
		if single && len(unused) < len(words) {
			continue
		}
		for _, word := range unused {
			missing = append(missing, table+"."+check[1]+" "+word)
		}
	}
	return missing
}

// look opens a database for reading until the test ends.
func look(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro&_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// list returns the only column of a query's rows.
func list(t *testing.T, db *sql.DB, query string, args ...any) (lines []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// dump writes a database as SQL: the tables, the rows, and what stands on them.
func dump(t *testing.T, path string) string {
	t.Helper()
	db := look(t, path)
	var b strings.Builder
	b.WriteString("PRAGMA foreign_keys = OFF;\n")
	const own = ` AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`
	for _, text := range list(t, db, `SELECT sql FROM sqlite_schema WHERE type = 'table'`+own+` ORDER BY rowid`) {
		b.WriteString(text + ";\n")
	}
	for _, table := range list(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table'`+own+` ORDER BY rowid`) {
		columns := list(t, db, `SELECT name FROM pragma_table_info($1) ORDER BY cid`, table)
		values := "quote(" + strings.Join(columns, `) || ', ' || quote(`) + ")"
		for _, row := range list(t, db, fmt.Sprintf(`SELECT %s FROM %s ORDER BY 1`, values, table)) {
			fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES (%s);\n", table, strings.Join(columns, ", "), row)
		}
	}
	for _, text := range list(t, db, `SELECT sql FROM sqlite_schema WHERE type <> 'table' AND sql IS NOT NULL ORDER BY rowid`) {
		b.WriteString(text + ";\n")
	}
	return b.String()
}
