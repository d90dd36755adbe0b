package mailaddr

import (
	"strconv"
	"unicode/utf8"
)

// maxExcerpt is how many runes of a refused input an error repeats.
const maxExcerpt = 60

// Error says why an input was refused, in words for whoever typed it.
type Error struct {
	// Problem says what was found and what is expected. It repeats nothing of
	// the input beyond single characters, so it may be logged.
	Problem string
	// Excerpt is the beginning of the input, at most 60 runes, quoted, with
	// everything unprintable escaped.
	Excerpt string
}

// Error returns the problem and the excerpt: personal data, not for logs.
func (e *Error) Error() string { return e.Excerpt + ": " + e.Problem }

func refuse(input, problem string) error {
	return &Error{Problem: problem, Excerpt: excerpt(input)}
}

// excerpt touches only the beginning of s, however long s is.
func excerpt(s string) string {
	end := 0
	for range maxExcerpt {
		_, size := utf8.DecodeRuneInString(s[end:])
		end += size
	}
	quoted := strconv.Quote(s[:end])
	if end < len(s) {
		quoted += "…"
	}
	return quoted
}
