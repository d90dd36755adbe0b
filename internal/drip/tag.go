package drip

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxTag is the length of a tag, in characters.
const MaxTag = 64

// Tag is a word or two that people are found by: lower case, NFC, without blanks at
// its ends and with single ones inside, at most MaxTag characters. ParseTag makes it.
type Tag string

// ParseTag returns the tag that somebody typed. The error says what is wrong with it
// and repeats none of it.
func ParseTag(typed string) (Tag, error) {
	if !utf8.ValidString(typed) {
		return "", errors.New("the tag is not valid UTF-8")
	}
	for _, r := range typed {
		if !unicode.IsSpace(r) && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return "", fmt.Errorf("the tag has a hidden character, %U, in it; retype it", r)
		}
	}
	tag := norm.NFC.String(strings.ToLower(strings.Join(strings.Fields(typed), " ")))
	switch n := utf8.RuneCountInString(tag); {
	case n == 0:
		return "", errors.New("the tag is empty")
	case n > MaxTag:
		return "", fmt.Errorf("the tag has %d characters; at most %d are allowed", n, MaxTag)
	}
	return Tag(tag), nil
}
