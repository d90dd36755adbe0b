package app_test

import (
	"database/sql"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/fence"
	"partwork/internal/store"
)

// newPeopled is newServed with people, and with beats that a test can wait for.
func newPeopled(t *testing.T) (*restored, string) {
	t.Helper()
	r := newServed(t)
	importPeople(t, r.instance, writePeople(t, 2), "letters")
	app.SetBeat(r.Instance, 20*time.Millisecond)
	return r, r.cfg.Database.Path()
}

// backUp makes a copy beside everything.
func (r *restored) backUp() string {
	r.t.Helper()
	made, err := app.MakeBackup(r.t.Context(), app.BackupOptions{Config: r.cfg, File: filepath.Join(r.dir, "copy.db"), Now: r.now()})
	if err != nil {
		r.t.Fatal(err)
	}
	return made.File
}

// TestServeStopsWhenItsDatabaseIsReplaced restores a copy and forgets to stop serve.
// Whatever comes of the file, nothing is sent from it.
func TestServeStopsWhenItsDatabaseIsReplaced(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		replace func(t *testing.T, database, copied string) error
		words   string
		after   func(t *testing.T, r *restored)
	}{
		"renamed over": {func(_ *testing.T, database, copied string) error { return os.Rename(copied, database) },
			"another file was put in the place", func(t *testing.T, r *restored) {
				if _, err := os.Stat(r.cfg.Database.Path() + "-wal"); err != nil {
					t.Fatal("no log was left behind; is there nothing to refuse then?", err)
				}
				opened, err := app.Open(t.Context(), app.Options{Config: r.cfg, Calendar: r.now, Campaigns: r.files})
				if err == nil {
					opened.Close()
				}
				if err == nil || !strings.Contains(err.Error(), "the log beside it") {
					t.Errorf("opened with the log of the other: %v", err)
				}
			}},
		"removed": {func(_ *testing.T, database, _ string) error { return os.Remove(database) },
			"was moved or removed", func(*testing.T, *restored) {}},
		"copied over": {func(t *testing.T, database, copied string) error {
			b, err := os.ReadFile(copied)
			if err != nil {
				return err
			}
			return os.WriteFile(database, b, 0o600) // the same file
		}, "a copy was written over", func(t *testing.T, r *restored) {
			r.open(t)
			if reason, _, err := r.Held(t.Context()); err != nil || reason != store.HeldBehind {
				t.Errorf("held for %q (%v)", reason, err)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, database := newPeopled(t)
			copied := r.backUp()
			ready := make(chan struct{})
			s := r.serve(t, r.relay, app.ServeOptions{Ready: func(_, _ net.Addr) { close(ready) }})
			<-ready
			if err := c.replace(t, database, copied); err != nil {
				t.Fatal(err)
			}
			select {
			case err := <-s.done:
				if err == nil || !strings.Contains(err.Error(), c.words) || !strings.Contains(err.Error(), "docs/RESTORE.md") {
					t.Errorf("serve says %v, want %q", err, c.words)
				}
			case <-time.After(20 * time.Second):
				t.Fatal("serve goes on")
			}
			r.Close()
			c.after(t, r)
		})
	}
}

// TestDatabasePutBackUnderServeHolds is another SQLite program that restores a copy
// by a transaction of its own.
func TestDatabasePutBackUnderServeHolds(t *testing.T) {
	t.Parallel()
	r, database := newPeopled(t)
	r.serveUntil(func(*running) {
		await(t, "an epoch that an older copy lacks", func() bool {
			f, err := r.Store.FenceState(t.Context())
			return err == nil && f.Epoch > 1
		})
		other, err := sql.Open("sqlite", "file:"+database+"?_busy_timeout=10000")
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		if _, err := other.ExecContext(t.Context(), `UPDATE instance SET epoch = 1`); err != nil {
			t.Fatal(err)
		}
		await(t, "the hold", func() bool {
			f, err := r.Store.FenceState(t.Context())
			return err == nil && f.HeldReason == store.HeldBehind
		})
	})
	r.held(t, store.HeldBehind, "older copy")
}

// TestLostJournalIsWrittenAgain has the journal vanish under a running serve, alone or
// with its folder. Whoever left before would get mail after a restore.
func TestLostJournalIsWrittenAgain(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]func(folder string) error{
		"the journal": func(folder string) error { return os.Remove(filepath.Join(folder, "withdrawals.journal")) },
		"the folder": func(folder string) error {
			err := os.RemoveAll(folder)
			if errors.Is(err, syscall.ENOTEMPTY) {
				return nil // it is being written again already
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := newPeopled(t)
			folder := filepath.Dir(r.file())
			lines := func() int {
				j, err := fence.At(folder).Journal(0)
				if err != nil {
					return -1
				}
				return len(j.List)
			}
			r.serveUntil(func(*running) {
				if _, err := r.Store.Leave(t.Context(), r.active(t)[0].ID, drip.LeftByReader, r.now()); err != nil {
					t.Fatal(err)
				}
				await(t, "a beat that counts the line", func() bool {
					f, err := r.Store.FenceState(t.Context())
					return err == nil && f.Journal > 0
				})
				if err := remove(folder); err != nil && lines() != 0 {
					t.Fatal(err)
				}
				await(t, "the line", func() bool { return lines() == 1 })
			})
		})
	}
}
