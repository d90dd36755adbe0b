package cli

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"partwork/internal/campaignfile"
)

// rename gives files of a folder other names, one by one. It never replaces a file,
// not even one that somebody makes in the same instant, and stops at the first that
// cannot be renamed.
func rename(dir *os.Root, renames []campaignfile.Rename) error {
	for _, r := range renames {
		if err := renameNew(dir, r); err != nil {
			return err
		}
	}
	syncFolder(dir)
	return nil
}

// renameNew gives a file its new name first and takes the old one away then. Linking
// fails if the name is taken, as renaming does not. Whoever is interrupted between the
// two leaves a file with two names, which dropTwins finds.
func renameNew(dir *os.Root, r campaignfile.Rename) error {
	err := dir.Link(r.From, r.To)
	if err == nil {
		return dir.Remove(r.From)
	}
	if errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// Some file systems have no links, and some systems do not link what belongs to others.
	if _, taken := dir.Lstat(r.To); !errors.Is(taken, fs.ErrNotExist) {
		return errors.Join(taken, &fs.PathError{Op: "rename", Path: r.To, Err: fs.ErrExist})
	}
	return dir.Rename(r.From, r.To)
}

// syncFolder has the names last a loss of power, where the system can.
func syncFolder(dir *os.Root) {
	if f, err := dir.Open("."); err == nil {
		_ = f.Sync() // the names are right in any case; this only makes them last sooner
		_ = f.Close()
	}
}

// dropTwins takes away the second names of issue files that have two, because a
// renaming was interrupted: the odd one of the two, or the later. It returns them.
func dropTwins(dir *os.Root, files []campaignfile.IssueFile) ([]string, error) {
	var dropped []string
	var kept []fs.FileInfo
	var names []string
	for _, file := range files {
		info, err := dir.Lstat(file.Name)
		if err != nil {
			return dropped, err
		}
		twin := -1
		for i := range kept {
			if os.SameFile(kept[i], info) {
				twin = i
			}
		}
		if twin < 0 {
			kept, names = append(kept, info), append(names, file.Name)
			continue
		}
		odd := file.Name
		if strings.Contains(names[twin], campaignfile.Stopgap) {
			odd, names[twin] = names[twin], file.Name
		}
		if err := dir.Remove(odd); err != nil {
			return dropped, err
		}
		dropped = append(dropped, odd)
	}
	return dropped, nil
}
