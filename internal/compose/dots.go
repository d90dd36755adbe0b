package compose

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// dotsNode is a mark made of dots, such as ●●○○. Whoever has it read aloud, or reads
// the text part, gets it in words.
type dotsNode struct {
	ast.BaseInline
	dots, words string
}

// kindDots is the kind of dotsNode.
var kindDots = ast.NewNodeKind("Dots")

// Kind implements ast.Node.
func (*dotsNode) Kind() ast.NodeKind { return kindDots }

// Dump implements ast.Node.
func (n *dotsNode) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

const (
	fullDot  = "●"
	emptyDot = "○"
	maxDots  = 10
)

// dotsForm finds runs of dots.
var dotsForm = regexp.MustCompile(`[●○]{3,}`)

// marksOfDots takes the marks made of dots out of the texts they stand in.
func (in *inspector) marksOfDots(doc ast.Node) {
	if in.bundle.Version < versionFigures {
		return
	}
	var texts []*ast.Text
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n.Kind() == ast.KindCodeSpan {
			return ast.WalkSkipChildren, nil
		}
		if t, ok := n.(*ast.Text); ok && entering && !t.IsRaw() {
			texts = append(texts, t)
		}
		return ast.WalkContinue, nil
	})
	for _, t := range texts {
		in.splitDots(t)
	}
}

// splitDots replaces a text by what is around its marks, and the marks.
func (in *inspector) splitDots(t *ast.Text) {
	parent, start := t.Parent(), t.Segment.Start
	value := string(t.Segment.Value(in.source))
	for _, m := range dotsForm.FindAllStringIndex(value, -1) {
		words, ok := in.inWords(value[m[0]:m[1]])
		if !ok {
			in.doubt(t, "dots", fmt.Sprintf("%q is no mark: the full dots come first, and there are at most %d", clean(value[m[0]:m[1]], 20), maxDots), "")
			continue
		}
		if at := t.Segment.Start + m[0]; at > start {
			parent.InsertBefore(parent, t, ast.NewTextSegment(text.NewSegment(start, at)))
		}
		parent.InsertBefore(parent, t, &dotsNode{dots: value[m[0]:m[1]], words: words})
		start = t.Segment.Start + m[1]
	}
	switch {
	case start == t.Segment.Start:
	case start == t.Segment.Stop && !t.SoftLineBreak() && !t.HardLineBreak():
		parent.RemoveChild(parent, t)
	default:
		t.Segment = text.NewSegment(start, t.Segment.Stop)
	}
}

// inWords says what a mark says: "2 of 4", or "2/4" in versions without texts of their
// own, unless they are English.
func (in *inspector) inWords(dots string) (string, bool) {
	full, all := strings.Count(dots, fullDot), utf8.RuneCountInString(dots)
	if all > maxDots || dots != strings.Repeat(fullDot, full)+strings.Repeat(emptyDot, all-full) {
		return "", false
	}
	if words, ok := in.bundle.Texts[textScore]; ok {
		return strings.NewReplacer("{full}", strconv.Itoa(full), "{all}", strconv.Itoa(all)).Replace(words), true
	}
	if isEnglish(in.bundle.Language) {
		return fmt.Sprintf("%d of %d", full, all), true
	}
	return fmt.Sprintf("%d/%d", full, all), true
}

func (htmlRenderer) dots(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if n := node.(*dotsNode); entering {
		_, _ = w.WriteString(`<span class="dots" role="img" aria-label="` + escape(n.words) + `">` + n.dots + "</span>")
	}
	return ast.WalkSkipChildren, nil
}
