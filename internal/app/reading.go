package app

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"time"

	"partwork/internal/campaignfile"
	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/theme"
	"partwork/internal/timing"
	"partwork/templates"
)

// stillness is how long files must have been left alone before they are
// believed. A file that is saved in two goes is a good file in between: a text
// that was cut off is still a text.
const stillness = time.Second

// reading is what the files say.
type reading struct {
	campaigns []*drip.Campaign // those without an error
	findings  []drip.Finding
	layouts   *compose.Layouts // nil if the templates have an error
	// first says that nothing was read before.
	first bool
	// moving are the parts of the files that are not at rest yet, and for how
	// long they will not be if nobody touches them.
	moving map[string]time.Duration
}

// unsettled returns for how long a campaign is not to be believed.
func (r *reading) unsettled(id string) time.Duration {
	return max(r.moving[id], r.moving[partTemplates])
}

// partTemplates is the part that all campaigns share; the other parts are the
// folders of campaigns.
const partTemplates = ""

// read reads all files between two looks at them, which must agree.
func (l *Library) read(now time.Time) reading {
	r := reading{first: l.looks == nil}
	folder, done := l.openFolder()
	before := glance(folder, l.overlay)
	lib := campaignfile.Load(folder, campaignfile.Options{Name: l.name, Today: timing.WallAt(now.UTC()).Date()})
	r.campaigns, r.findings = lib.Campaigns, lib.Findings
	var err error
	r.layouts, err = compose.LoadLayouts(l.overlay)
	done()
	folder, done = l.openFolder()
	r.moving = l.compare(before, glance(folder, l.overlay))
	done()
	if err != nil && (r.first || r.moving[partTemplates] == 0) {
		r.findings = append(r.findings, drip.Finding{
			File: l.templates, Severity: drip.SeverityError, Rule: "template",
			Message: err.Error(), Fix: "correct the file, or remove it to use the built-in one",
		})
	}
	return r
}

// openFolder opens the campaigns folder. If that fails, reading the result does.
func (l *Library) openFolder() (fs.FS, func()) {
	folder, closer, err := l.open()
	if err != nil {
		return unreadable{err}, func() {}
	}
	return folder, func() { _ = closer.Close() } // it was only read
}

// unreadable is a folder that cannot be opened.
type unreadable struct{ err error }

// Open implements fs.FS.
func (u unreadable) Open(string) (fs.File, error) { return nil, u.err }

// look is what a part of the files looked like, and since when.
type look struct {
	imprint
	since time.Time // machine
}

// imprint is a part of the files from outside: names, sizes and times.
type imprint struct {
	digest [32]byte
	newest time.Time // zero if no file has a time, as those in the binary
}

// compare returns the parts that are not at rest: those that differ between the
// two looks, or that began to look as they do less than stillness ago. When
// nothing was read before, the files' own times tell since when, unless they are
// in the future: a clock that is wrong delays an edit, but not for ever. Files
// without times are always at rest.
func (l *Library) compare(before, after map[string]imprint) map[string]time.Duration {
	now, first := l.machine(), l.looks == nil
	looks, moving := make(map[string]look, len(after)), make(map[string]time.Duration)
	for part := range l.looks {
		after[part] = after[part] // what has vanished looks like nothing
	}
	for part, p := range after {
		past, seen := l.looks[part]
		at := look{imprint: p, since: now}
		switch {
		case before[part].digest != p.digest:
		case seen && past.digest == p.digest:
			at.since = past.since
		case first && p.newest.Before(now):
			at.since = p.newest
		}
		if at.since.After(now) { // the clock was set back
			at.since = now
		}
		looks[part] = at
		timeless := p.newest.IsZero() && past.newest.IsZero()
		if rest := stillness - now.Sub(at.since); rest > 0 && !timeless {
			moving[part] = rest
		}
	}
	l.looks = looks
	return moving
}

// glance looks at the files from outside.
func glance(campaigns, layouts fs.FS) map[string]imprint {
	out := map[string]imprint{partTemplates: imprintOf(layouts, templatesIn(layouts))}
	entries, err := fs.ReadDir(campaigns, ".")
	if err != nil {
		return out
	}
	for _, entry := range entries {
		name := entry.Name()
		if info, err := fs.Stat(campaigns, name); setAside(name) || err != nil || !info.IsDir() {
			continue
		}
		out[name] = imprintOf(campaigns, filesIn(campaigns, name))
	}
	return out
}

// templatesIn lists the operator's templates and the built-in ones, which they may
// come to shadow, and the theme's logo, wherever it lies, but nothing else that may
// lie beside them.
func templatesIn(layouts fs.FS) []string {
	names := filesIn(templates.Files(), ".")
	top, _ := fs.ReadDir(templates.Files(), ".") // the files in the binary can be listed
	for _, entry := range top {
		if entry.IsDir() {
			names = append(names, filesIn(layouts, entry.Name())...)
		}
	}
	if logo := theme.LogoFile(layouts); logo != "" {
		names = append(names, logo)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// filesIn lists what is below a folder, apart from what is set aside. What cannot
// be listed is left out: reading it will say why.
func filesIn(fsys fs.FS, folder string) []string {
	var names []string
	_ = fs.WalkDir(fsys, folder, func(name string, d fs.DirEntry, err error) error {
		switch {
		case name == folder:
		case err != nil, setAside(d.Name()) && d.IsDir():
			return fs.SkipDir
		case !setAside(d.Name()) && !d.IsDir():
			names = append(names, name)
		}
		return nil
	})
	return names
}

// setAside reports whether a file's name says that it is no part of a campaign.
func setAside(name string) bool { return name[0] == '.' || name[0] == '_' }

func imprintOf(fsys fs.FS, names []string) imprint {
	h := sha256.New()
	var p imprint
	for _, name := range names {
		// A file that was removed or put in leaves its time on the folder.
		if folder, err := fs.Stat(fsys, path.Dir(name)); err == nil && folder.ModTime().After(p.newest) {
			p.newest = folder.ModTime()
		}
		info, err := fs.Stat(fsys, name)
		if err != nil {
			fmt.Fprintf(h, "%q missing\n", name)
			continue
		}
		fmt.Fprintf(h, "%q %d %d %s\n", name, info.Size(), info.ModTime().UnixNano(), info.Mode())
		if info.ModTime().After(p.newest) {
			p.newest = info.ModTime()
		}
	}
	h.Sum(p.digest[:0])
	return p
}

// templatesLook returns what the templates look like, and for how long they are
// not to be believed.
func (l *Library) templatesLook() (digest [32]byte, moving time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := l.looks[partTemplates]
	if at.newest.IsZero() {
		return at.digest, 0
	}
	return at.digest, max(0, stillness-l.machine().Sub(at.since))
}

// folderAt opens a folder of the disk. Links that leave it are not followed.
func folderAt(name string) folderSource {
	return func() (fs.FS, io.Closer, error) {
		root, err := os.OpenRoot(name)
		if err != nil {
			return nil, nil, err
		}
		return root.FS(), root, nil
	}
}

// folderOf is a folder that stays what it is, such as the one in the binary.
func folderOf(files fs.FS) folderSource {
	return func() (fs.FS, io.Closer, error) { return files, io.NopCloser(nil), nil }
}
