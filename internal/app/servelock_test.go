package app_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"partwork/internal/app"
	"partwork/internal/config"
	"partwork/internal/fence"
	"partwork/internal/testkit"
)

// openToServe opens an instance of the same configuration that will serve files.
func (in *instance) openToServe(t *testing.T, files fstest.MapFS) (*app.Instance, error) {
	t.Helper()
	return app.Open(t.Context(), app.Options{Config: in.cfg, Calendar: in.now, Campaigns: files, ToServe: true})
}

// moveOut points the configuration at a place where there is nothing, and returns the
// name of the database there.
func (in *instance) moveOut(t *testing.T) string {
	t.Helper()
	dir, cfg := t.TempDir(), *in.cfg
	name := filepath.Join(dir, "partwork.db")
	database, err := config.ParseDatabase(name)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Database, cfg.SecretFile, cfg.StateDir = database, filepath.Join(dir, "secret"), filepath.Join(dir, "state")
	in.cfg = &cfg
	return name
}

// inForce is what the database has of the campaigns.
func (in *instance) inForce(t *testing.T) string {
	t.Helper()
	records, err := in.Store.Campaigns(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%+v", records)
}

// TestASecondServeTakesNoEditIn has a serve that is refused leave the campaigns as the
// first one has them, although their files were changed meanwhile.
func TestASecondServeTakesNoEditIn(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	first, err := in.openToServe(t, in.files)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	before := in.inForce(t)
	edited := lettersFiles()
	edited["letters/04-four.md"] = &fstest.MapFile{Data: []byte("---\nid: four\nsubject: The fourth\npreheader: A letter\n---\n\nDear friend,\n\nOne more.\n")}
	second, err := in.openToServe(t, edited)
	if !errors.Is(err, app.ErrServed) || second != nil || !strings.Contains(err.Error(), "process ") {
		t.Errorf("a second one: %v, want ErrServed with the holder", err)
	}
	if after := in.inForce(t); after != before {
		t.Errorf("the second one was refused, and left\n%s\nin place of\n%s", after, before)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	third, err := in.openToServe(t, edited)
	if err != nil {
		t.Fatalf("after the first was closed: %v", err)
	}
	defer third.Close()
	if in.inForce(t) == before {
		t.Error("the edit makes no difference, so that this test would see nothing")
	}
}

// TestServeUnderTheLockOfOpen has an instance that was opened to serve, in a place
// where there was no database, serve under that lock and keep it until it is closed.
func TestServeUnderTheLockOfOpen(t *testing.T) {
	t.Parallel()
	relay := testkit.Start(t, testkit.Script{})
	in := newInstance(t, instanceOptions{})
	in.moveOut(t)
	opened, err := in.openToServe(t, in.files)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	in.Instance = opened
	importPeople(t, in, writePeople(t, 1), "letters")
	in.step(newsday)
	r := in.serve(t, relay, app.ServeOptions{})
	relay.Await(t, "the letter", func() bool { return len(relay.Accepted()) == 1 })
	if _, err := in.openToServe(t, in.files); !errors.Is(err, app.ErrServed) {
		t.Errorf("beside it: %v, want ErrServed", err)
	}
	r.stop()
	r.wait()
	if _, err := in.openToServe(t, in.files); !errors.Is(err, app.ErrServed) {
		t.Errorf("before it is closed: %v, want ErrServed", err)
	}
}

// TestASecondServeTouchesNoDatabase has the lock taken by somebody else before
// anything was written into the file: it is not even opened.
func TestASecondServeTouchesNoDatabase(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	name := in.moveOut(t)
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	lock, err := fence.Acquire(name, fence.Holder{PID: 42, Host: "quay", Since: newsday})
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	if _, err := in.openToServe(t, in.files); !errors.Is(err, app.ErrServed) || !strings.Contains(err.Error(), "process 42 on quay") {
		t.Errorf("beside another: %v, want ErrServed with the holder", err)
	}
	if info, err := os.Stat(name); err != nil || info.Size() != 0 {
		t.Errorf("the database was written: %v, %v", info, err)
	}
}
