package app_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// trouble reports whether the health page tells of something.
func (r *running) trouble(words string) bool {
	for _, trouble := range r.ready().Troubles {
		if strings.Contains(trouble, words) {
			return true
		}
	}
	return false
}

// faulty is an instance whose database is about to fail while a message is between
// its final dot and the reply.
type faulty struct {
	*instance
	*running
	relay *testkit.Relay
	gate  *testkit.Gate
}

const faultyPeople = 30

func newFaulty(t *testing.T, opts instanceOptions) *faulty {
	t.Helper()
	f := &faulty{gate: testkit.NewGate()}
	f.relay = testkit.Start(t, testkit.Script{Rules: []testkit.Rule{
		{At: testkit.AtFinal, Conn: 2, Message: 2, Do: []testkit.Step{testkit.Hold(f.gate)}},
	}})
	opts.connections = 3
	f.instance = newInstance(t, opts)
	f.cfg.DiskReserve = 0 // the fault itself, not what keeps it away
	importPeople(t, f.instance, writePeople(t, faultyPeople), "letters")
	f.step(newsday)
	f.running = f.serve(t, f.relay, app.ServeOptions{})
	f.gate.Await(t)
	return f
}

// heals checks that everything goes on once the fault is over: nobody got a message
// twice, nobody was forgotten, and no outcome was lost.
func (f *faulty) heals(t *testing.T) {
	t.Helper()
	await(t, "all being sent", func() bool { return f.sent(t) == faultyPeople })
	if h := f.ready(); !h.Ready || len(h.Troubles) > 0 {
		t.Errorf("the health is %+v", h)
	}
	f.stop()
	f.wait()
	var ids []string
	for _, e := range f.entries(t) {
		id, err := f.MessageIDOf(t.Context(), e.Delivery)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, "<"+id+">")
		if e.State != drip.DeliverySent {
			t.Errorf("enrollment %d is %s", e.Enrollment, e.State)
		}
	}
	f.relay.ExactlyOnce(t, ids...)
	f.verify(t)
}

// TestLockedDatabase has another program hold the database for longer than
// anybody waits for it.
func TestLockedDatabase(t *testing.T) {
	t.Parallel()
	f := newFaulty(t, instanceOptions{})
	other, err := sql.Open("sqlite", "file:"+f.cfg.Database.Path()+"?_txlock=exclusive&_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	f.gate.Open()
	// Planning may have its turn first, and waits as long.
	await(t, "the first trouble", func() bool { return f.trouble("another program holds the database") })
	await(t, "the outcome that cannot be stored", func() bool { return f.trouble("the database does not take outcomes") })
	taken := len(f.relay.Accepted())
	if f.sent(t) >= taken || f.ready().Ready {
		t.Errorf("%d were sent, and the relay took %d", f.sent(t), taken)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	f.heals(t)
}

// TestFullDisk fills the disk of the database.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t)
	f := newFaulty(t, instanceOptions{dir: dir})
	filler := filepath.Join(dir, "filler")
	fillUp(t, filler)
	f.gate.Open()
	await(t, "the full disk", func() bool { return f.trouble("does not take outcomes") && f.trouble("is full") })
	taken := len(f.relay.Accepted())
	if f.sent(t) == faultyPeople || f.ready().Ready {
		t.Errorf("%d were sent, the relay took %d, and all seems well", f.sent(t), taken)
	}
	// A backup needs room as well, and leaves none of its own.
	_, err := app.MakeBackup(t.Context(), app.BackupOptions{Config: f.cfg, File: filepath.Join(dir, "copy.db"), Now: f.now()})
	if err == nil || !strings.Contains(err.Error(), "has room for 0.0 MB") {
		t.Errorf("a backup to a full disk gives %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "copy.db*")); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	f.heals(t)
}

// fillUp writes until there is no room.
func fillUp(t *testing.T, name string) {
	t.Helper()
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1 << 16, 1 << 12, 1 << 9} {
		for err == nil {
			_, err = file.Write(make([]byte, size))
		}
		if size > 1<<9 {
			err = nil
		}
	}
	if err := file.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		t.Log(err)
	}
}
