package cli

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"

	"partwork/internal/campaignfile"
)

// issueFolder is a campaign's folder whose files are made and renamed.
type issueFolder struct {
	campaign string
	shown    string // the folder as findings show it
	dir      *os.Root
	files    []campaignfile.IssueFile
	// lock is the folder, and locked says that nobody else makes or renames files in it.
	lock   *os.File
	locked bool
}

// errFolderBusy says that another command makes or renames files in a folder.
var errFolderBusy = errors.New("another partwork is at work in the folder")

// openIssues opens the folder of a campaign, which may have errors, and keeps other
// commands from making and renaming files in it.
func (f *folder) openIssues(id string) (*issueFolder, error) {
	if _, ok := campaignfile.Scan(f.root.FS(), id); !ok || !f.holds(id) {
		_, err := f.campaign(id)
		return nil, err
	}
	s := &issueFolder{campaign: id, shown: f.name + "/" + id}
	err := s.open(f.root)
	switch {
	case errors.Is(err, errFolderBusy):
		s.close()
		return nil, failf("try again when it is done", "%s: %v", s.shown, err)
	case err != nil:
		s.close()
		return nil, failf("check the permissions of the folder", "the folder of campaign %q cannot be opened: %v", id, err)
	}
	s.files, _ = campaignfile.Scan(f.root.FS(), id) // nobody renames now
	return s, nil
}

func (s *issueFolder) open(root *os.Root) (err error) {
	if s.dir, err = root.OpenRoot(s.campaign); err != nil {
		return err
	}
	if s.lock, err = s.dir.Open("."); err != nil {
		return err
	}
	s.locked, err = lockFolder(s.lock)
	return err
}

func (s *issueFolder) close() {
	if s.lock != nil {
		_ = s.lock.Close()
	}
	if s.dir != nil {
		_ = s.dir.Close()
	}
}

// names are those of the files, in their order.
func (s *issueFolder) names() []string {
	names := make([]string, len(s.files))
	for i, file := range s.files {
		names[i] = file.Name
	}
	return names
}

// mend finishes a renaming that was interrupted, unless it may be underway: without a
// lock nobody can tell. What looks like an issue and is no file is nothing to be renamed.
func (s *issueFolder) mend(e *env) error {
	for _, file := range s.files {
		if info, err := s.dir.Stat(file.Name); err == nil && info.IsDir() {
			return failf(`move the folder away, or let its name start with "_"`, "%s/%s is no file", s.shown, printable(file.Name))
		}
	}
	if !s.locked {
		return nil
	}
	dropped, err := dropTwins(s.dir, s.files)
	for _, name := range dropped {
		s.files = slices.DeleteFunc(s.files, func(file campaignfile.IssueFile) bool { return file.Name == name })
		e.note("an earlier renaming was interrupted: %s was the second name of another file, and is gone", printable(name))
	}
	if err != nil {
		return failf("check the permissions of the folder", "the files of campaign %q cannot be put in order: %v", s.campaign, err)
	}
	return nil
}

// find returns the position of the issue with an id.
func (s *issueFolder) find(id string) (int, error) {
	var ids []string
	for i, file := range s.files {
		if file.ID == id && id != "" {
			return i, nil
		}
		ids = append(ids, file.ID)
	}
	advice := "its issues are " + strings.Join(ids, ", ")
	if near := nearest(id, ids); near != "" {
		advice = "did you mean " + s.campaign + "/" + near + "?"
	}
	return 0, failf(advice, "campaign %q has no issue %q", s.campaign, id)
}

// place reads a position that a person wrote.
func (s *issueFolder) place(position string) (int, error) {
	if position == lastPlace {
		return len(s.files) - 1, nil
	}
	n, err := strconv.Atoi(position)
	if err != nil || n < 1 || n > len(s.files) {
		return 0, usagef("the first issue is in place 1",
			"%q is no place in campaign %q; expected a number from 1 to %d, or %q", position, s.campaign, len(s.files), lastPlace)
	}
	return n - 1, nil
}
