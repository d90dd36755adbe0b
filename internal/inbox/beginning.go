package inbox

import (
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxBeginning is how much of a message a list shows, in runes.
const maxBeginning = 140

// What is not text in a piece of HTML. The result is shown as text, so that
// being wrong about strange HTML shows strange text and nothing worse.
var (
	unseen    = regexp.MustCompile(`(?is)<!--.*?-->|<head\b.*?</head>|<(style|script|title)\b.*?</(style|script|title)>`)
	inlineTag = regexp.MustCompile(`(?i)</?(a|b|code|em|font|i|small|span|strong|sub|sup|u)\b[^>]*>`)
	otherTag  = regexp.MustCompile(`<[^>]*>`)
	// What newsletters put behind a preheader to keep the text after it out
	// of sight: joiners, zero-width spaces, soft hyphens.
	padding = regexp.MustCompile(`(?s)\S\s*(?:[\x{34f}\x{ad}\x{200b}-\x{200d}\x{feff}][\s\x{a0}\x{2007}]*){3,}`)
)

// beginning is the first words of a message, of the HTML when there is some.
func beginning(c Content) string {
	text := c.Text
	if c.HTML != "" {
		text = unseen.ReplaceAllString(c.HTML, " ")
		text = inlineTag.ReplaceAllString(text, "")
		text = html.UnescapeString(otherTag.ReplaceAllString(text, " "))
	}
	if i := padding.FindStringIndex(text); i != nil {
		_, n := utf8.DecodeRuneInString(text[i[0]:])
		text = text[:i[0]+n]
	}
	text = strings.Join(strings.Fields(strings.Map(visible, text)), " ")
	if runes := []rune(text); len(runes) > maxBeginning {
		text = strings.TrimSpace(string(runes[:maxBeginning])) + "…"
	}
	return text
}

// visible drops what cannot be seen.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r), r == '\u2007':
		return ' '
	case r == '\u034f', unicode.Is(unicode.Cf, r), unicode.IsControl(r):
		return -1
	default:
		return r
	}
}
