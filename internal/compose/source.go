package compose

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/util"
)

// Sources are Markdown's footnotes, "[^1]" in the text and "[^1]: …" on a line of its
// own: numbered in the order in which the text names them, and listed where the first
// of them is written. There are no links between the two, because in most mail
// readers such links lead nowhere.

// sourceNotes adds sources to the dialect, without the transformer that comes with
// them: it would move the list to the end and add links back.
type sourceNotes struct{}

// Extend implements goldmark.Extender.
func (sourceNotes) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(
		parser.WithBlockParsers(util.Prioritized(extension.NewFootnoteBlockParser(), 999)),
		parser.WithInlineParsers(util.Prioritized(extension.NewFootnoteParser(), 101)),
	)
}

// textSources heads the list if no heading of the author's does.
const textSources = "mail.sources"

// sources puts the lists of sources in order and checks that each source is named by
// the text, and each that the text names is there.
func (in *inspector) sources(doc ast.Node) {
	var lists []*east.FootnoteList
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if list, ok := n.(*east.FootnoteList); ok && entering {
			lists = append(lists, list)
		}
		return ast.WalkContinue, nil
	})
	for _, list := range lists {
		in.orderSources(list)
	}
}

// orderSources sorts a list by number, and leaves out what the text does not name.
func (in *inspector) orderSources(list *east.FootnoteList) {
	var named []*east.Footnote
	for c := list.FirstChild(); c != nil; c = c.NextSibling() {
		note, ok := c.(*east.Footnote)
		switch {
		case !ok:
		case note.Index < 0:
			in.doubt(note, "source", fmt.Sprintf("the text does not name the source [^%s], so it is not listed", clean(string(note.Ref), 40)),
				fmt.Sprintf("write [^%s] behind what it shows, or remove it", clean(string(note.Ref), 40)))
		default:
			named = append(named, note)
		}
	}
	slices.SortFunc(named, func(a, b *east.Footnote) int { return a.Index - b.Index })
	list.RemoveChildren(list)
	for _, note := range named {
		if !note.HasChildren() {
			in.fault(note, "source", fmt.Sprintf("the source [^%s] is empty", clean(string(note.Ref), 40)), "say where it is to be found")
		}
		if p, ok := note.FirstChild().(*ast.Paragraph); ok && note.ChildCount() == 1 {
			note.ReplaceChild(note, p, tight(p))
		}
		list.AppendChild(list, note)
	}
	if !list.HasChildren() {
		list.Parent().RemoveChild(list.Parent(), list)
	}
}

// tight returns a paragraph as a text without distance around it.
func tight(p *ast.Paragraph) ast.Node {
	block := ast.NewTextBlock()
	block.SetLines(p.Lines())
	for c := p.FirstChild(); c != nil; c = p.FirstChild() {
		block.AppendChild(block, c)
	}
	return block
}

// unknownSource is what is left of a source that the text names and nobody wrote.
var unknownSource = regexp.MustCompile(`\[\^([^\]\s]+)\]`)

// looseSource reports a source that is named and not there.
func (in *inspector) looseSource(n *ast.Text) {
	if n.IsRaw() || in.bundle.Version < versionFigures {
		return
	}
	// Markdown tries "[" as the beginning of a link, so the text may end within.
	rest, length := in.source[n.Segment.Start:], n.Segment.Len()
	if end := bytes.IndexByte(rest[length:], '\n'); end >= 0 {
		rest = rest[:length+end]
	}
	for _, m := range unknownSource.FindAllSubmatchIndex(rest, -1) {
		if m[0] >= length || escaped(string(in.source[:n.Segment.Start+m[0]])) {
			continue
		}
		ref := clean(string(rest[m[2]:m[3]]), 40)
		in.fault(n, "source", fmt.Sprintf("there is no source [^%s]", ref), fmt.Sprintf("add a line [^%s]: and where it is to be found", ref))
	}
}

// titled reports whether the author has put a heading of their own over a list.
func titled(list ast.Node) bool {
	before := list.PreviousSibling()
	return before != nil && before.Kind() == ast.KindHeading
}

func (htmlRenderer) sourceLink(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString(`<sup class="ref">[` + strconv.Itoa(node.(*east.FootnoteLink).Index) + "]</sup>")
	}
	return ast.WalkSkipChildren, nil
}

func (r htmlRenderer) sourceList(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	switch {
	case !entering:
		_, _ = w.WriteString("</ol>\n")
	case titled(n):
		_, _ = w.WriteString("<ol class=\"sources\">\n")
	default:
		_, _ = w.WriteString("<h2>" + escape(r.bundle.text(textSources)) + "</h2>\n<ol class=\"sources\">\n")
	}
	return ast.WalkContinue, nil
}

func (htmlRenderer) sourceNote(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString("<li>")
	} else {
		_, _ = w.WriteString("</li>\n")
	}
	return ast.WalkContinue, nil
}

// sourceList returns the sources under their heading.
func (r textReader) sourceList(n *east.FootnoteList) flow {
	var out flow
	if !titled(n) {
		out.parts = append(out.parts, flow{kind: flowHeading, words: runsOf(r.bundle.text(textSources))}, flow{kind: flowLines, lines: []string{""}})
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if note, ok := c.(*east.Footnote); ok {
			bullet := "[" + strconv.Itoa(note.Index) + "] "
			out.parts = append(out.parts, hang(bullet, "    ", r.blocks(note, true)))
		}
	}
	return out
}
