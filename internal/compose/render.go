package compose

import (
	"bytes"
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// htmlRenderer renders the nodes that differ from goldmark's own HTML. Targets of
// links have been prepared by the inspector.
type htmlRenderer struct{ bundle *Bundle }

// RegisterFuncs implements renderer.NodeRenderer.
func (r htmlRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(ast.KindLink, r.link)
	reg.Register(ast.KindImage, r.image)
	reg.Register(ast.KindAutoLink, r.autoLink)
	reg.Register(ast.KindBlockquote, r.blockquote)
	reg.Register(ast.KindRawHTML, r.nothing)
	reg.Register(ast.KindHTMLBlock, r.nothing)
	reg.Register(kindSeries, r.series)
	reg.Register(east.KindFootnoteLink, r.sourceLink)
	reg.Register(east.KindFootnoteList, r.sourceList)
	reg.Register(east.KindFootnote, r.sourceNote)
	reg.Register(kindDots, r.dots)
	reg.Register(kindFigure, r.figure)
	reg.Register(kindCondition, r.condition)
	reg.Register(kindBranch, r.branch)
	reg.Register(kindConditionMark, r.conditionMark)
}

// escape escapes text for HTML content and quoted attributes.
func escape(s string) string { return html.EscapeString(s) }

func (htmlRenderer) nothing(util.BufWriter, []byte, ast.Node, bool) (ast.WalkStatus, error) {
	return ast.WalkSkipChildren, nil
}

func (htmlRenderer) link(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*ast.Link)
	switch {
	case len(n.Destination) == 0:
	case entering:
		_, _ = w.WriteString(`<a href="` + escape(string(n.Destination)) + `">`)
	default:
		_, _ = w.WriteString("</a>")
	}
	return ast.WalkContinue, nil
}

func (htmlRenderer) autoLink(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*ast.AutoLink)
	if entering {
		label := escape(string(n.Label(source)))
		if target := autoTarget(n, source); target != "" {
			_, _ = w.WriteString(`<a href="` + escape(target) + `">` + label + "</a>")
		} else {
			_, _ = w.WriteString(label)
		}
	}
	return ast.WalkSkipChildren, nil
}

// autoTarget returns the target of a bare link, or "" if it must not be one.
func autoTarget(n *ast.AutoLink, source []byte) string {
	target := string(util.URLEscape(n.URL(source), false))
	lower := strings.ToLower(target)
	switch {
	case n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(lower, "mailto:"):
		return "mailto:" + target
	case strings.HasPrefix(lower, "https:"), strings.HasPrefix(lower, "http:"), strings.HasPrefix(lower, "mailto:"):
		return target
	}
	return ""
}

// blockquote renders a callout as a table of one cell, the only box that every
// mail reader draws, and any other quotation as what it is.
func (r htmlRenderer) blockquote(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	name := callout(n)
	switch {
	case name == "" && entering:
		_, _ = w.WriteString("<blockquote>\n")
	case name == "":
		_, _ = w.WriteString("</blockquote>\n")
	case entering:
		_, _ = w.WriteString(`<table role="presentation" class="callout ` + name + `"><tr><td>` +
			`<p class="label">` + escape(r.bundle.text(callouts[name])) + "</p>\n")
	default:
		_, _ = w.WriteString("</td></tr></table>\n")
	}
	return ast.WalkContinue, nil
}

func (r htmlRenderer) series(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	_, _ = w.WriteString("<ol class=\"series\">\n")
	for _, e := range node.(*seriesNode).entries {
		class, title := "", escape(e.title)
		if e.current {
			class, title = ` class="current"`, "<strong>"+title+"</strong> "+escape(r.bundle.text(textThisOne))
		}
		_, _ = w.WriteString("<li" + class + ">" + title + `<div class="date">` + escape(e.date) + "</div></li>\n")
	}
	_, _ = w.WriteString("</ol>\n")
	return ast.WalkSkipChildren, nil
}

// unescapeText returns what a reader of the HTML that goldmark wrote would see.
func unescapeText(b *bytes.Buffer) string { return html.UnescapeString(b.String()) }
