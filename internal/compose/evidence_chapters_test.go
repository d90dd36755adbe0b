package compose

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"partwork/campaigns"
	"partwork/internal/campaignfile"
	"partwork/internal/drip"
)

// chapter is an issue of the MS series as its author wrote it.
type chapter struct {
	*drip.Issue
	number  int
	blocks  []block
	sources map[string]string // what a source's key stands for
}

// block is a paragraph, a heading, an item of a list or a row of a table.
type block struct {
	// text is what the reader sees, without marks; raw is the Markdown.
	text, raw string
	// box is the kind of the box around it, such as EVIDENCE, or empty.
	box string
	// cites lists the keys of the sources that it names.
	cites []string
}

// heading reports whether b is one.
func (b block) heading() bool { return strings.HasPrefix(b.raw, "#") }

// chapters returns the issues of the MS series, as the program itself reads them.
func chapters(t testing.TB) []chapter {
	t.Helper()
	c, found := campaignfile.LoadOne(campaigns.Files(), campaigns.MSTherapies, campaignfile.Options{})
	for _, f := range found {
		if f.Severity == drip.SeverityError {
			t.Fatal(f)
		}
	}
	var out []chapter
	for i := range c.Issues {
		l := chapter{Issue: &c.Issues[i], number: i + 1, sources: map[string]string{}}
		l.read(string(c.Issues[i].Body))
		out = append(out, l)
	}
	if len(out) != 8 {
		t.Fatalf("the series has %d issues, want 8", len(out))
	}
	return out
}

// eachChapter calls f for every issue of the series.
func eachChapter(t *testing.T, f func(t *testing.T, l chapter)) {
	t.Helper()
	for _, l := range chapters(t) {
		t.Run(l.ID, func(t *testing.T) {
			t.Parallel()
			f(t, l)
		})
	}
}

var (
	sourceForm = regexp.MustCompile(`^\[\^([^\]]+)\]: (.+)$`)
	citeForm   = regexp.MustCompile(`\[\^([^\]]+)\]`)
	boxForm    = regexp.MustCompile(`^\[!([A-Z]+)\]$`)
	// ownLineForm begins what is a block of its own without a blank line before it.
	ownLineForm = regexp.MustCompile(`^(?:- |\d+\. |\||#)`)
	marksForm   = regexp.MustCompile(`\[\^[^\]]+\]|\*+|^#+ |^- |^\d+\. |\{\{[^}]*\}\}`)
	linkForm    = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
)

// read cuts the body into blocks and sources.
func (l *chapter) read(body string) {
	box, fresh := "", true
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\n")
		quoted := strings.HasPrefix(line, ">")
		line = strings.TrimSpace(strings.TrimPrefix(line, ">"))
		if !quoted {
			box = ""
		}
		switch m := sourceForm.FindStringSubmatch(line); {
		case m != nil:
			l.sources[m[1]] = m[2]
		case line == "" || strings.HasPrefix(line, "|--"):
			fresh = true
			continue
		case boxForm.MatchString(line):
			box = boxForm.FindStringSubmatch(line)[1]
			fresh = true
			continue
		case fresh || ownLineForm.MatchString(line):
			l.blocks = append(l.blocks, block{raw: line, box: box})
		default:
			l.blocks[len(l.blocks)-1].raw += " " + line
		}
		fresh = false
	}
	for i := range l.blocks {
		b := &l.blocks[i]
		for _, m := range citeForm.FindAllStringSubmatch(b.raw, -1) {
			b.cites = append(b.cites, m[1])
		}
		b.text = strings.TrimSpace(marksForm.ReplaceAllString(linkForm.ReplaceAllString(b.raw, "$1"), ""))
	}
}

// boxed lists the blocks in boxes of that kind.
func (l *chapter) boxed(kind string) []block {
	return slices.DeleteFunc(slices.Clone(l.blocks), func(b block) bool { return b.box != kind })
}

// prose is all that the issue says, subject and preheader first, one block a line,
// and without the list of sources.
func (l *chapter) prose() string {
	lines := []string{l.Subject, l.Preheader}
	for _, b := range l.blocks {
		lines = append(lines, b.text)
	}
	return strings.Join(lines, "\n")
}

// shownTable returns the rows of the first table below a heading or a bold line of the
// README that comes with the series, each cut into its cells.
func shownTable(t testing.TB, after string) [][]string {
	t.Helper()
	b, err := fs.ReadFile(campaigns.Files(), campaigns.MSTherapies+"/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(b), "\n"+after)
	_, rest, table := strings.Cut(rest, "\n|")
	if !found || !table {
		t.Fatalf("the README of the series has no table below %q", after)
	}
	rest, _, _ = strings.Cut(rest, "\n\n")
	var rows [][]string
	for i, line := range strings.Split(rest, "\n") {
		if i < 2 { // the heading, and the dashes below it
			continue
		}
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	return rows
}
