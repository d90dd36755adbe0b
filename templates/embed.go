// Package templates holds the layouts of emails and of the readers' pages that
// ship inside the binary, and lets an operator's folder shadow single files.
package templates

import (
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed email text web theme.yaml
var files embed.FS

// Files returns the shipped files: theme.yaml, email/…, text/… and web/….
func Files() fs.FS { return files }

// Overlay returns the shipped files, each shadowed by the file of the same path
// below dir if there is one. An empty dir shadows nothing; one that does not exist
// shadows nothing until it does. Paths cannot leave dir, not even by symbolic
// links.
func Overlay(dir string) fs.FS {
	if dir == "" {
		return files
	}
	return overlay{dir: dir}
}

// overlay prefers the operator's files.
type overlay struct{ dir string }

// Open implements fs.FS.
func (o overlay) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	f, err := os.OpenInRoot(o.dir, filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		return files.Open(name)
	}
	return f, err
}
