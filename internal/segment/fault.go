package segment

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error is what is wrong with the text of a filter.
type Error struct {
	// Text is the filter as it was written.
	Text string
	// At is the octet at which the wrong part begins, and Length how many it has.
	// Where something is missing, At may be the end of the text.
	At, Length int
	// Problem says what was found and what was expected; Fix says what to do, and may
	// be empty.
	Problem, Fix string
}

// Error returns the problem with its place, in one line.
func (e *Error) Error() string {
	text := "character " + itoa(e.Column()) + " of the filter: " + e.Problem
	if e.Fix != "" {
		text += "; " + e.Fix
	}
	return text
}

// Column returns at which character the wrong part begins; the first is 1.
func (e *Error) Column() int { return utf8.RuneCountInString(e.Text[:e.At]) + 1 }

// Caret returns two lines: the filter, and below it carets under the wrong part. Of
// a long filter they have the part around it.
func (e *Error) Caret() string {
	const before, after = 50, 30
	start, end := e.At, min(e.At+max(e.Length, 1), len(e.Text))
	head, wrong, tail := []rune(e.Text[:start]), []rune(e.Text[start:end]), []rune(e.Text[end:])
	if len(head) > before {
		head = append([]rune("…"), head[len(head)-before:]...)
	}
	if len(wrong) > after {
		wrong, tail = wrong[:after], nil
	}
	if len(tail) > after {
		tail = append(tail[:after:after], '…')
	}
	line := shown(head) + shown(wrong) + shown(tail)
	return line + "\n" + strings.Repeat(" ", columns(head)) + strings.Repeat("^", max(columns(wrong), 1))
}

// shown replaces what would move the cursor, one for one.
func shown(text []rune) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			r = ' '
		case !unicode.IsPrint(r) && !unicode.Is(unicode.M, r):
			r = unicode.ReplacementChar
		}
		b.WriteRune(r)
	}
	return b.String()
}

// columns counts the cells that a text takes on a terminal: marks take none, and
// the letters of East Asia and pictures two.
func columns(text []rune) (n int) {
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana), r >= 0xff01 && r <= 0xff60,
			r >= 0x1f300 && r <= 0x1f64f, r >= 0x1f680 && r <= 0x1faff:
			n += 2
		default:
			n++
		}
	}
	return n
}
