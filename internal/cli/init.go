package cli

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"partwork/campaigns"
)

// examples are the campaigns that a project can start with.
var examples = []string{campaigns.GardenNotes, campaigns.MSTherapies}

func newInit(e *env) *cobra.Command {
	var example string
	cmd := &cobra.Command{
		Use:   "init DIR",
		Short: "Make a project: configuration, a starter campaign, private data folder",
		Long: "Writes a commented partwork.yaml, a campaign to copy from, and a folder for private data. It never\n" +
			"overwrites a file. What it writes works with any SMTP server on 127.0.0.1:1025.",
		Example: "  partwork init letters\n  partwork init letters --example ms-therapies",
		Args:    argCount(1, 1),
	}
	cmd.Flags().StringVar(&example, "example", campaigns.GardenNotes, "the `CAMPAIGN` to start with: "+strings.Join(examples, " or "))
	_ = cmd.RegisterFlagCompletionFunc("example", cobra.FixedCompletions(examples, cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if !slices.Contains(examples, example) {
			return usagef("there are "+strings.Join(examples, " and "), "there is no example %q", example)
		}
		return e.init(args[0], example)
	}
	return cmd
}

func (e *env) init(dir, example string) error {
	files, err := projectFiles(example)
	if err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(files))
	if err := refuseOverwriting(dir, names); err != nil {
		return err
	}
	for _, name := range names {
		mode := fs.FileMode(0o644)
		if name == defaultConfig {
			mode = 0o600 // a password may come into it
		}
		if err := writeNew(filepath.Join(dir, filepath.FromSlash(name)), files[name], mode); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	approval := ""
	if example == campaigns.MSTherapies {
		approval = fmt.Sprintf(approvalStep, example)
	}
	_, err = fmt.Fprintf(e.stdout, nextSteps, filepath.Clean(dir), example, approval)
	return err
}

// projectFiles returns what a project begins with, by slash-separated name.
func projectFiles(example string) (map[string][]byte, error) {
	files := map[string][]byte{"partwork.yaml": []byte(starterConfig), ".gitignore": []byte(starterIgnore)}
	err := fs.WalkDir(campaigns.Files(), example, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(campaigns.Files(), name)
		if name == example+"/campaign.yaml" {
			text = freshKey(text)
		}
		files["campaigns/"+name] = text
		return err
	})
	return files, err
}

var keyLine = regexp.MustCompile(`(?m)^key: *[a-z0-9]+`)

// freshKey gives a copied campaign a public name of its own.
func freshKey(text []byte) []byte {
	return keyLine.ReplaceAllLiteral(text, []byte("key: "+newKey()))
}

// newKey makes up a public name for a campaign.
func newKey() string {
	key := ""
	for key == "" || key[0] < 'a' { // a letter first, so that it is never a number in YAML
		key = strings.ToLower(rand.Text()[:6])
	}
	return key
}

// refuseOverwriting names the files that are there already.
func refuseOverwriting(dir string, names []string) error {
	var taken []string
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name))); err == nil {
			taken = append(taken, name)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return failf("choose another folder", "%s cannot be used: %v", dir, err)
		}
	}
	if len(taken) == 0 {
		return nil
	}
	if len(taken) > 3 {
		taken = append(taken[:3], "…")
	}
	return failf("choose another folder, or move them away",
		"nothing was written: %s has %s already", dir, strings.Join(taken, ", "))
}

// writeNew writes a file and the folders above it. It never replaces one.
func writeNew(path string, text []byte, mode fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("write the project: %w", err)
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write the project: %w", err)
	}
	return nil
}
