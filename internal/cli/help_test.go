package cli

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// everyCommand calls look for each command of the tree.
func everyCommand(look func(*cobra.Command)) {
	root := newRoot(&env{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard})
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		look(c)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
}

func TestEveryCommandExplainsItself(t *testing.T) {
	t.Parallel()
	everyCommand(func(c *cobra.Command) {
		if c.Short == "" {
			t.Errorf("%s has no Short", c.CommandPath())
		}
		if c.Long == "" && c.Example == "" {
			t.Errorf("%s has neither Long nor Example", c.CommandPath())
		}
		if strings.HasSuffix(c.Short, ".") && c.Name() != "help" {
			t.Errorf("%s: Short is no sentence and has no full stop: %q", c.CommandPath(), c.Short)
		}
		for line := range strings.SplitSeq(c.Example, "\n") {
			if line != "" && !strings.HasPrefix(line, "  partwork ") {
				t.Errorf("%s: expected an example that begins with partwork, indented by two: %q", c.CommandPath(), line)
			}
		}
	})
}

// emptySection is a heading after which the next heading or the end comes.
var emptySection = regexp.MustCompile(`(?m)^[A-Z][^\n]*:\n+([A-Z][^\n]*:\n|\z)`)

func TestHelpHasNoEmptySection(t *testing.T) {
	t.Parallel()
	everyCommand(func(c *cobra.Command) {
		var out bytes.Buffer
		c.SetOut(&out)
		if err := c.Help(); err != nil {
			t.Errorf("%s: %v", c.CommandPath(), err)
		}
		if found := emptySection.FindString(out.String()); found != "" {
			t.Errorf("%s --help has an empty section %q", c.CommandPath(), found)
		}
		for line := range strings.SplitSeq(out.String(), "\n") {
			if n := len([]rune(line)); n > 120 {
				t.Errorf("%s --help has a line of %d characters: %q", c.CommandPath(), n, line)
			}
		}
	})
}

// TestReadersHaveJSON holds the promise that every command that reads takes
// --json.
func TestReadersHaveJSON(t *testing.T) {
	t.Parallel()
	reading := map[string]bool{
		"check": true, "plan": true, "forecast": true, "render": true, "import": true, "log": true, "status": true, "verify": true, "migrate": true,
		"version": true, "subscriber list": true, "subscriber show": true, "suppression show": true,
		"campaign list": true, "campaign show": true, "demo": true, "backup": true,
	}
	everyCommand(func(c *cobra.Command) {
		name := strings.TrimPrefix(c.CommandPath(), "partwork ")
		if reading[name] && c.Flags().Lookup("json") == nil {
			t.Errorf("%s has no --json", name)
		}
		delete(reading, name)
	})
	for name := range reading {
		t.Errorf("there is no command %s", name)
	}
}
