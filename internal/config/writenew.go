package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// writeNew makes a file of mode 0600 that is complete and on disk when it appears
// under its name. It never replaces one: fs.ErrExist.
func writeNew(path string, text []byte) error {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, ".partwork-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) //nolint:errcheck // gone already, after a rename
	if err := writeSync(temp, text); err != nil {
		return err
	}
	if err := publish(temp.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

func writeSync(f *os.File, text []byte) error {
	_, err := f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// publish gives a finished file its name, unless the name is taken. A hard link does
// so in one step; where the file system has none, a rename after a look does.
func publish(temp, path string) error {
	err := os.Link(temp, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fs.ErrExist)
	}
	return os.Rename(temp, path)
}

// syncDir makes a new name durable. Some systems cannot sync a folder; the name is
// as durable there as they make it.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync()
	return d.Close()
}
