package app_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/fence"
	"partwork/internal/store"
	"partwork/internal/testkit"
)

// newServed is an instance that was served before, with nobody in it.
func newServed(t *testing.T) *restored {
	t.Helper()
	r := &restored{t: t, relay: testkit.Start(t, testkit.Script{}), dir: t.TempDir()}
	r.instance = newInstance(t, instanceOptions{dir: r.dir})
	r.held(t, "", "")
	r.serveUntil(nil)
	r.held(t, "", "")
	return r
}

// file returns the name of the identity.
func (r *restored) file() string { return filepath.Join(r.dir, "state", "instance.json") }

// TestStateFolderThatIsNotOursHolds has serve find the folder in every state that it
// cannot be in by itself. Nothing of the evidence is written over, and unhold ends it.
func TestStateFolderThatIsNotOursHolds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(t *testing.T, r *restored)
		want  store.HoldReason
		words string
	}{
		"vanished": {func(t *testing.T, r *restored) {
			if err := os.Remove(r.file()); err != nil {
				t.Fatal(err)
			}
		}, store.HeldVanished, "there is none now"},
		"foreign": {func(t *testing.T, r *restored) {
			spoilIdentity(t, r, func(id *fence.Identity) { id.UUID = strings.Repeat("1", 36) })
		}, store.HeldForeign, "belongs to the database 1111"},
		"unreadable": {func(t *testing.T, r *restored) {
			if err := os.WriteFile(r.file(), []byte("\x00\x00"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, store.HeldUnreadable, "instance.json cannot be read"},
		"behind": {func(t *testing.T, r *restored) {
			spoilIdentity(t, r, func(id *fence.Identity) { id.Epoch++ })
		}, store.HeldBehind, "older copy"},
		"gap": {func(t *testing.T, r *restored) {
			r.cfg.HoldAfterGap = 72 * time.Hour
			spoilIdentity(t, r, func(id *fence.Identity) { id.Seen = id.Seen.Add(-73 * time.Hour) })
		}, store.HeldGap, "hold_after_gap: 72h"},
		"journal": {func(t *testing.T, r *restored) {
			if err := os.WriteFile(filepath.Join(r.dir, "state", "withdrawals.journal"), []byte("nonsense\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, store.HeldJournal, "lines of the journal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newServed(t)
			c.spoil(t, r)
			before, _ := os.ReadFile(r.file())
			if name != "journal" { // that is read by serve only
				r.held(t, c.want, c.words)
			}
			r.serveUntil(nil)
			r.held(t, c.want, c.words)
			if after, _ := os.ReadFile(r.file()); string(after) != string(before) {
				t.Errorf("the identity was %q and is %q", before, after)
			}
			if _, err := r.Unhold(t.Context(), time.Time{}); err != nil {
				t.Fatal(err)
			}
			r.held(t, "", "")
			r.serveUntil(nil)
			r.held(t, "", "")
			aside, _ := filepath.Glob(r.file() + ".2*")
			if want := name == "foreign" || name == "unreadable"; want != (len(aside) == 1) {
				t.Errorf("what was set aside: %v", aside)
			}
		})
	}
}

func spoilIdentity(t *testing.T, r *restored, change func(*fence.Identity)) {
	t.Helper()
	folder := fence.At(filepath.Dir(r.file()))
	id, err := folder.Identity()
	if err != nil {
		t.Fatal(err)
	}
	change(&id)
	if err := folder.WriteIdentity(id); err != nil {
		t.Fatal(err)
	}
}

// TestCrashBetweenDatabaseAndFolderDoesNotHold stops after the first of the two
// writes, which is also what a kill leaves.
func TestCrashBetweenDatabaseAndFolderDoesNotHold(t *testing.T) {
	t.Parallel()
	r := newServed(t)
	before, err := os.ReadFile(r.file())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := r.Store.Advance(t.Context(), 0, r.now()); err != nil {
			t.Fatal(err)
		}
	}
	if after, _ := os.ReadFile(r.file()); string(after) != string(before) {
		t.Fatal("the folder followed by itself")
	}
	r.held(t, "", "")
	r.serveUntil(nil)
	r.held(t, "", "")
	f, err := r.Store.FenceState(t.Context())
	id, unread := fence.At(filepath.Dir(r.file())).Identity()
	if err != nil || unread != nil || f.Epoch != id.Epoch {
		t.Errorf("database and folder are at %d and %d (%v, %v)", f.Epoch, id.Epoch, err, unread)
	}
}

// TestFolderThatComesBackEndsTheHold is a volume that was not mounted.
func TestFolderThatComesBackEndsTheHold(t *testing.T) {
	t.Parallel()
	r := newServed(t)
	state := filepath.Dir(r.file())
	if err := os.Rename(state, state+".away"); err != nil {
		t.Fatal(err)
	}
	r.serveUntil(nil)
	r.held(t, store.HeldVanished, "")
	if _, err := os.Stat(r.file()); err == nil {
		t.Error("an identity was made")
	}
	if err := os.RemoveAll(state); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(state+".away", state); err != nil {
		t.Fatal(err)
	}
	r.serveUntil(nil)
	r.held(t, "", "")
}

// TestSecondWriterOfTheFolderHolds is a clone that was given the same folder.
func TestSecondWriterOfTheFolderHolds(t *testing.T) {
	t.Parallel()
	r := newServed(t)
	app.SetBeat(r.Instance, 20*time.Millisecond)
	r.serveUntil(func(*running) {
		await(t, "the hold", func() bool {
			spoilIdentity(t, r, func(id *fence.Identity) { id.Writer++ }) // a beat may write over it
			f, err := r.Store.FenceState(t.Context())
			return err == nil && f.HeldReason == store.HeldForeign
		})
	})
}

// TestFolderThatCannotBeWrittenKeepsServeFromStarting has a link to nowhere in its
// place.
func TestFolderThatCannotBeWrittenKeepsServeFromStarting(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	if err := os.Symlink("/nowhere/at/all", in.cfg.StateDir); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	err := in.Serve(ctx, app.ServeOptions{Public: listen(t), Private: listen(t)})
	if err == nil || !strings.Contains(err.Error(), in.cfg.StateDir) {
		t.Errorf("serve says %v", err)
	}
}

// TestUnholdNeedsTheFolder has a hold stay when the folder cannot be written: serve
// would go on without a fence.
func TestUnholdNeedsTheFolder(t *testing.T) {
	t.Parallel()
	r := newServed(t)
	if err := r.Hold(t.Context()); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Dir(r.file())
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/nowhere/at/all", folder); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Unhold(t.Context(), time.Time{}); err == nil || !strings.Contains(err.Error(), "stays held") {
		t.Errorf("unhold says %v", err)
	}
	if f, err := r.Store.FenceState(t.Context()); err != nil || !f.Held() {
		t.Errorf("held: %v (%v)", f.Held(), err)
	}
}

// TestJournalGetsWhatItLacks has withdrawals in the database that a crash, or a full
// disk, kept out of the journal.
func TestJournalGetsWhatItLacks(t *testing.T) {
	t.Parallel()
	r := newServed(t)
	importPeople(t, r.instance, writePeople(t, 2), "letters")
	journal := filepath.Join(r.dir, "state", "withdrawals.journal")
	if err := os.Mkdir(journal, 0o700); err != nil { // nothing can be appended to that
		t.Fatal(err)
	}
	people := r.active(t)
	if _, err := r.Store.Leave(t.Context(), people[0].ID, drip.LeftByReader, r.now()); err != nil {
		t.Fatalf("a journal that cannot be written keeps a reader from leaving: %v", err)
	}
	if !r.Unjournaled() {
		t.Error("nobody was told")
	}
	if err := os.Remove(journal); err != nil {
		t.Fatal(err)
	}
	r.serveUntil(func(*running) {
		await(t, "the line", func() bool {
			j, err := fence.At(filepath.Dir(journal)).Journal(0)
			return err == nil && len(j.List) == 1 && j.List[0].Left == drip.LeftByReader
		})
	})
	r.serveUntil(nil)
	if j, err := fence.At(filepath.Dir(journal)).Journal(0); err != nil || len(j.List) != 1 {
		t.Errorf("started again, the journal has %d lines (%v)", len(j.List), err)
	}
}

// TestBounceIsJournaled has the relay refuse a recipient for good.
func TestBounceIsJournaled(t *testing.T) {
	t.Parallel()
	r := newServed(t)
	r.relay = testkit.Start(t, testkit.Script{Rules: []testkit.Rule{
		{At: testkit.AtRcpt, Do: []testkit.Step{testkit.Say("550 5.1.1 no such mailbox")}},
	}})
	importPeople(t, r.instance, writePeople(t, 1), "letters")
	r.step(newsday)
	r.serveUntil(func(*running) {
		await(t, "the line", func() bool {
			j, err := fence.At(filepath.Dir(r.file())).Journal(0)
			return err == nil && len(j.List) == 1 && j.List[0].Suppressed == drip.SuppressedByBounce
		})
	})
}

// TestFolderIsToldBeforeTheFirstEpoch is a first start that ends between its two
// writes, here because the folder takes none: the database has no epoch yet, so the
// next start does not look for an identity that never was.
func TestFolderIsToldBeforeTheFirstEpoch(t *testing.T) {
	t.Parallel()
	r := &restored{t: t, relay: testkit.Start(t, testkit.Script{}), dir: t.TempDir()}
	r.instance = newInstance(t, instanceOptions{dir: r.dir})
	state := filepath.Dir(r.file())
	if err := os.Symlink(state+".nowhere/at/all", state); err != nil {
		t.Fatal(err)
	}
	s := r.serve(t, r.relay, app.ServeOptions{})
	if err := <-s.done; err == nil || !strings.Contains(err.Error(), "state") {
		t.Fatalf("serving without a folder: %v", err)
	}
	if f, err := r.Store.FenceState(t.Context()); err != nil || f.Epoch != 0 {
		t.Errorf("the epoch is %d, %v", f.Epoch, err)
	}
	if err := os.Remove(state); err != nil {
		t.Fatal(err)
	}
	r.serveUntil(nil)
	r.held(t, "", "")
}
