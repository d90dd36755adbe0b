package campaignfile

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"

	"partwork/internal/drip"
)

// What is wrong with where an attachment lies.
var (
	errOutside  = errors.New("lies outside of the campaign's folder")
	errLeads    = errors.New("is a link that leads out of the campaign's folder")
	errSetAside = errors.New(`is in a file or folder that is set aside, because its name begins with "_" or "."`)
	errPath     = errors.New("is no path of a file")
	errNoFile   = errors.New("is not there")
)

// maxLinks is how many links there may be on the way to a file, as Linux has it.
const maxLinks = 40

// locate returns the path within the campaign's folder behind a path that an author
// wrote. Links are followed as long as they stay in that folder: the files of another
// campaign are none of this one's.
func (f *folder) locate(name string) (string, error) {
	switch {
	case name == "" || strings.ContainsFunc(name, func(r rune) bool { return r == '\\' || unicode.IsControl(r) }):
		return "", errPath
	case path.IsAbs(name) || path.Clean(name) == ".." || strings.HasPrefix(path.Clean(name), "../"):
		return "", errOutside
	}
	rest := strings.Split(path.Clean(name), "/")
	if slices.ContainsFunc(rest, func(part string) bool { return part == "" || hidden(part) && part != "." }) {
		return "", errSetAside
	}
	return f.follow(rest)
}

// follow walks along a path within the campaign's folder, and along the links on it.
func (f *folder) follow(rest []string) (string, error) {
	at := "."
	for links := 0; len(rest) > 0; {
		next := path.Join(at, rest[0])
		if rest = rest[1:]; next == ".." || strings.HasPrefix(next, "../") {
			return "", errLeads
		}
		info, err := fs.Lstat(f.fsys, f.file(next))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return "", errNoFile
		case err != nil:
			return "", err
		case info.Mode()&fs.ModeSymlink == 0:
			at = next
			continue
		}
		target, err := fs.ReadLink(f.fsys, f.file(next))
		if links++; err != nil || links > maxLinks || path.IsAbs(target) || strings.Contains(target, `\`) {
			return "", errLeads
		}
		rest = append(strings.Split(target, "/"), rest...)
	}
	return at, nil
}

// fixFor says what to do about a file that is not where it should be.
func (a *attaching) fixFor(name string, err error) string {
	switch {
	case errors.Is(err, errNoFile):
		if near := a.folder.neighbor(name); near != "" {
			return fmt.Sprintf("did you mean %q?", near)
		}
		return "put the file into the campaign's folder; the path begins there"
	case errors.Is(err, errSetAside):
		return "rename it, or move the file elsewhere in the campaign's folder"
	case errors.Is(err, errPath):
		return `write the path of a file in the campaign's folder, with "/" between folders`
	case errors.Is(err, errOutside), errors.Is(err, errLeads):
		return "put the file itself into the campaign's folder; the path begins there"
	}
	return "check the file and its permissions"
}

// neighbor returns the path of the file beside a missing one that has the name most
// like it, or "".
func (f *folder) neighbor(name string) string {
	dir := path.Dir(path.Clean(name))
	entries, err := fs.ReadDir(f.fsys, f.file(dir))
	if err != nil {
		return ""
	}
	var names []string
	for _, entry := range entries {
		if _, err := drip.AttachmentType(entry.Name()); err == nil && !hidden(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	near := nearest(path.Base(name), names)
	if near == "" {
		return ""
	}
	return path.Join(dir, near)
}
