package app_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/config"
	"partwork/internal/testkit"
)

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// TestBackupWhileSending copies the database again and again while messages leave.
// Every copy is a moment of the ledger: it verifies, and it never knows more than
// the relay.
func TestBackupWhileSending(t *testing.T) {
	t.Parallel()
	const people = 300
	relay := testkit.Start(t, testkit.Script{})
	in := newInstance(t, instanceOptions{connections: 4})
	importPeople(t, in, writePeople(t, people), "letters")
	in.step(newsday)
	r := in.serve(t, relay, app.ServeOptions{})
	before := 0
	for n := 0; before < people; n++ {
		made, err := app.MakeBackup(t.Context(), app.BackupOptions{
			Config: in.cfg, File: filepath.Join(t.TempDir(), "copy.db"), Now: in.now(),
		})
		if err != nil {
			t.Fatal(err)
		}
		sent := sentIn(t, in, made.File)
		if taken := len(relay.Accepted()); sent < before || sent > taken {
			t.Errorf("copy %d knows %d sent messages after %d, and the relay took %d", n, sent, before, taken)
		}
		before = sent
	}
	r.stop()
	r.wait()
	in.verify(t)
}

// sentIn opens a copy as a database of its own, verifies it and returns how many
// messages it says were sent.
func sentIn(t *testing.T, in *instance, file string) int {
	t.Helper()
	database, err := config.ParseDatabase(file)
	if err != nil {
		t.Fatal(err)
	}
	cfg := *in.cfg
	cfg.Database = database
	copied, err := app.Open(t.Context(), app.Options{Config: &cfg, Campaigns: in.files, Look: app.LookAtRecords})
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	look := &instance{Instance: copied, cfg: &cfg}
	look.verify(t)
	return look.sent(t)
}

func TestBackupLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	dir := t.TempDir()
	opts := app.BackupOptions{Config: in.cfg, File: filepath.Join(dir, "copy.db"), Now: time.Now()}

	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := app.MakeBackup(canceled, opts); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped, the error is %v", err)
	}
	if list := names(t, dir); len(list) > 0 {
		t.Errorf("there is %v", list)
	}

	// What was cut off long ago is cleared away; what may be in progress is not,
	// nor what somebody else left.
	old := time.Now().Add(-25 * time.Hour)
	leave := func(name string, at time.Time) {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	leave("copy.db.partial-abcdefgh", old)
	leave("copy.db.partial-abcdefgh-journal", old)
	leave("copy.db.partial-abcdefgh-shm", old)
	leave("copy.db.partial-abcdefgh-wal", old)
	leave("copy.db.partial-ijklmnop", time.Now())
	leave("other.db.partial-abcdefgh", old)
	leave("copy.db.partial-of-mine", old)
	if _, err := app.MakeBackup(t.Context(), opts); err != nil {
		t.Fatal(err)
	}
	want := []string{"copy.db", "copy.db.partial-ijklmnop", "copy.db.partial-of-mine", "other.db.partial-abcdefgh"}
	if list := names(t, dir); !slices.Equal(list, want) {
		t.Errorf("there is %v, want %v", list, want)
	}

	// A replaced copy is the new one, and a refused one stays.
	importPeople(t, in, writePeople(t, 3), "letters")
	if _, err := app.MakeBackup(t.Context(), opts); !errors.Is(err, fs.ErrExist) {
		t.Errorf("the error is %v", err)
	}
	opts.Replace = true
	made, err := app.MakeBackup(t.Context(), opts)
	if err != nil || made.Rows["subscribers"] != 3 {
		t.Errorf("the copy is %+v, %v", made, err)
	}
}

// TestScheduledBackups runs the schedule's job: it makes a copy and keeps as many
// as it should, all of its own.
func TestScheduledBackups(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	in.cfg.Backup.Keep = 2
	dir := in.cfg.Backup.Dir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	mine := []string{"partwork.db", "partwork-old.db", "partwork-20200101T000000Z.db.gz", "notes.txt"}
	for _, name := range append(mine, "partwork-20200101T000000Z.db", "partwork-20200102T000000Z.db") {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if warnings := app.RunBackup(t.Context(), in.Instance); len(warnings) > 0 {
		t.Errorf("warnings are %v", warnings)
	}
	list := names(t, dir)
	for _, name := range append(mine, "partwork-20200102T000000Z.db") {
		if !slices.Contains(list, name) {
			t.Errorf("%s is gone; there is %v", name, list)
		}
	}
	if slices.Contains(list, "partwork-20200101T000000Z.db") || len(list) != len(mine)+2 {
		t.Errorf("there is %v", list)
	}

	// One that fails removes nothing, and is told of.
	in.cfg.Backup.Keep = 1
	before := names(t, dir)
	broken := *in.cfg
	broken.Backup.Dir = filepath.Join(dir, "notes.txt")
	in.Config = &broken
	if warnings := app.RunBackup(t.Context(), in.Instance); len(warnings) != 1 || !strings.Contains(warnings[0], "the latest backup failed: ") {
		t.Errorf("warnings are %v", warnings)
	}
	if after := names(t, dir); !slices.Equal(before, after) {
		t.Errorf("there is %v, was %v", after, before)
	}
}

func TestBackupSchedule(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	at := func(text string) time.Time {
		when, err := time.Parse("2006-01-02 15:04", text)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	dir := in.cfg.Backup.Dir // in London, at 03:30
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ last, now, first, then string }{
		{"", "2026-07-01 12:00", "2026-07-01 12:05", "2026-07-02 02:30"},                 // never: soon
		{"2026-07-01 02:30", "2026-07-01 12:00", "2026-07-02 02:30", "2026-07-03 02:30"}, // summer time
		{"2026-06-30 02:30", "2026-07-01 12:00", "2026-07-01 12:05", "2026-07-02 02:30"}, // missed
		{"2026-06-30 02:30", "2026-07-01 02:28", "2026-07-01 02:30", "2026-07-02 02:30"}, // about to come
		{"2026-12-01 03:30", "2026-12-01 12:00", "2026-12-02 03:30", "2026-12-03 03:30"}, // winter time
	} {
		if test.last != "" {
			name := "partwork-" + at(test.last).Format("20060102T150405Z") + ".db"
			if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		first, then := app.BackupTimes(in.cfg, at(test.now))
		if !first.Equal(at(test.first)) || !then.Equal(at(test.then)) {
			t.Errorf("last %q, at %s: %v and %v, want %s and %s", test.last, test.now, first, then, test.first, test.then)
		}
		for _, name := range names(t, dir) {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestBackupOverdue(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	now := time.Now()
	if state := in.Backups(now.Add(-time.Hour)); state.Overdue || !state.Last.IsZero() || !state.Next.After(now) {
		t.Errorf("a new database: %+v", state)
	}
	if state := in.Backups(now.Add(-72 * time.Hour)); !state.Overdue || len(state.Warnings()) != 1 {
		t.Errorf("no backup for three days: %+v", state)
	}
	if warnings := app.RunBackup(t.Context(), in.Instance); len(warnings) > 0 {
		t.Fatal(warnings)
	}
	if state := in.Backups(now.Add(-72 * time.Hour)); state.Overdue || now.Sub(state.Last) > time.Hour || len(state.Warnings()) != 0 {
		t.Errorf("after a backup: %+v", state)
	}
	in.cfg.Backup.Schedule = "off"
	if state := in.Backups(now.AddDate(-1, 0, 0)); state.Overdue || !state.Next.IsZero() {
		t.Errorf("off: %+v", state)
	}
}

// A database that is older than the program is copied before it is migrated, and
// only then.
func TestCopyBeforeMigrating(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	importPeople(t, in, writePeople(t, 3), "letters")
	hook, told := app.CopyBeforeMigrating(in.cfg, time.Date(2026, 11, 28, 16, 30, 0, 0, time.UTC))
	if err := hook(t.Context(), 1, 2); err != nil {
		t.Fatal(err)
	}
	want := in.cfg.Database.Path() + ".before-v2-20261128T163000Z"
	if told() != want || sentIn(t, in, want) != 0 {
		t.Errorf("told of %s, want %s", told(), want)
	}
	if err := hook(t.Context(), 1, 2); err != nil {
		t.Errorf("a second process in the same second gets %v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	hook, _ = app.CopyBeforeMigrating(in.cfg, time.Date(2026, 11, 28, 16, 31, 0, 0, time.UTC))
	if err := hook(stopped, 1, 2); err == nil || !strings.Contains(err.Error(), "nothing was migrated") {
		t.Errorf("without a copy, the error is %v", err)
	}
}
