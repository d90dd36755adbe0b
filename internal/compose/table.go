package compose

import (
	"fmt"
	"html"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// A table is as wide as the longest words of its columns together, and a page with it,
// unless the widths of the columns are fixed: then words are broken that do not fit. On a
// narrow screen that is better than scrolling sideways, but only there: programs that fix
// the widths do not look at what is in the columns. So each table is measured once, by its
// words, as the narrowest telephone would show it, and fixed if it might not fit.

// The measures of a table on a screen of 320 pixels.
const (
	narrowRoom   = 280 // pixels between the margins of the sheet
	boxMargins   = 34  // pixels that a callout or quotation takes of that
	listMargin   = 28
	cellPadding  = 8
	unknownWidth = 300 // of a merge field: it may be any name
)

// data marks a table of the author's, and gives its columns widths if it might not fit.
func (in *inspector) data(n *east.Table) {
	n.SetAttributeString("class", []byte("data"))
	if in.bundle.Version < versionAttachments {
		return
	}
	room := narrowRoom
	for up := n.Parent(); up != nil; up = up.Parent() {
		switch up.Kind() {
		case ast.KindBlockquote:
			room -= boxMargins
		case ast.KindList:
			room -= listMargin
		}
	}
	widest := in.columns(n)
	room -= cellPadding * len(widest)
	if sum(widest) <= room {
		return
	}
	n.SetAttributeString("class", []byte("data tight"))
	shares := fill(widest, room)
	column := 0
	for cell := n.FirstChild().FirstChild(); cell != nil && column < len(shares); cell = cell.NextSibling() {
		cell.SetAttributeString("width", fmt.Appendf(nil, "%d%%", 100*shares[column]/max(1, sum(shares))))
		column++
	}
}

// columns returns the width of the longest word of each column, in pixels.
func (in *inspector) columns(n *east.Table) []int {
	var widest []int
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		column := 0
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			if column == len(widest) {
				widest = append(widest, 0)
			}
			widest[column] = max(widest[column], widestWord(in.words(cell)))
			column++
		}
	}
	return widest
}

// words returns the text of a cell as a page shows it.
func (in *inspector) words(cell ast.Node) string {
	var out strings.Builder
	_ = ast.Walk(cell, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			out.Write(n.Segment.Value(in.source))
			if n.SoftLineBreak() || n.HardLineBreak() {
				out.WriteByte(' ')
			}
		case *ast.String:
			out.WriteString(html.UnescapeString(string(n.Value)))
		case *ast.AutoLink:
			out.Write(n.Label(in.source))
		case *east.FootnoteLink:
			out.WriteString("[00]")
		case *dotsNode:
			out.WriteString(n.dots)
		}
		return ast.WalkContinue, nil
	})
	return out.String()
}

// widestWord returns the width of what cannot be broken, in pixels and rather too large
// than too small.
func widestWord(text string) int {
	widest, width := 0.0, 0.0
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			width = 0
		case unicode.Is(unicode.Co, r):
			return unknownWidth
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
			width = wideRune
		default:
			width += runeWidth(r)
		}
		widest = max(widest, width)
		if r == '-' {
			width = 0
		}
	}
	return int(widest + 0.5)
}

// Widths of characters, in pixels, in a wide sans-serif font of 15.
const (
	narrowRune  = 6.0
	usualRune   = 9.2
	capitalRune = 11.0
	wideRune    = 15.0
)

// runeWidth returns about how wide a character is.
func runeWidth(r rune) float64 {
	switch {
	case strings.ContainsRune("fijlrtI.,:;'!|()[] ", r):
		return narrowRune
	case strings.ContainsRune("mwMW@%", r), r > 0x2000 && !unicode.IsLetter(r) && !unicode.IsPunct(r):
		return wideRune
	case unicode.IsUpper(r):
		return capitalRune
	}
	return usualRune
}

// fill shares out the room: columns that need less than an equal share get what they
// need, and the others what is left, in equal parts.
func fill(needs []int, room int) []int {
	shares := make([]int, len(needs))
	settled := make([]bool, len(needs))
	for open := len(needs); open > 0; {
		share, changed := room/open, false
		for i, need := range needs {
			if !settled[i] && need <= share {
				shares[i], settled[i], changed = max(1, need), true, true
				room -= need
				open--
			}
		}
		if changed {
			continue
		}
		for i := range needs {
			if !settled[i] {
				shares[i] = max(1, share)
			}
		}
		return shares
	}
	return shares
}

func sum(list []int) (total int) {
	for _, n := range list {
		total += n
	}
	return total
}
