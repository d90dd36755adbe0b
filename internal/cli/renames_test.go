package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"partwork/internal/campaignfile"
)

// inFolder returns a folder with files that hold their own names.
func inFolder(t *testing.T, names ...string) (*os.Root, string) {
	t.Helper()
	path := t.TempDir()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(path, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	dir, err := os.OpenRoot(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = dir.Close() })
	return dir, path
}

// TestRenameReplacesNothing stops at a name that is taken, whoever took it since the
// renames were planned.
func TestRenameReplacesNothing(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(path string) error{
		"by a file":              func(path string) error { return os.WriteFile(path, []byte("theirs"), 0o600) },
		"by a folder":            func(path string) error { return os.Mkdir(path, 0o700) },
		"by a link that is none": func(path string) error { return os.Symlink("nowhere", path) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, path := inFolder(t, "01-a.md", "02-b.md", "03-c.md")
			if err := take(filepath.Join(path, "04-b.md")); err != nil {
				t.Fatal(err)
			}
			before, err := os.Lstat(filepath.Join(path, "04-b.md"))
			if err != nil {
				t.Fatal(err)
			}
			err = rename(dir, []campaignfile.Rename{{From: "03-c.md", To: "05-c.md"}, {From: "02-b.md", To: "04-b.md"}, {From: "01-a.md", To: "02-a.md"}})
			if !errors.Is(err, fs.ErrExist) {
				t.Errorf("expected fs.ErrExist, got %v", err)
			}
			for _, name := range []string{"01-a.md", "02-b.md"} {
				if text, err := os.ReadFile(filepath.Join(path, name)); string(text) != name {
					t.Errorf("%s has %q: %v", name, text, err)
				}
			}
			after, err := os.Lstat(filepath.Join(path, "04-b.md"))
			if err != nil || !os.SameFile(before, after) {
				t.Errorf("what was there is gone: %v", err)
			}
		})
	}
}

// TestRenameTakesTheLinkItself renames a symbolic link and leaves alone what it leads to.
func TestRenameTakesTheLinkItself(t *testing.T) {
	t.Parallel()
	dir, path := inFolder(t, "text")
	if err := os.Symlink("text", filepath.Join(path, "01-a.md")); err != nil {
		t.Fatal(err)
	}
	if err := rename(dir, []campaignfile.Rename{{From: "01-a.md", To: "02-a.md"}}); err != nil {
		t.Fatal(err)
	}
	if target, err := os.Readlink(filepath.Join(path, "02-a.md")); target != "text" {
		t.Errorf("02-a.md leads to %q: %v", target, err)
	}
	if _, err := os.Lstat(filepath.Join(path, "01-a.md")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("01-a.md: %v", err)
	}
}

// TestDropTwins keeps one name of each file, and both files that only look alike.
func TestDropTwins(t *testing.T) {
	t.Parallel()
	dir, path := inFolder(t, "01-a.md", "02-b.md", "03-c.md")
	for from, to := range map[string]string{"01-a.md": "04-a.md", "03-c.md": "02-b~~c.md"} {
		if err := os.Link(filepath.Join(path, from), filepath.Join(path, to)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(path, "05-b.md"), []byte("02-b.md"), 0o600); err != nil {
		t.Fatal(err)
	}
	var files []campaignfile.IssueFile
	for _, name := range []string{"01-a.md", "02-b.md", "02-b~~c.md", "03-c.md", "04-a.md", "05-b.md"} {
		files = append(files, campaignfile.IssueFile{Name: name})
	}
	dropped, err := dropTwins(dir, files)
	if err != nil || len(dropped) != 2 || dropped[0] != "02-b~~c.md" || dropped[1] != "04-a.md" {
		t.Errorf("dropped %q: %v", dropped, err)
	}
	left, err := os.ReadDir(path)
	if err != nil || len(left) != 4 {
		t.Errorf("%v is left: %v", left, err)
	}
}

// TestOneAtATime keeps a second command out of a folder until the first has closed it: it
// would take the second name of a file that is being renamed for a leftover.
func TestOneAtATime(t *testing.T) {
	t.Parallel()
	root, path := inFolder(t)
	if err := os.Mkdir(filepath.Join(path, "letters"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"campaign.yaml": "id: letters\n", "01-a.md": "---\nid: a\nsubject: A\n---\nText\n"} {
		if err := os.WriteFile(filepath.Join(path, "letters", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := &folder{name: "campaigns", root: root}
	first, err := f.openIssues("letters")
	if err != nil {
		t.Fatal(err)
	}
	if !first.locked {
		if os.Getenv("CI") == "true" {
			t.Fatal("this file system has no locks")
		}
		t.Skip("this file system has no locks")
	}
	if _, err := f.openIssues("letters"); err == nil || !strings.Contains(err.Error(), errFolderBusy.Error()) {
		t.Errorf("expected %q, got %v", errFolderBusy, err)
	}
	first.close()
	second, err := f.openIssues("letters")
	if err != nil {
		t.Fatal(err)
	}
	second.close()
}
