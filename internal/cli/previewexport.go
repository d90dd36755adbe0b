package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"partwork/internal/preview"
)

// exportDesk writes the series into a new folder.
func (e *env) exportDesk(dir string) error {
	switch entries, err := os.ReadDir(dir); {
	case err == nil && len(entries) > 0:
		return failf("name a folder that does not exist yet, or empty this one", "%s is not empty, and nothing in it is overwritten", dir)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return failf("", "the folder %s cannot be used: %v", dir, err)
	}
	done, err := preview.Export(preview.Options{Load: e.shelf, Now: e.now}, func(name string, data []byte) error {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return os.WriteFile(file, data, 0o644)
	})
	if err != nil {
		return failf("`partwork check` names every error and its line", "the series cannot be exported: %v", err)
	}
	e.say("wrote %s of %s into %s; open %s", count(done.Issues, "issue"), count(done.Campaigns, "campaign"), dir, filepath.Join(dir, "index.html"))
	e.note("next: zip the folder for whoever must read it; when they agree, `partwork approve` lets the series out, if review: required asks for it")
	if left := append(done.Broken, done.Without...); len(left) > 0 {
		return failf("`partwork check` names every error and its line", "left out because of errors: %s", strings.Join(left, ", "))
	}
	return nil
}
