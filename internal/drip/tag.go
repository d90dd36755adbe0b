package drip

import (
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"

	"partwork/internal/segment"
)

// MaxTag is the length of a tag, in characters.
const MaxTag = segment.MaxTag

// Tag is a word or two that people are found by, as [segment.TagName] writes it, of at
// most MaxTag characters. ParseTag makes it.
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
	tag := segment.TagName(typed)
	switch n := utf8.RuneCountInString(tag); {
	case n == 0:
		return "", errors.New("the tag is empty")
	case n > MaxTag:
		return "", fmt.Errorf("the tag has %d characters; at most %d are allowed", n, MaxTag)
	}
	return Tag(tag), nil
}
