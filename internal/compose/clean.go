package compose

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxValue is the most that one merge value may contribute, in runes. No name or
// place is longer, and a pasted essay must not break the layout.
const maxValue = 300

// clean makes text that somebody else wrote fit for one line of a message: runs of
// blanks, line ends and controls become one space; direction overrides, private-use
// characters and other invisible ones go; what is too long is cut.
func clean(s string, limit int) string {
	if fit(s, limit) {
		return s
	}
	var out strings.Builder
	space, n := false, 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			space = out.Len() > 0
			continue
		case hidden(r):
			continue
		}
		if n++; n > limit {
			out.WriteString("…")
			break
		}
		if space {
			out.WriteByte(' ')
			space = false
		}
		out.WriteRune(r)
	}
	return out.String()
}

// fit reports whether s is short printable ASCII, by far the commonest case.
func fit[T string | []byte](s T, limit int) bool {
	if len(s) > limit {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

// hidden reports whether r has no place in a line of text: it would turn the
// direction of what follows, hide, or collide with the marks of slots. Joiners
// stay, because emoji and Persian need them, and so do the direction marks of one
// character (U+200E, U+200F), which turn nothing but themselves.
func hidden(r rune) bool {
	switch {
	case r == utf8.RuneError:
		return true
	case r == 0x200C, r == 0x200D, r == 0x200E, r == 0x200F:
		return false
	case r >= 0xE0020 && r <= 0xE007F:
		return false // the flags of England, Scotland and Wales
	}
	return unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs) || !unicode.IsGraphic(r)
}

// cleanHeader is clean for a header: "=?" is pulled apart, because some readers
// decode it even where RFC 2047 §5 says it is plain text.
func cleanHeader(s string, limit int) string {
	return strings.ReplaceAll(clean(s, limit), "=?", "= ?")
}
