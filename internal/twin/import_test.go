//go:build unix

package twin

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"partwork/internal/testkit"
)

// importDeaths is how often an import is killed, at random moments.
const importDeaths = 50

// importReaders are on a list of three chunks.
const importReaders = 2_200

// importing is an installation with a list that no chunk holds.
type importing struct {
	*project
	seed uint64
}

func newImporting(t *testing.T, binary string) importing {
	t.Helper()
	p := importing{project: &project{binary: binary, dir: t.TempDir()}}
	p.write(t, "partwork.yaml", "listen: 127.0.0.1:0\nlisten_private: 127.0.0.1:0\n")
	p.write(t, "campaigns/letters/campaign.yaml", campaignFile)
	p.write(t, "campaigns/letters/1-one.md", "---\nid: one\nsubject: One\npreheader: A letter\n---\n\nDear reader.\n")
	var list bytes.Buffer
	list.WriteString("email,name,timezone,note\n")
	note := strings.Repeat("The sea is rough. ", 250) // a chunk is four megabytes at most
	for i := range importReaders {
		no := i * 7919 % importReaders
		fmt.Fprintf(&list, "reader%d@example.net,Reader %d,%s,%s\n", no, i, []string{"", "Asia/Tokyo", "Mars"}[i%3], note)
		if i%50 == 1 {
			fmt.Fprintf(&list, "bad%d,Nobody,,\nREADER%d@example.net,again,,\n", i, no)
		}
	}
	p.write(t, "list.csv", list.String())
	// The database is there: what a death in the making of one leaves is not looked at here.
	if out, err := p.command(t.Context(), binary, "subscriber", "add", "first@example.net").CombinedOutput(); err != nil {
		t.Fatalf("make the database: %v\n%s", err, out)
	}
	return p
}

// copy returns another installation that is the same.
func (p importing) copy(t *testing.T, seed uint64) importing {
	t.Helper()
	c := importing{&project{binary: p.binary, dir: t.TempDir()}, seed}
	if err := os.CopyFS(c.dir, os.DirFS(p.dir)); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"secret", "secret.suppression"} {
		if err := os.Chmod(filepath.Join(c.dir, "data", secret), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// run imports the list, and kills the program after a while unless that is zero. It
// reports whether it was killed before the import was done.
func (p importing) run(t *testing.T, after time.Duration) (killed bool) {
	t.Helper()
	ctx, done := context.WithTimeout(t.Context(), patience)
	defer done()
	cmd := p.command(ctx, p.binary, "import", "list.csv", "--enroll", "letters", "--consent", "a test", "--operator", "ada", "--yes")
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if after > 0 {
		timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		defer timer.Stop()
	}
	err := cmd.Wait()
	if exit, ok := err.(*exec.ExitError); ok && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
		return !p.done(t)
	}
	if err != nil {
		t.Fatalf("seed %d: the import ended with %v and said\n%s", p.seed, err, said.String())
	}
	return false
}

// database opens the database for reading.
func (p importing) database(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(p.dir, "data", "partwork.db")+"?mode=ro&_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// done reports whether the import is done.
func (p importing) done(t *testing.T) (done bool) {
	t.Helper()
	db := p.database(t)
	defer func() { _ = db.Close() }()
	err := db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM batches WHERE file <> '' AND finished_at IS NOT NULL`).Scan(&done)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

var resumedPart = regexp.MustCompile(`,"resumed":\d+`)

// result is what the import left behind, but for when.
func (p importing) result(t *testing.T) string {
	t.Helper()
	db := p.database(t)
	defer func() { _ = db.Close() }()
	var out strings.Builder
	for _, query := range []string{
		`SELECT s.email, s.name, s.timezone, length(s.attributes), s.consent_id, s.batch_id, s.revision, e.state, e.start, e.consent_id, e.batch_id
		   FROM subscribers s LEFT JOIN enrollments e ON e.subscriber_id = s.id ORDER BY s.email_key`,
		`SELECT id, file, hex(file_hash), who, report, position, added, updated, unchanged, enrolled, finished_at IS NULL FROM batches`,
		`SELECT batch_id, line, reason, cells FROM rejects ORDER BY 1, 2`, `SELECT id, who, what, batch_id, people FROM audit`,
		`SELECT id, batch_id, statement FROM consents`, `SELECT * FROM mentions`,
	} {
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		values, dest := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			dest[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(dest...); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&out, values...)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return resumedPart.ReplaceAllString(out.String(), "")
}

// firstDifference says which lines differ first; the whole would be too long to read.
func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return fmt.Sprintf("line %d is\n%.300s, want\n%.300s", i+1, g[i], w[i])
		}
	}
	if len(w) != len(g) {
		return fmt.Sprintf("there are %d lines, want %d", len(g), len(w))
	}
	return ""
}

// An import that is killed loses nothing, whenever that is: the same command goes on,
// and what is there in the end is what it would be without.
func TestAKilledImportGoesOn(t *testing.T) {
	testkit.Outside(t)
	t.Parallel()
	binary := build(t)
	fresh := newImporting(t, binary)
	whole := fresh.copy(t, 0)
	begun := time.Now()
	whole.run(t, 0)
	length := time.Since(begun)
	want := whole.result(t)
	if n := strings.Count(want, "@example.net"); n < importReaders {
		t.Fatalf("%d readers are in", n)
	}
	for half := range uint64(2) { // as many as there are processors at least
		t.Run(fmt.Sprintf("half %d", half+1), func(t *testing.T) {
			t.Parallel()
			seed := uint64(begun.UnixNano()) + half
			rng := rand.New(rand.NewPCG(seed, 0))
			deaths, imports := 0, 0
			for ; deaths < importDeaths/2; imports++ {
				p, before := fresh.copy(t, seed), deaths
				for p.run(t, time.Duration(1+rng.Int64N(int64(length)))) {
					deaths++
				}
				if differ := firstDifference(want, p.result(t)); differ != "" {
					t.Fatalf("seed %d: after %d deaths, %s", seed, deaths-before, differ)
				}
				if err := os.RemoveAll(p.dir); err != nil {
					t.Fatal(err)
				}
			}
			t.Logf("an import takes %v; %d imports were killed %d times (seed %d)", length, imports, deaths, seed)
		})
	}
}
