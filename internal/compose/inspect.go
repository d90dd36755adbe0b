package compose

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"

	"partwork/internal/drip"
)

// inspector walks a parsed issue once: it checks what an author may get wrong and
// prepares the nodes for rendering.
type inspector struct {
	source   []byte
	slots    *slots
	findings *findings
	bundle   *Bundle
	// sourceOf returns the src of an image, and images are those that are shown;
	// weighed are the paths of those that were found heavy.
	sourceOf func(Image) string
	images   []Image
	weighed  map[string]bool
	// alone are the paragraphs to be replaced by figures.
	alone []*ast.Paragraph
	// entries are those of the list of the series.
	entries []seriesEntry
	// list collects the paragraphs to be replaced by the list of the series.
	list []ast.Node
}

// inspect walks the document.
func (in *inspector) inspect(doc ast.Node) {
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			return in.node(n), nil
		}
		return ast.WalkContinue, nil
	})
	in.figures()
	for _, p := range in.list {
		p.Parent().ReplaceChild(p.Parent(), p, &seriesNode{entries: in.entries})
	}
}

// node checks and prepares one node.
func (in *inspector) node(n ast.Node) ast.WalkStatus {
	switch n := n.(type) {
	case *ast.HTMLBlock:
		in.rawHTML(n, n.Lines().Value(in.source))
	case *ast.RawHTML:
		in.rawHTML(n, n.Segments.Value(in.source))
	case *ast.Link:
		n.Destination = in.target(n, n.Destination)
		if len(n.Destination) > 0 && in.mayBeEmpty(n) {
			in.fault(n, "link-text", "the link has no text", "say where it leads, in words that make sense on their own")
		} else if len(n.Destination) > 0 {
			in.promise(n)
		}
	case *ast.AutoLink:
		in.bareLink(n)
	case *ast.Image:
		in.image(n)
	case *ast.Blockquote:
		in.callout(n)
	case *ast.Heading:
		if n.Level == 1 {
			in.doubt(n, "heading", "the subject is already the message's main heading", "begin headings with ##")
		}
	case *east.Table:
		in.data(n)
	case *east.TableCell:
		if n.Parent().Kind() == east.KindTableHeader {
			n.SetAttributeString("scope", []byte("col"))
		}
	case *ast.Paragraph:
		switch {
		case isButton(n):
			n.SetAttributeString("class", []byte("button"))
		case isFigure(n) && in.bundle.Version >= versionFigures:
			in.alone = append(in.alone, n)
		}
		in.series(n)
	case *ast.TextBlock:
		in.series(n)
	case *ast.Text:
		in.looseLink(n)
		in.looseSource(n)
	}
	return ast.WalkContinue
}

// rawHTML reports HTML that will not be in the message. Comments are silently left
// out: they are the author's own notes.
func (in *inspector) rawHTML(n ast.Node, html []byte) {
	if bytes.HasPrefix(bytes.TrimSpace(html), []byte("<!--")) {
		return
	}
	in.fault(n, "raw-html", fmt.Sprintf("HTML such as %q is not sent", clean(string(html), 40)), "use Markdown")
}

// callout reports callouts that there are not.
func (in *inspector) callout(n *ast.Blockquote) {
	name := callout(n)
	if name == "" {
		return
	}
	if callouts[name] == "" {
		in.fault(n, "callout", fmt.Sprintf("there is no callout [!%s]", strings.ToUpper(name)), "use [!EVIDENCE], [!SAFETY], [!ASK] or [!NOTE]")
		n.SetAttributeString(calloutAttribute, "note")
	}
	if !n.HasChildren() {
		in.doubt(n, "callout", "the callout is empty", "")
	}
}

// series handles {{.Series}}, which must have a paragraph of its own.
func (in *inspector) series(n ast.Node) {
	raw := strings.TrimSpace(string(n.Lines().Value(in.source)))
	for _, p := range cut(raw) {
		if p.kind != pieceValue || in.slots.list[p.slot].path != fieldSeries {
			continue
		}
		if _, ok := n.(*ast.Paragraph); ok && len(cut(raw)) == 1 {
			in.list = append(in.list, n)
			return
		}
		in.fault(n, "series", "{{.Series}} is a list and needs a paragraph of its own", "put blank lines around it")
	}
}

// isButton reports whether a paragraph is one link in bold and nothing else.
func isButton(n *ast.Paragraph) bool {
	bold, ok := n.FirstChild().(*ast.Emphasis)
	return ok && n.ChildCount() == 1 && bold.Level == 2 && bold.ChildCount() == 1 &&
		bold.FirstChild().Kind() == ast.KindLink
}

// looseLink reports a link that Markdown did not take for one: a default with
// blanks ends a target that is not in angle brackets.
func (in *inspector) looseLink(n *ast.Text) {
	value := n.Segment.Value(in.source)
	if at := bytes.Index(value, []byte("](")); at >= 0 && !n.IsRaw() {
		in.doubt(n, "link", "this looks like a link but is not one", "a target with blanks needs angle brackets: [text](<https://…>)")
	}
}

// bareLink reports a merge field in a link without words, or behind one: Markdown
// takes the mark for part of the target, or for the end of it.
func (in *inspector) bareLink(n *ast.AutoLink) {
	var after []byte
	if next, ok := n.NextSibling().(*ast.Text); ok {
		after = next.Segment.Value(in.source)
	}
	if bytes.ContainsRune(n.Label(in.source), markOpen) || bytes.HasPrefix(after, []byte(string(markOpen))) {
		in.fault(n, "link", "a merge field in a bare link is not filled in", "write the link as [words](https://…)")
		return
	}
	target := autoTarget(n, in.source)
	if strings.HasPrefix(strings.ToLower(target), "http:") {
		in.doubt(n, "link", fmt.Sprintf("the link to %q is not encrypted", clean(target, 60)), "write it with https://")
	}
	in.host(n, target)
}

// schemeForm and hostForm take a target apart.
var (
	schemeForm = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*):`)
	hostForm   = regexp.MustCompile(`^(?i:https?)://[^/?#]+[/?#]`)
)

// target turns the target of a link as written into one fit for href, with marks.
// It returns nil, after reporting, for what must not be a link.
func (in *inspector) target(n ast.Node, written []byte) []byte {
	pieces := cut(string(written))
	for _, p := range pieces {
		if p.kind != pieceText && p.kind != pieceValue {
			in.fault(n, "condition", "a condition cannot stand in the target of a link", "put the condition around the whole link")
			return nil
		}
	}
	if len(pieces) == 1 && pieces[0].lit == "" {
		if sl := in.slots.list[pieces[0].slot]; strings.HasPrefix(sl.path, "Links.") {
			return []byte(in.slots.mark(slot{path: sl.path, place: inLink}))
		}
	}
	if len(pieces) == 0 || pieces[0].lit == "" {
		in.fault(n, "link", "the link has no address of its own", "write https://… or one of {{.Links…}}")
		return nil
	}
	start := string(util.URLEscape([]byte(pieces[0].lit), true))
	if !in.scheme(n, start) {
		return nil
	}
	if len(pieces) > 1 && !strings.HasPrefix(strings.ToLower(start), "mailto:") && !hostForm.MatchString(start) {
		in.fault(n, "link", "a merge field cannot decide which host a link leads to", "write the host out and put the field behind it")
		return nil
	}
	in.host(n, start)
	return in.join(pieces)
}

// join escapes the literal pieces and turns the slots into parts of a target.
func (in *inspector) join(pieces []piece) []byte {
	var out []byte
	for _, p := range pieces {
		if p.lit != "" {
			out = append(out, util.URLEscape([]byte(p.lit), true)...)
			continue
		}
		sl := in.slots.list[p.slot]
		sl.place = inQuery
		out = append(out, in.slots.mark(sl)...)
	}
	return out
}

// scheme reports whether a target may be linked.
func (in *inspector) scheme(n ast.Node, target string) bool {
	m := schemeForm.FindStringSubmatch(target)
	if strings.HasPrefix(target, "#") {
		in.fault(n, "link", fmt.Sprintf("the link to %q leads nowhere: most mail readers know no places within a message", clean(target, 60)), "say in words where it is")
		return false
	}
	if m == nil {
		in.fault(n, "link", fmt.Sprintf("the link to %q has no https://", clean(target, 60)), "an email has no address that links could be relative to")
		return false
	}
	switch strings.ToLower(m[1]) {
	case "https", "mailto":
		return true
	case "http":
		in.doubt(n, "link", fmt.Sprintf("the link to %q is not encrypted", clean(target, 60)), "use https://")
		return true
	}
	in.fault(n, "link", fmt.Sprintf("links to %s: are not allowed", clean(m[1], 20)), "use https:// or mailto:")
	return false
}

// mayBeEmpty reports whether some reader would find no text within n.
func (in *inspector) mayBeEmpty(n ast.Node) bool {
	for _, verdict := range []string{"", "x"} {
		s := setter{value: func(slot int) string {
			if in.slots.list[slot].test != testNone {
				return verdict
			}
			return "x"
		}}
		if len(bytes.TrimSpace(s.fill(textReader{in.source, in.bundle}.children(n)))) == 0 {
			return true
		}
	}
	return false
}

// fault reports an error and doubt a warning at a node.
func (in *inspector) fault(n ast.Node, rule, message, fix string) {
	in.findings.add(drip.SeverityError, in.line(n), rule, message, fix)
}

func (in *inspector) doubt(n ast.Node, rule, message, fix string) {
	in.findings.add(drip.SeverityWarning, in.line(n), rule, message, fix)
}

// line returns the line of the source on which n begins, as near as it is known.
func (in *inspector) line(n ast.Node) int {
	for at := n; at != nil; at = at.Parent() {
		pos := -1
		switch t := at.(type) {
		case *ast.Text:
			pos = t.Segment.Start
		case *ast.RawHTML:
			pos = t.Segments.At(0).Start
		default:
			if pos = in.start(at); pos < 0 {
				pos = in.behind(at.PreviousSibling())
			}
		}
		if pos >= 0 {
			return bytes.Count(in.source[:pos], []byte("\n")) + 1
		}
	}
	return 0
}

// behind returns the offset right after a text, or -1.
func (in *inspector) behind(n ast.Node) int {
	t, ok := n.(*ast.Text)
	if !ok {
		return -1
	}
	pos := t.Segment.Stop
	if t.SoftLineBreak() || t.HardLineBreak() {
		if end := bytes.IndexByte(in.source[pos:], '\n'); end >= 0 {
			pos += end + 1
		}
	}
	return pos
}

// start returns the offset of the first text below n, or of its first line, or -1.
func (in *inspector) start(n ast.Node) int {
	if t, ok := n.(*ast.Text); ok {
		return t.Segment.Start
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if pos := in.start(c); pos >= 0 {
			return pos
		}
	}
	if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
		return n.Lines().At(0).Start
	}
	return -1
}
