package calendar

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fewestExamples is what docs/SEMANTICS.md must at least have.
const fewestExamples = 25

// TestSemantics runs every example of docs/SEMANTICS.md.
func TestSemantics(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "SEMANTICS.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks, err := exampleBlocks(string(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range blocks {
		t.Run(fmt.Sprintf("%s, line %d", block.heading, block.line), func(t *testing.T) {
			t.Parallel()
			if err := block.check(); err != nil {
				t.Errorf("docs/SEMANTICS.md:%d: %v", block.line, err)
			}
		})
	}
	if len(blocks) < fewestExamples {
		t.Errorf("there are %d examples, expected at least %d", len(blocks), fewestExamples)
	}
	t.Logf("%d examples", len(blocks))
}

// TestSemanticsCanFail makes sure that an example that is wrong, or that says
// nothing, is noticed.
func TestSemanticsCanFail(t *testing.T) {
	t.Parallel()
	const good = "schedule: 0 9 * * TUE\nzone: Europe/London\njoins: 2026-03-25 10:00\nissues: 2\n"
	for name, test := range map[string]struct{ text, want string }{
		"a wrong time":        {good + "expect: 2026-03-25 10:00, 2026-03-31 09:01", "got"},
		"one too many":        {good + "expect: 2026-03-25 10:00, 2026-03-31 09:00, 2026-04-07 09:00", "got"},
		"one too few":         {good + "expect: 2026-03-25 10:00", "got"},
		"the wrong issue":     {good + "expect: 2026-03-25 10:00 (2), 2026-03-31 09:00 (1)", "got"},
		"an empty block":      {"", "empty"},
		"no expectation":      {good, "expect"},
		"an unknown key":      {good + "colour: blue\nexpect: nothing", "colour"},
		"a line without key":  {good + "hello\nexpect: nothing", "hello"},
		"no such date":        {good + "expect: 2026-02-30 10:00", "2026-02-30"},
		"no such issue":       {good + "issue 7: draft\nexpect: nothing", "issue 7"},
		"two schedules":       {good + "schedule: 0 9 * * WED\nexpect: nothing", "twice"},
		"another kind of no":  {"schedule: 0 9 31 2 *\nexpect: refused, it is blue", "refused"},
		"a refusal too many":  {"schedule: 0 9 * * TUE\nexpect: refused, never come", "taken"},
		"an unknown place":    {good + "insert: 2026-03-26 09:00 x before 9\nexpect: 2026-03-25 10:00, 2026-03-31 09:00", "position"},
		"an unknown draft":    {good + "ready: 2026-03-26 09:00 9\nexpect: 2026-03-25 10:00, 2026-03-31 09:00", "no issue"},
		"time runs backwards": {good + "outage: 2026-04-01 09:00 .. 2026-03-01 09:00\nexpect: nothing", "ends before"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := exampleBlock{text: test.text}.check()
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
	if _, err := exampleBlocks("```example\nschedule: 0 9 * * TUE\n"); err == nil {
		t.Error("a block without end was taken")
	}
}

// exampleBlock is one fenced block.
type exampleBlock struct {
	heading string
	line    int // of the fence
	text    string
}

// exampleBlocks finds the fenced blocks called "example".
func exampleBlocks(markdown string) ([]exampleBlock, error) {
	var list []exampleBlock
	var heading string
	inside := false
	for i, line := range strings.Split(markdown, "\n") {
		switch {
		case line == "```example":
			list = append(list, exampleBlock{heading: heading, line: i + 1})
			inside = true
		case inside && line == "```":
			inside = false
		case inside:
			list[len(list)-1].text += line + "\n"
		case strings.HasPrefix(line, "## "):
			heading = line[3:]
		}
	}
	if inside {
		return nil, fmt.Errorf("docs/SEMANTICS.md:%d: the block has no end", list[len(list)-1].line)
	}
	return list, nil
}

// check reads the block, lives it, and compares.
func (b exampleBlock) check() error {
	e, err := readExample(b.text)
	switch {
	case errors.Is(err, errAsExpected):
		return nil
	case err != nil:
		return err
	}
	got, err := e.live()
	if err != nil {
		return err
	}
	if !slices.EqualFunc(got, e.expect, mailing.is) {
		return fmt.Errorf("\ngot      %v\nexpected %v", got, e.expect)
	}
	return nil
}

// mailing says when an issue left, on the reader's clock of that moment.
type mailing struct{ local, issue string }

// is compares with what is expected; an expectation may leave the issue out.
func (m mailing) is(expected mailing) bool {
	return m.local == expected.local && (expected.issue == "" || expected.issue == m.issue)
}

func (m mailing) String() string {
	if m.issue == "" {
		return m.local
	}
	return m.local + " (" + m.issue + ")"
}
