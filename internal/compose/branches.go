package compose

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// pair is the marks of one condition, all of them among the children of one node.
type pair struct {
	begin, turn, end ast.Node
	slot             int
}

// conditions finds the conditions of a document, makes sure that each begins and
// ends in the same place, and turns those around whole blocks into nodes.
func (in *inspector) conditions(doc ast.Node) {
	in.splitTexts(doc)
	for _, p := range in.pairs(doc) {
		switch {
		case p.begin.Type() == ast.TypeBlock:
			in.gather(p)
		case p.begin.PreviousSibling() == nil && p.end.NextSibling() == nil:
			in.hoist(p)
		}
	}
}

// splitTexts takes the marks of conditions out of the texts they stand in.
func (in *inspector) splitTexts(doc ast.Node) {
	var texts []*ast.Text
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			texts = append(texts, n)
		case *ast.CodeSpan:
			in.noConditions(n, n.Text(in.source))
			return ast.WalkSkipChildren, nil
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			in.noConditions(n, n.Lines().Value(in.source))
		case *ast.Link:
			in.noConditions(n, n.Title)
		case *ast.Image:
			in.noConditions(n, n.Title)
		}
		return ast.WalkContinue, nil
	})
	for _, t := range texts {
		in.splitText(t)
	}
}

// noConditions reports a condition where there cannot be one.
func (in *inspector) noConditions(n ast.Node, text []byte) {
	for _, p := range cut(string(text)) {
		if p.kind == pieceIf {
			in.fault(n, "condition", "a condition cannot stand in code, or in the title of a link or image", "put it around the whole")
			return
		}
	}
}

// splitText replaces a text by what is around and between its marks.
func (in *inspector) splitText(t *ast.Text) {
	parent, at := t.Parent(), t.Segment.Start
	value := t.Segment.Value(in.source)
	start := at
	for _, p := range cut(string(value)) {
		length := len(p.lit)
		if p.kind != pieceText {
			length = bytes.IndexRune(in.source[at:], markClose) + len(string(markClose))
		}
		if p.kind != pieceText && p.kind != pieceValue {
			if at > start {
				parent.InsertBefore(parent, t, ast.NewTextSegment(text.NewSegment(start, at)))
			}
			parent.InsertBefore(parent, t, &conditionMark{kind: p.kind, slot: p.slot, at: at})
			start = at + length
		}
		at += length
	}
	switch {
	case start == t.Segment.Start:
	case start == t.Segment.Stop && !t.SoftLineBreak() && !t.HardLineBreak():
		parent.RemoveChild(parent, t)
	default:
		t.Segment = text.NewSegment(start, t.Segment.Stop)
	}
}

// pairs returns the conditions in document order. One whose marks have different
// parents would tear the HTML apart and is reported.
func (in *inspector) pairs(doc ast.Node) []pair {
	var out []pair
	var open *pair
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		mark := markIn(n)
		if !entering || mark == nil {
			return ast.WalkContinue, nil
		}
		if mark.kind == pieceIf {
			in.torn(open)
			open = &pair{begin: n, slot: mark.slot}
			return ast.WalkContinue, nil
		}
		if open == nil || open.begin.Parent() != n.Parent() {
			in.torn(open)
			open = nil
			return ast.WalkContinue, nil
		}
		if mark.kind == pieceElse {
			open.turn = n
			return ast.WalkContinue, nil
		}
		open.end = n
		out = append(out, *open)
		open = nil
		return ast.WalkContinue, nil
	})
	in.torn(open)
	return out
}

// markIn returns the mark that a node is, or nil.
func markIn(n ast.Node) *conditionMark {
	switch n := n.(type) {
	case *conditionMark:
		return n
	case *conditionLine:
		return &n.mark
	}
	return nil
}

// torn reports a condition that does not end where it began.
func (in *inspector) torn(open *pair) {
	if open != nil {
		in.fault(open.begin, "condition", "the condition does not end where it begins: its {{end}} or {{else}} is in another paragraph, item, cell or emphasis",
			"keep all of it in one sentence, or give {{if …}}, {{else}} and {{end}} lines of their own around whole paragraphs")
	}
}

// branches takes the nodes between the marks of a condition out of the tree.
func (p pair) branches() (holds, fails []ast.Node) {
	parent := p.begin.Parent()
	into := &holds
	for n := p.begin.NextSibling(); n != p.end; {
		next := n.NextSibling()
		parent.RemoveChild(parent, n)
		if n == p.turn {
			into = &fails
		} else {
			*into = append(*into, n)
		}
		n = next
	}
	return holds, fails
}

// gather puts the blocks of a condition under one node.
func (in *inspector) gather(p pair) {
	parent := p.begin.Parent()
	holds, fails := p.branches()
	cond := newCondition(p.slot, holds, fails)
	parent.ReplaceChild(parent, p.begin, cond)
	parent.RemoveChild(parent, p.end)
}

// newCondition returns a condition with its branches; an empty one is left out.
func newCondition(slot int, holds, fails []ast.Node) *conditionNode {
	cond := &conditionNode{slot: slot}
	for i, nodes := range [][]ast.Node{holds, fails} {
		if len(nodes) == 0 {
			continue
		}
		b := &branchNode{holds: i == 0}
		for _, n := range nodes {
			b.AppendChild(b, n)
		}
		cond.AppendChild(cond, b)
	}
	return cond
}

// hoist lifts a condition that is all of its paragraph, heading or item out of it,
// so that readers for whom it does not hold find no empty one.
func (in *inspector) hoist(p pair) {
	block := p.begin.Parent()
	like := twin(block)
	if like == nil {
		return
	}
	var branches [2][]ast.Node
	holds, fails := p.branches()
	for i, nodes := range [][]ast.Node{holds, fails} {
		if in.blank(nodes) {
			continue
		}
		b := like()
		b.SetLines(span(nodes))
		for _, n := range nodes {
			b.AppendChild(b, n)
		}
		branches[i] = []ast.Node{b}
	}
	if item, ok := block.Parent().(*ast.ListItem); ok && item.ChildCount() == 1 {
		for i, nodes := range branches {
			for _, n := range nodes {
				li := ast.NewListItem(item.Offset)
				li.AppendChild(li, n)
				branches[i] = []ast.Node{li}
			}
		}
		block = item
	}
	block.Parent().ReplaceChild(block.Parent(), block, newCondition(p.slot, branches[0], branches[1]))
}

// twin returns what makes blocks like n, or nil if conditions cannot be lifted out
// of such blocks.
func twin(n ast.Node) func() ast.Node {
	switch n := n.(type) {
	case *ast.Paragraph:
		return func() ast.Node { return ast.NewParagraph() }
	case *ast.TextBlock:
		return func() ast.Node { return ast.NewTextBlock() }
	case *ast.Heading:
		return func() ast.Node { return ast.NewHeading(n.Level) }
	}
	return nil
}

// span returns the lines of a branch, from its first text to its last, or none.
func span(nodes []ast.Node) *text.Segments {
	out := text.NewSegments()
	first, ok1 := nodes[0].(*ast.Text)
	last, ok2 := nodes[len(nodes)-1].(*ast.Text)
	if ok1 && ok2 {
		out.Append(text.NewSegment(first.Segment.Start, last.Segment.Stop))
	}
	return out
}
