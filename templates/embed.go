// Package templates holds the layouts of emails and of the readers' pages that
// ship inside the binary, and lets an operator's folder shadow single files.
package templates

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

//go:embed email web
var files embed.FS

// Files returns the shipped files: email/… and web/….
func Files() fs.FS { return files }

// Overlay returns the shipped files, each shadowed by the file of the same path
// below dir if there is one. An empty dir, or one that does not exist, shadows
// nothing. Paths cannot leave dir, not even by symbolic links.
func Overlay(dir string) (fs.FS, error) {
	if dir == "" {
		return files, nil
	}
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return files, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open templates folder: %w", err)
	}
	return overlay{own: root.FS()}, nil
}

// overlay prefers the operator's files.
type overlay struct{ own fs.FS }

// Open implements fs.FS.
func (o overlay) Open(name string) (fs.File, error) {
	f, err := o.own.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return files.Open(name)
	}
	return f, err
}
