package compose

import (
	"bufio"
	"bytes"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	ghtml "github.com/yuin/goldmark/renderer/html"
)

// textWidth is the length, in runes, at which lines of the text part are broken;
// only a link may be longer.
const textWidth = 72

// textReader reads the text part out of the parsed Markdown.
//
// A link becomes "its words <its target>" (RFC 3986 appendix C) where it stands, so
// that no reader has to scroll to a footnote and back. A table becomes a record for
// each row, because columns do not line up in the fonts that most readers use.
type textReader struct {
	source []byte
	bundle *Bundle
}

// keepMark returns the mark of a slot that is filled in.
func keepMark(n int) string { return markOf(pieceValue, n) }

// block returns the flow of a block.
func (r textReader) block(n ast.Node) flow {
	switch n := n.(type) {
	case *ast.Heading:
		return flow{kind: flowHeading, words: r.children(n)}
	case *ast.Paragraph, *ast.TextBlock:
		return flow{kind: flowWords, words: r.children(n)}
	case *ast.List:
		return r.list(n)
	case *ast.Blockquote:
		return r.quote(n)
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		code := flow{kind: flowCode, words: runsOf(strings.TrimRight(string(n.Lines().Value(r.source)), "\n"))}
		return hang("    ", "    ", code)
	case *ast.ThematicBreak:
		return flow{kind: flowLines, lines: []string{strings.Repeat("-", 12)}}
	case *ast.HTMLBlock:
		return flow{}
	case *east.Table:
		return r.table(n)
	case *seriesNode:
		return r.series(n)
	case *east.FootnoteList:
		return r.sourceList(n)
	case *figureNode:
		return r.figure(n)
	case *conditionNode:
		return flow{kind: flowIf, slot: n.slot, parts: []flow{r.branch(n, true), r.branch(n, false)}}
	}
	return r.blocks(n, true)
}

// blocks returns the flow of n's children, with blank lines between them if loose.
func (r textReader) blocks(n ast.Node, loose bool) flow {
	out := flow{loose: loose}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		out.parts = append(out.parts, r.block(c))
	}
	return out
}

// branch returns what readers get for whom a condition holds, or does not.
func (r textReader) branch(n *conditionNode, holds bool) flow {
	if b := n.branch(holds); b != nil {
		return r.blocks(b, true)
	}
	return flow{}
}

// hang returns parts whose first line begins with one text and the others with
// another of the same length.
func hang(first, rest string, parts ...flow) flow {
	return flow{kind: flowHang, first: first, rest: rest, parts: parts}
}

// list returns a list. Numbers are given to those items that the reader gets.
func (r textReader) list(n *ast.List) flow {
	out := flow{kind: flowList, loose: !n.IsTight}
	add := func(item ast.Node, slot int, holds bool) {
		f := r.blocks(item, !n.IsTight)
		f.slot, f.holds = slot, holds
		bullet := "- "
		if n.IsOrdered() {
			bullet = fmt.Sprintf("%d. ", n.Start+len(out.parts))
		}
		out.parts, out.bullets = append(out.parts, f), append(out.bullets, bullet)
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		cond, ok := c.(*conditionNode)
		if !ok {
			add(c, -1, false)
			continue
		}
		for _, holds := range []bool{true, false} {
			b := cond.branch(holds)
			if b == nil {
				continue
			}
			for item := b.FirstChild(); item != nil; item = item.NextSibling() {
				add(item, cond.slot, holds)
			}
		}
	}
	return out
}

// quote returns a callout, marked by its label and a bar, or a quotation.
func (r textReader) quote(n *ast.Blockquote) flow {
	inner := r.blocks(n, true)
	name := callout(n)
	if name == "" {
		return hang("> ", "> ", inner)
	}
	return hang("| ", "| ", flow{kind: flowLines, lines: []string{strings.ToUpper(r.bundle.text(callouts[name]))}}, inner)
}

// table returns a table.
func (r textReader) table(n *east.Table) flow {
	out := flow{kind: flowTable}
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var cells [][]run
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			cells = append(cells, r.children(c))
		}
		if row.Kind() == east.KindTableHeader {
			out.heads = cells
		} else {
			out.rows = append(out.rows, cells)
		}
	}
	return out
}

// series returns the list of the series.
func (r textReader) series(n *seriesNode) flow {
	var out flow
	for i, e := range n.entries {
		title := runsOf(e.title)
		if e.current {
			title = append(title, runsOf(" "+r.bundle.text(textThisOne))...)
		}
		bullet := fmt.Sprintf("%d. ", i+1)
		out.parts = append(out.parts, hang(bullet, strings.Repeat(" ", len(bullet)),
			flow{kind: flowWords, words: joined(title)}, flow{kind: flowWords, words: runsOf(e.date)}))
	}
	return out
}

// children returns the text of n's inline children, with "\n" for hard breaks.
func (r textReader) children(n ast.Node) []run {
	var out []run
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if mark, ok := c.(*conditionMark); ok {
			out = append(out, run{piece: piece{kind: mark.kind, slot: mark.slot}})
			continue
		}
		out = append(out, r.inline(c)...)
	}
	return joined(out)
}

// inline returns the text of an inline node.
func (r textReader) inline(n ast.Node) []run {
	switch n := n.(type) {
	case *ast.Text:
		return runsOf(r.words(n))
	case *ast.String:
		return runsOf(html.UnescapeString(string(n.Value)))
	case *ast.RawHTML:
		return nil
	case *ast.AutoLink:
		return []run{{piece: piece{lit: string(n.Label(r.source))}}}
	case *dotsNode:
		if p := n.Parent(); p.Type() == ast.TypeBlock && p.ChildCount() == 1 {
			return runsOf(n.words) // a cell of its own
		}
		return runsOf("(" + n.words + ")")
	case *east.FootnoteLink:
		return runsOf("[" + strconv.Itoa(n.Index) + "]")
	case *ast.Image:
		return slices.Concat(runsOf("["), r.children(n), runsOf("]"))
	case *ast.Link:
		return r.link(n)
	}
	return r.children(n)
}

// link returns a link: its text if that is the same for every reader.
func (r textReader) link(n *ast.Link) []run {
	words, target := r.children(n), runsOf(string(n.Destination))
	says, ok1 := literal(words)
	leads, ok2 := literal(target)
	if ok1 && ok2 {
		return []run{{piece: piece{lit: linked(says, leads)}}}
	}
	return []run{{piece: piece{kind: pieceLink}, words: words, target: target}}
}

// linked joins the words of a link and its target.
func linked(words, target string) string {
	switch {
	case target == "" || words == target || mailto+words == target:
		return words
	case words == "":
		return "<" + target + ">"
	}
	return words + " <" + target + ">"
}

// mailto is the scheme of links to an address.
const mailto = "mailto:"

// words returns the text of a text node, entities and escapes resolved exactly as
// in the HTML, and its marks in place.
func (r textReader) words(n *ast.Text) string {
	value := n.Segment.Value(r.source)
	s := string(value)
	if !n.IsRaw() && bytes.ContainsAny(value, `\&`) {
		var buf bytes.Buffer
		out := bufio.NewWriter(&buf)
		ghtml.DefaultWriter.Write(out, value)
		_ = out.Flush()
		s = unescapeText(&buf)
	}
	switch {
	case n.HardLineBreak():
		return s + "\n"
	case n.SoftLineBreak():
		return s + " "
	}
	return s
}
