package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/fsnotify/fsnotify"
)

// watcher hears of changes in folders and all that is below them, also when they
// are replaced, and when a link on the way to them is pointed elsewhere. It is
// used from one goroutine.
type watcher struct {
	notify  *fsnotify.Watcher
	folders []string
	// watched are the folders that the system watches for us. They are kept to
	// see whether a path has become another folder.
	watched map[string]fs.FileInfo
	ground  ground
}

// newWatcher returns a watcher of folders, which need not exist. It hears
// nothing before follow.
func newWatcher(folders ...string) (*watcher, error) {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	return &watcher{notify: notify, folders: folders, watched: make(map[string]fs.FileInfo)}, nil
}

func (w *watcher) close() error { return w.notify.Close() }

// concerns reports whether an event is about something below the folders.
func (w *watcher) concerns(ev fsnotify.Event) bool {
	if ev.Has(fsnotify.Remove) || ev.Has(fsnotify.Rename) {
		delete(w.watched, ev.Name) // if it comes back it is another one
	}
	return w.ground.folders[filepath.Dir(ev.Name)] || w.ground.folders[ev.Name] || w.ground.links[ev.Name]
}

// follow watches the folders as they are now. It reports whether they are others
// than before. The error is that of the first folder that exists and cannot be watched.
func (w *watcher) follow() (changed bool, err error) {
	w.ground = survey(w.folders)
	for name := range w.watched {
		if !w.ground.watch[name] {
			w.drop(name)
			changed = true
		}
	}
	for name := range w.ground.watch {
		info, statErr := os.Stat(name)
		if statErr != nil {
			continue // gone again; something will tell
		}
		if old := w.watched[name]; old != nil {
			if os.SameFile(old, info) {
				continue
			}
			w.drop(name)
		}
		changed = true
		addErr := w.notify.Add(name)
		switch {
		case addErr == nil:
			w.watched[name] = info
		case err == nil && !errors.Is(addErr, fs.ErrNotExist):
			err = addErr
		}
	}
	return changed, err
}

// drop ends watching a folder. It fails if the folder is gone, and then there is
// nothing to end.
func (w *watcher) drop(name string) {
	delete(w.watched, name)
	_ = w.notify.Remove(name)
}

// ground is what there is to watch. Folders are named by their real paths.
type ground struct {
	// folders are those in which everything matters.
	folders map[string]bool
	// links are those on the way; in the folder of a link only it matters.
	links map[string]bool
	// watch are the folders to watch for both.
	watch map[string]bool
	// missing says that one of the folders does not exist.
	missing bool
}

const (
	maxLinks = 40 // in a path, as Linux has it
	maxDepth = 8
)

// survey finds what there is to watch below folders.
func survey(folders []string) ground {
	g := ground{folders: make(map[string]bool), links: make(map[string]bool), watch: make(map[string]bool)}
	for _, folder := range folders {
		if at, ok := g.resolve(folder); ok {
			g.walk(at, maxDepth)
		} else {
			g.missing = true
		}
	}
	return g
}

// resolve returns the real path behind a path, and notes the links on the way.
func (g *ground) resolve(name string) (string, bool) {
	separator := string(filepath.Separator)
	root := filepath.VolumeName(name) + separator
	at, rest := root, strings.Split(strings.TrimPrefix(filepath.Clean(name), root), separator)
	for links := 0; len(rest) > 0; {
		next := filepath.Join(at, rest[0])
		rest = rest[1:]
		info, err := os.Lstat(next)
		if err != nil {
			return "", false
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		g.links[next], g.watch[at] = true, true
		target, err := os.Readlink(next)
		if links++; err != nil || links > maxLinks {
			return "", false
		}
		if filepath.IsAbs(target) {
			at, target = root, strings.TrimPrefix(filepath.Clean(target), root)
		}
		rest = append(strings.Split(filepath.Clean(target), separator), rest...)
	}
	return at, true
}

// walk notes a folder and those below it, and where links lead. What is hidden
// is left out, unless a link leads there.
func (g *ground) walk(folder string, depth int) {
	if g.folders[folder] || depth == 0 {
		return
	}
	g.folders[folder], g.watch[folder] = true, true
	entries, err := os.ReadDir(folder)
	if err != nil {
		return // it cannot be read; reading the campaigns says so
	}
	for _, entry := range entries {
		name := filepath.Join(folder, entry.Name())
		switch {
		case entry.Name()[0] == '.':
		case entry.IsDir():
			g.walk(name, depth-1)
		case entry.Type()&fs.ModeSymlink != 0:
			g.follow(name, depth-1)
		}
	}
}

// follow notes where a link leads: a folder, or a file that lies elsewhere.
func (g *ground) follow(link string, depth int) {
	at, ok := g.resolve(link)
	if !ok {
		return
	}
	if info, err := os.Stat(at); err == nil && info.IsDir() {
		g.walk(at, depth)
		return
	}
	g.links[at], g.watch[filepath.Dir(at)] = true, true
}
