package fence

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// identityFile is the name of the file.
const identityFile = "instance.json"

// Identity is what the state folder knows of the instance.
type Identity struct {
	// UUID is the database's.
	UUID string `json:"uuid"`
	// Epoch is at most that of the latest database; an older copy has a smaller one. It
	// is zero until the database is served for the first time.
	Epoch int64 `json:"epoch"`
	// Writer is the number of the serve that wrote this; 0 for a command.
	Writer int64 `json:"writer"`
	// Seen is the machine time at which it was written.
	Seen time.Time `json:"seen"`
}

// DamagedError says that the identity cannot be read. It is never written over.
type DamagedError struct {
	File  string
	Cause error
}

// Error names the file and what is wrong with it.
func (e *DamagedError) Error() string { return e.File + " cannot be read: " + e.Cause.Error() }

// Unwrap returns the cause.
func (e *DamagedError) Unwrap() error { return e.Cause }

// Identity reads the file. It returns fs.ErrNotExist if there is none, and a
// [*DamagedError] if it is not what [Folder.WriteIdentity] wrote.
func (f Folder) Identity() (Identity, error) {
	name := filepath.Join(f.dir, identityFile)
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return Identity{}, err
	}
	if err != nil {
		return Identity{}, &DamagedError{name, err}
	}
	var id Identity
	if err := decode(b, &id); err != nil {
		return Identity{}, &DamagedError{name, err}
	}
	if len(id.UUID) != 36 || id.Epoch < 0 || id.Seen.IsZero() {
		return Identity{}, &DamagedError{name, fmt.Errorf("uuid %q, epoch %d and seen %v do not make an identity", id.UUID, id.Epoch, id.Seen)}
	}
	return id, nil
}

// WriteIdentity replaces the file, durably and at once.
func (f Folder) WriteIdentity(id Identity) error {
	b, err := json.Marshal(id)
	if err != nil {
		return err
	}
	return f.replace(identityFile, append(b, '\n'))
}

// SetAside gives the file another name, with the time in it, so that a new one can
// be written while the evidence stays. It returns the new name, or fs.ErrNotExist if
// there is no file.
func (f Folder) SetAside(now time.Time) (string, error) { return f.setAside(identityFile, now) }

func (f Folder) setAside(name string, now time.Time) (string, error) {
	aside := filepath.Join(f.dir, name+now.UTC().Format(".20060102T150405.000Z"))
	if err := os.Rename(filepath.Join(f.dir, name), aside); err != nil {
		return "", err
	}
	return aside, f.sync()
}
