package fence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Folder is the state folder of an instance. It is made when something is first
// written, for its owner only.
type Folder struct{ dir string }

// At returns the state folder of that name. Nothing is read or made.
func At(dir string) Folder { return Folder{dir} }

// Dir returns the folder's name.
func (f Folder) Dir() string { return f.dir }

// Try returns an error if nothing can be written into the folder. It makes the folder,
// and leaves nothing in it.
func (f Folder) Try() error {
	temp, err := f.temp("try")
	if err != nil {
		return err
	}
	if err := errors.Join(temp.Close(), os.Remove(temp.Name())); err != nil {
		return fmt.Errorf("write into the state folder: %w", err)
	}
	return nil
}

// temp makes a file that is to get the name once it is whole.
func (f Folder) temp(name string) (*os.File, error) {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the state folder: %w", err)
	}
	temp, err := os.CreateTemp(f.dir, name+".new-*") // 0600
	if err != nil {
		return nil, fmt.Errorf("write into the state folder: %w", err)
	}
	return temp, nil
}

// replace writes a file so that, whatever happens, there is either the old one or
// the new one, and the new one is on disk when it returns nil.
func (f Folder) replace(name string, content []byte) error {
	temp, err := f.temp(name)
	if err != nil {
		return err
	}
	_, err = temp.Write(content)
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, temp.Close()); err == nil {
		err = os.Rename(temp.Name(), filepath.Join(f.dir, name))
	}
	if err != nil {
		_ = os.Remove(temp.Name()) // it may be gone
		return fmt.Errorf("write %s: %w", filepath.Join(f.dir, name), err)
	}
	return f.sync()
}

// sync makes the folder's names durable.
func (f Folder) sync() error {
	dir, err := os.Open(f.dir)
	if err != nil {
		return fmt.Errorf("sync the state folder: %w", err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("sync the state folder: %w", err)
	}
	return nil
}

// decode reads one JSON value of known keys, after which nothing follows.
func decode(b []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows its end")
	}
	return nil
}
