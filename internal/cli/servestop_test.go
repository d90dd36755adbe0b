package cli

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partwork/internal/store"
	"partwork/internal/store/sqlite"
)

// TestServeThatIsToldToStopEarly is told so while it listens for the serve of another
// machine, which left its row: that is a stop like any other.
func TestServeThatIsToldToStopEarly(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "letters")
	for _, args := range [][]string{{"init", dir}, {"subscriber", "add", "ada@example.org", "--consent", "by hand"}} {
		if _, stderr, err := run(t, t.Context(), dir, linkWorld{}, args...); err != nil {
			t.Fatal(args, err, stderr)
		}
	}
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "data", "partwork.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	other := store.Server{Owner: 5, PID: 77, Host: "elsewhere", Machine: "boot of another machine", Beat: 3, StartedAt: time.UnixMilli(1e12)}
	if err := db.Occupy(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	notes := &untilSaid{what: "waiting to hear from it", then: stop}
	e := &env{stdin: strings.NewReader(""), stdout: io.Discard, stderr: notes, now: time.Now, abort: t.Context()}
	root := newRoot(e)
	root.SetArgs([]string{"serve", "--config", filepath.Join(dir, "partwork.yaml")})
	if err := root.ExecuteContext(ctx); err != nil || ctx.Err() == nil {
		t.Errorf("%v\n%s", err, notes)
	}
}

// untilSaid keeps what is written to it, and calls then once what was said.
type untilSaid struct {
	strings.Builder
	what string
	then func()
}

func (u *untilSaid) Write(p []byte) (int, error) {
	n, err := u.Builder.Write(p)
	if strings.Contains(u.String(), u.what) {
		u.then()
	}
	return n, err
}
