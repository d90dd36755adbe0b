package compose

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// conditionMark is one of the three marks of a condition within a paragraph.
type conditionMark struct {
	ast.BaseInline
	kind pieceKind
	slot int
	at   int // offset in the source
}

// conditionLine is such a mark on a line of its own. Inspecting the tree leaves none
// of them: conditions around whole blocks become conditionNodes.
type conditionLine struct {
	ast.BaseBlock
	mark conditionMark
}

// conditionNode is a condition around whole blocks, or around whole items of a list.
// Its children are one or two branches.
type conditionNode struct {
	ast.BaseBlock
	slot int
}

// branchNode holds the blocks of a branch.
type branchNode struct {
	ast.BaseBlock
	holds bool
}

// The kinds of these nodes.
var (
	kindConditionMark = ast.NewNodeKind("ConditionMark")
	kindConditionLine = ast.NewNodeKind("ConditionLine")
	kindCondition     = ast.NewNodeKind("Condition")
	kindBranch        = ast.NewNodeKind("Branch")
)

// Kind implements ast.Node.
func (*conditionMark) Kind() ast.NodeKind { return kindConditionMark }

// Kind implements ast.Node.
func (*conditionLine) Kind() ast.NodeKind { return kindConditionLine }

// Kind implements ast.Node.
func (*conditionNode) Kind() ast.NodeKind { return kindCondition }

// Kind implements ast.Node.
func (*branchNode) Kind() ast.NodeKind { return kindBranch }

// Dump implements ast.Node.
func (n *conditionMark) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// Dump implements ast.Node.
func (n *conditionLine) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// Dump implements ast.Node.
func (n *conditionNode) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// Dump implements ast.Node.
func (n *branchNode) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// branch returns the branch for readers for whom the condition holds, or does not,
// or nil if it is empty.
func (n *conditionNode) branch(holds bool) ast.Node {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if b, ok := c.(*branchNode); ok && b.holds == holds {
			return b
		}
	}
	return nil
}

// conditionLines parses marks that have a line to themselves, so that blank lines
// around them are a matter of taste.
type conditionLines struct{}

// Trigger implements parser.BlockParser: the first byte of a mark.
func (conditionLines) Trigger() []byte { return []byte(string(markOpen))[:1] }

// Open implements parser.BlockParser.
func (conditionLines) Open(_ ast.Node, reader text.Reader, _ parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	pieces := cut(string(bytes.TrimSpace(line)))
	if len(pieces) != 1 || pieces[0].kind == pieceText || pieces[0].kind == pieceValue {
		return nil, parser.NoChildren
	}
	reader.Advance(segment.Len() - 1)
	at := segment.Start + bytes.IndexRune(line, markOpen)
	return &conditionLine{mark: conditionMark{kind: pieces[0].kind, slot: pieces[0].slot, at: at}}, parser.NoChildren
}

// Continue implements parser.BlockParser.
func (conditionLines) Continue(ast.Node, text.Reader, parser.Context) parser.State {
	return parser.Close
}

// Close implements parser.BlockParser.
func (conditionLines) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (conditionLines) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (conditionLines) CanAcceptIndentedLine() bool { return false }

// The renderer leaves the marks in the HTML, where they are cut.

func (htmlRenderer) condition(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	mark := markOf(pieceEnd, 0)
	if entering {
		mark = markOf(pieceIf, node.(*conditionNode).slot)
	}
	_, _ = w.WriteString(mark)
	return ast.WalkContinue, nil
}

func (htmlRenderer) branch(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering && !node.(*branchNode).holds {
		_, _ = w.WriteString(markOf(pieceElse, 0))
	}
	return ast.WalkContinue, nil
}

func (htmlRenderer) conditionMark(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if n := node.(*conditionMark); entering {
		_, _ = w.WriteString(markOf(n.kind, n.slot))
	}
	return ast.WalkContinue, nil
}

// gatherEmptiable puts blocks that may be left out into one with the block before
// them (or after, at the beginning), so that the blank line between blocks goes when
// one of them does.
func gatherEmptiable(read textReader, doc ast.Node) {
	empty := func(n ast.Node) bool {
		f := read.block(n)
		if !f.varies() {
			return false
		}
		for _, verdict := range []string{"", "x"} {
			s := setter{value: func(int) string { return verdict }}
			if s.set(&f, textWidth); s.count == 0 {
				return true
			}
		}
		return false
	}
	var group ast.Node
	join := false
	for n := doc.FirstChild(); n != nil; {
		next, mayVanish := n.NextSibling(), empty(n)
		if group != nil && (join || mayVanish) {
			if _, ok := group.(*branchNode); !ok {
				b := &branchNode{}
				doc.ReplaceChild(doc, group, b)
				b.AppendChild(b, group)
				group = b
			}
			group.AppendChild(group, n)
			join = join && mayVanish
		} else {
			group, join = n, mayVanish
		}
		n = next
	}
}

// blank reports whether nodes hold nothing but blanks.
func (in *inspector) blank(nodes []ast.Node) bool {
	for _, n := range nodes {
		t, ok := n.(*ast.Text)
		if !ok || strings.TrimSpace(string(t.Segment.Value(in.source))) != "" {
			return false
		}
	}
	return true
}
