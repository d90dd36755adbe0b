package compose

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// newMarkdown returns the dialect of issues: CommonMark with tables, bare links
// and struck-out text, no raw HTML. English gets typographic quotes; in other
// languages the same keys mean other quotes, so they stay as typed. Sources are read
// since version 2 of bundles.
func newMarkdown(b *Bundle) goldmark.Markdown {
	extensions := []goldmark.Extender{
		extension.Table, extension.Strikethrough,
		extension.NewLinkify(extension.WithLinkifyAllowedProtocols([]string{"https:", "http:"})),
	}
	if b.Version >= versionFigures {
		extensions = append(extensions, sourceNotes{})
	}
	if isEnglish(b.Language) {
		extensions = append(extensions, extension.Typographer)
	}
	return goldmark.New(
		goldmark.WithExtensions(extensions...),
		goldmark.WithParserOptions(
			parser.WithParagraphTransformers(util.Prioritized(calloutMarks{}, 50)),
			parser.WithBlockParsers(util.Prioritized(conditionLines{}, 50)),
		),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(htmlRenderer{b}, 50))),
	)
}

// isEnglish reports whether a BCP 47 tag means English.
func isEnglish(language string) bool {
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	return base == "en"
}

// calloutAttribute is the attribute of a blockquote that is a callout.
const calloutAttribute = "callout"

// callouts are the callouts and the names of the texts that head them.
var callouts = map[string]string{
	"evidence": "mail.evidence",
	"safety":   "mail.safety",
	"ask":      "mail.ask",
	"note":     "mail.note",
}

// calloutForm is the first line of a callout.
var calloutForm = regexp.MustCompile(`^\s*\[!([A-Za-z]+)\]\s*$`)

// calloutMarks takes the line "[!NAME]" off the beginning of a blockquote and
// remembers the name. It works on lines, before inline parsing, so that whatever
// follows the line (a table, for one) is parsed as if the line had never been.
type calloutMarks struct{}

// Transform implements parser.ParagraphTransformer.
func (calloutMarks) Transform(node *ast.Paragraph, reader text.Reader, _ parser.Context) {
	quote, ok := node.Parent().(*ast.Blockquote)
	if !ok || node.PreviousSibling() != nil || node.Lines().Len() == 0 {
		return
	}
	first := node.Lines().At(0)
	m := calloutForm.FindSubmatch(first.Value(reader.Source()))
	if m == nil {
		return
	}
	quote.SetAttributeString(calloutAttribute, strings.ToLower(string(m[1])))
	node.Lines().SetSliced(1, node.Lines().Len())
	if node.Lines().Len() == 0 {
		quote.RemoveChild(quote, node)
	}
}

// callout returns the name of the callout that a blockquote is, or "".
func callout(n ast.Node) string {
	name, _ := n.AttributeString(calloutAttribute)
	s, _ := name.(string)
	return s
}

// seriesNode is the list of the series' issues.
type seriesNode struct {
	ast.BaseBlock
	entries []seriesEntry
}

// seriesEntry is an issue in the list, its texts with marks.
type seriesEntry struct {
	title, date string
	current     bool
}

// textThisOne says, in the list of the series, which one the reader is reading.
const textThisOne = "mail.this_one"

// kindSeries is the kind of seriesNode.
var kindSeries = ast.NewNodeKind("Series")

// Kind implements ast.Node.
func (*seriesNode) Kind() ast.NodeKind { return kindSeries }

// Dump implements ast.Node.
func (n *seriesNode) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }
