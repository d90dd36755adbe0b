package compose

import (
	"bufio"
	"bytes"
	"fmt"
	"html"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	ghtml "github.com/yuin/goldmark/renderer/html"
)

// textWidth is the length, in runes, at which lines of the text part are broken;
// only a link may be longer.
const textWidth = 72

// textWriter writes the text part from the parsed Markdown. It only reads the
// tree, so one tree serves any number of writers at once.
//
// A link becomes "its words <its target>" (RFC 3986 appendix C) where it stands, so
// that no reader has to scroll to a footnote and back. A table becomes a record for
// each row, because columns do not line up in the fonts that most readers use.
type textWriter struct {
	source []byte
	// value returns the text for a slot.
	value func(slot int) string
	// used tells whether value was asked.
	used bool
	// keep leaves all marks in place; value is not asked then.
	keep bool
}

// keepMark returns the mark of a slot that is filled in.
func keepMark(n int) string { return markOf(pieceValue, n) }

// block returns the lines of a block, at most width long.
func (w *textWriter) block(n ast.Node, width int) []string {
	switch n := n.(type) {
	case *ast.Heading:
		return underlined(wrap(w.children(n), width))
	case *ast.Paragraph, *ast.TextBlock:
		return wrap(w.children(n), width)
	case *ast.List:
		return w.items(n, width)
	case *ast.Blockquote:
		return w.quote(n, width)
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		code := w.fill(strings.TrimRight(string(n.Lines().Value(w.source)), "\n"))
		return hang(strings.Split(code, "\n"), "    ", "    ")
	case *ast.ThematicBreak:
		return []string{strings.Repeat("-", 12)}
	case *ast.HTMLBlock:
		return nil
	case *east.Table:
		return w.table(n, width)
	case *seriesNode:
		return w.series(n, width)
	case *east.FootnoteList:
		return w.sourceList(n, width)
	case *figureNode:
		return w.figure(n, width)
	case *conditionNode:
		if b := w.chosen(n); b != nil {
			return w.blocks(b, width, true)
		}
		return nil
	}
	return w.blocks(n, width, true)
}

// blocks returns the lines of n's children, with blank lines between them if
// loose.
func (w *textWriter) blocks(n ast.Node, width int, loose bool) []string {
	var out []string
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		lines := w.block(c, width)
		if len(lines) == 0 {
			continue
		}
		if len(out) > 0 && loose {
			out = append(out, "")
		}
		out = append(out, lines...)
	}
	return out
}

// items returns a list.
func (w *textWriter) items(n *ast.List, width int) []string {
	var out []string
	number := n.Start
	for _, c := range w.listed(n) {
		bullet := "- "
		if n.IsOrdered() {
			bullet = fmt.Sprintf("%d. ", number)
			number++
		}
		lines := w.blocks(c, width-len(bullet), !n.IsTight)
		if len(out) > 0 && len(lines) > 0 && !n.IsTight {
			out = append(out, "")
		}
		out = append(out, hang(lines, bullet, strings.Repeat(" ", len(bullet)))...)
	}
	return out
}

// quote returns a callout, marked by its label and a bar, or a quotation.
func (w *textWriter) quote(n *ast.Blockquote, width int) []string {
	lines := w.blocks(n, width-2, true)
	name := callout(n)
	if name == "" {
		return hang(lines, "> ", "> ")
	}
	return hang(append([]string{strings.ToUpper(labels[name])}, lines...), "| ", "| ")
}

// table returns a record of "heading: cell" lines for each row.
func (w *textWriter) table(n *east.Table, width int) []string {
	var heads, out []string
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			cells = append(cells, strings.TrimSpace(w.children(c)))
		}
		if row.Kind() == east.KindTableHeader {
			heads = cells
			continue
		}
		if len(out) > 0 {
			out = append(out, "")
		}
		for i, cell := range cells {
			if i < len(heads) && heads[i] != "" {
				cell = heads[i] + ": " + cell
			}
			out = append(out, hang(wrap(cell, width-2), "", "  ")...)
		}
	}
	return out
}

// series returns the list of the series.
func (w *textWriter) series(n *seriesNode, width int) []string {
	var out []string
	for i, e := range n.entries {
		bullet := fmt.Sprintf("%d. ", i+1)
		title := w.fill(e.title)
		if e.current {
			title += " " + currentIssue
		}
		lines := wrap(title, width-len(bullet))
		if date := w.fill(e.date); date != "" {
			lines = append(lines, wrap(date, width-len(bullet))...)
		}
		out = append(out, hang(lines, bullet, strings.Repeat(" ", len(bullet)))...)
	}
	return out
}

// children returns the text of n's inline children, with "\n" for hard breaks. What
// a condition leaves out is not asked for.
func (w *textWriter) children(n ast.Node) string {
	var out strings.Builder
	skip := false
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		mark, ok := c.(*conditionMark)
		switch {
		case ok && w.keep:
			out.WriteString(markOf(mark.kind, mark.slot))
		case ok:
			skip = mark.kind == pieceIf && !w.holds(mark.slot) || mark.kind == pieceElse && !skip
		case !skip:
			out.WriteString(w.inline(c))
		}
	}
	return out.String()
}

// inline returns the text of an inline node.
func (w *textWriter) inline(n ast.Node) string {
	switch n := n.(type) {
	case *ast.Text:
		return w.words(n)
	case *ast.String:
		return w.fill(html.UnescapeString(string(n.Value)))
	case *ast.RawHTML:
		return ""
	case *ast.AutoLink:
		return string(n.Label(w.source))
	case *dotsNode:
		return "(" + n.words + ")"
	case *east.FootnoteLink:
		return "[" + strconv.Itoa(n.Index) + "]"
	case *ast.Image:
		return "[" + w.children(n) + "]"
	case *ast.Link:
		return linked(w.children(n), w.fill(string(n.Destination)))
	}
	return w.children(n)
}

// words returns the text of a text node, entities and escapes resolved exactly as
// in the HTML.
func (w *textWriter) words(n *ast.Text) string {
	value := n.Segment.Value(w.source)
	s := string(value)
	if !n.IsRaw() && bytes.ContainsAny(value, `\&`) {
		var buf bytes.Buffer
		out := bufio.NewWriter(&buf)
		ghtml.DefaultWriter.Write(out, value)
		_ = out.Flush()
		s = unescapeText(&buf)
	}
	s = w.fill(s)
	switch {
	case n.HardLineBreak():
		return s + "\n"
	case n.SoftLineBreak():
		return s + " "
	}
	return s
}

// fill replaces the marks in s.
func (w *textWriter) fill(s string) string {
	if w.keep || !strings.ContainsRune(s, markOpen) {
		return s
	}
	w.used = true
	return filled(cut(s), w.value)
}

// linked joins the words of a link and its target.
func linked(words, target string) string {
	switch {
	case target == "" || words == target || "mailto:"+words == target:
		return words
	case words == "":
		return "<" + target + ">"
	}
	return words + " <" + target + ">"
}

// wrap breaks text at blanks into lines of at most width runes; "\n" always
// breaks, and a word that is longer has a line of its own.
func wrap(s string, width int) []string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		var b strings.Builder
		used := 0
		for word := range strings.SplitSeq(line, " ") {
			n := utf8.RuneCountInString(word)
			if n == 0 {
				continue
			}
			if used > 0 && used+1+n > width {
				out = append(out, b.String())
				b.Reset()
				used = 0
			}
			if used > 0 {
				b.WriteByte(' ')
				used++
			}
			b.WriteString(word)
			used += n
		}
		if used > 0 {
			out = append(out, b.String())
		}
	}
	return out
}

// hang puts one prefix before the first line and another before the rest. No
// blanks are left at the end of a line.
func hang(lines []string, first, rest string) []string {
	for i := range lines {
		prefix := rest
		if i == 0 {
			prefix = first
		}
		lines[i] = strings.TrimRight(prefix+lines[i], " ")
	}
	return lines
}

// underlined sets a heading off by a rule as long as its longest line.
func underlined(lines []string) []string {
	longest := 0
	for _, l := range lines {
		longest = max(longest, utf8.RuneCountInString(l))
	}
	return append(lines, strings.Repeat("-", longest))
}
