package app

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// yard is a folder of campaigns, and a watcher of it.
type yard struct {
	t     *testing.T
	dir   string
	watch *watcher
}

func newYard(t *testing.T, folders ...string) *yard {
	t.Helper()
	y := &yard{t: t, dir: t.TempDir()}
	y.save("campaigns/letters/01-one.md")
	y.save("elsewhere/notes/01-one.md")
	y.save("elsewhere/single.md")
	var paths []string
	for _, folder := range folders {
		paths = append(paths, y.path(folder))
	}
	var err error
	if y.watch, err = newWatcher(paths...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { y.watch.close() })
	return y
}

func (y *yard) path(name string) string { return filepath.Join(y.dir, filepath.FromSlash(name)) }

func (y *yard) must(err error) {
	y.t.Helper()
	if err != nil {
		y.t.Fatal(err)
	}
}

func (y *yard) save(name string) {
	y.t.Helper()
	y.must(os.MkdirAll(filepath.Dir(y.path(name)), 0o755))
	y.must(os.WriteFile(y.path(name), []byte(name), 0o644))
}

func (y *yard) link(to, name string) {
	y.t.Helper()
	y.must(os.Symlink(filepath.FromSlash(to), y.path(name)))
}

func (y *yard) rename(old, name string) {
	y.t.Helper()
	y.must(os.Rename(y.path(old), y.path(name)))
}

func (y *yard) follow() {
	y.t.Helper()
	_, err := y.watch.follow()
	y.must(err)
}

// heard fails the test unless a change is heard of, and forgets what else was.
func (y *yard) heard(what string) {
	y.t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case ev := <-y.watch.notify.Events:
			if y.watch.concerns(ev) {
				y.follow()
				y.quiet()
				return
			}
		case err := <-y.watch.notify.Errors:
			y.t.Fatal(err)
		case <-limit:
			y.t.Fatalf("nothing was heard of %s", what)
		}
	}
}

// quiet waits until everything that was done so far has been heard of: until the
// removal of a file that is written now.
func (y *yard) quiet() {
	y.t.Helper()
	last := y.path("campaigns/letters/.last")
	if _, err := os.Stat(filepath.Dir(last)); err != nil {
		return
	}
	y.must(os.WriteFile(last, nil, 0o644))
	real, err := filepath.EvalSymlinks(last)
	y.must(err)
	y.must(os.Remove(last))
	limit := time.After(20 * time.Second)
	for {
		select {
		case ev := <-y.watch.notify.Events:
			y.watch.concerns(ev)
			if ev.Name == real && ev.Has(fsnotify.Remove) {
				return
			}
		case <-limit:
			y.t.Fatal("the watcher has gone deaf")
		}
	}
}

// TestChangesAreHeardOf changes a folder in every way that editors, checkouts and
// orchestrators do, each twice: the second time shows that watching went on.
func TestChangesAreHeardOf(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(y *yard){
		"a file that is written": func(y *yard) {
			y.save("campaigns/letters/01-one.md")
			y.heard("a write")
			y.save("campaigns/letters/01-one.md")
			y.heard("another write")
		},
		"a file that takes another's place": func(y *yard) {
			for range 2 {
				y.save("new.md")
				y.rename("new.md", "campaigns/letters/01-one.md")
				y.heard("a rename")
			}
		},
		"a file that is removed": func(y *yard) {
			y.must(os.Remove(y.path("campaigns/letters/01-one.md")))
			y.heard("a removal")
		},
		"a new folder, and what is in it": func(y *yard) {
			y.must(os.Mkdir(y.path("campaigns/notes"), 0o755))
			y.heard("a folder")
			y.save("campaigns/notes/01-one.md")
			y.heard("a file in it")
		},
		"a folder that is removed and made again": func(y *yard) {
			for range 2 {
				y.must(os.RemoveAll(y.path("campaigns/letters")))
				y.heard("the removal")
				y.save("campaigns/letters/01-one.md")
				y.heard("the folder")
				y.save("campaigns/letters/01-one.md")
				y.heard("a file in it")
			}
		},
		"the whole folder, replaced by another": func(y *yard) {
			for range 2 {
				y.must(os.CopyFS(y.path("next"), os.DirFS(y.path("campaigns"))))
				y.must(os.RemoveAll(y.path("old")))
				y.rename("campaigns", "old")
				y.rename("next", "campaigns")
				y.heard("the new folder")
				y.save("campaigns/letters/01-one.md")
				y.heard("a file in it")
			}
		},
		"a folder behind a link": func(y *yard) {
			y.link("../elsewhere/notes", "campaigns/notes")
			y.heard("the link")
			y.save("elsewhere/notes/01-one.md")
			y.heard("a file behind it")
		},
		"a file behind a link": func(y *yard) {
			y.link("../../elsewhere/single.md", "campaigns/letters/02-two.md")
			y.heard("the link")
			y.save("elsewhere/single.md")
			y.heard("the file behind it")
		},
		"a link that is pointed elsewhere, as an orchestrator does": func(y *yard) {
			y.save("campaigns/letters/..1/02-two.md")
			y.link("..1", "campaigns/letters/..data")
			y.link("..data/02-two.md", "campaigns/letters/02-two.md")
			y.heard("the links")
			for _, next := range []string{"..2", "..3"} {
				y.save("campaigns/letters/" + next + "/02-two.md")
				y.link(next, "campaigns/letters/..tmp")
				y.rename("campaigns/letters/..tmp", "campaigns/letters/..data")
				y.heard("the swap")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := newYard(t, "campaigns", "templates")
			y.follow()
			run(y)
		})
	}
}

// TestLinkToTheFolderIsWatched has the configured folder behind a link, which is
// pointed from one checkout to the next.
func TestLinkToTheFolderIsWatched(t *testing.T) {
	t.Parallel()
	y := newYard(t, "live/campaigns")
	y.must(os.Mkdir(y.path("first"), 0o755))
	y.must(os.Rename(y.path("campaigns"), y.path("first/campaigns")))
	y.must(os.CopyFS(y.path("second"), os.DirFS(y.path("first"))))
	y.link("first", "live")
	y.link("live/campaigns", "campaigns") // for quiet
	y.follow()
	y.save("live/campaigns/letters/01-one.md")
	y.heard("a file")
	y.save("stranger") // beside the link, and none of our business
	y.link("second", "next")
	y.rename("next", "live")
	y.heard("the link")
	y.save("second/campaigns/letters/01-one.md")
	y.heard("a file in the second checkout")
}

// TestMissingFolderIsFound makes a folder that was not there.
func TestMissingFolderIsFound(t *testing.T) {
	t.Parallel()
	y := newYard(t, "templates")
	y.follow()
	if !y.watch.ground.missing {
		t.Error("the folder is not missed")
	}
	y.save("templates/email/layout.txt")
	if changed, err := y.watch.follow(); !changed || err != nil || y.watch.ground.missing {
		t.Errorf("found: %t (%v), missed: %t", changed, err, y.watch.ground.missing)
	}
	if changed, _ := y.watch.follow(); changed {
		t.Error("found again")
	}
}

// TestStrangersAreNotHeardOf writes beside the folders: the database may lie there.
func TestStrangersAreNotHeardOf(t *testing.T) {
	t.Parallel()
	y := newYard(t, "campaigns")
	y.must(os.Rename(y.path("campaigns"), y.path("real")))
	y.link("real", "campaigns")
	y.follow()
	y.save("partwork.db")
	y.save("campaigns/letters/01-one.md")
	for {
		ev := <-y.watch.notify.Events
		concerns := y.watch.concerns(ev)
		switch filepath.Base(ev.Name) {
		case "partwork.db":
			if concerns {
				t.Errorf("%s is none of our business", ev)
			}
		case "01-one.md":
			if !concerns {
				t.Errorf("%s is our business", ev)
			}
			return
		}
	}
}

// TestLinksInCirclesEnd has links that lead nowhere.
func TestLinksInCirclesEnd(t *testing.T) {
	t.Parallel()
	y := newYard(t, "campaigns", "circle")
	y.link("circle", "circle")
	y.link("..", "campaigns/up")
	y.link("nothing", "campaigns/broken")
	y.follow()
	y.save("campaigns/letters/01-one.md")
	y.heard("a write")
}
