package mailaddr

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxName is the most a display name may have, in runes.
const MaxName = 200

// maxNameBytes bounds the work done on a name, whatever its length.
const maxNameBytes = MaxName * utf8.UTFMax

// The two joiners shape letters in Persian, Hindi or Sinhala names and hide nothing.
const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
)

// CheckName returns an error if name is no fit display name: more than 200 runes,
// invalid UTF-8, a line end, NUL or other control, a direction override or another
// hidden character, or "=?", which begins an encoded word (RFC 2047 §2). Anything
// else is a name, quotes and commas too. The empty name is fit.
//
// The error repeats nothing of the name but the offending character.
func CheckName(name string) error {
	if len(name) > maxNameBytes || utf8.RuneCountInString(name) > MaxName {
		return fmt.Errorf("the name is longer than %d characters", MaxName)
	}
	if !utf8.ValidString(name) {
		return errors.New("the name is not valid UTF-8")
	}
	for _, r := range name {
		switch {
		case r == '\r' || r == '\n':
			return errors.New("the name has a line break in it; a name is one line")
		case isHiddenInName(r):
			return fmt.Errorf("the name has a hidden character, %U, in it; retype it", r)
		}
	}
	if strings.Contains(name, "=?") {
		return errors.New(`the name has "=?" in it, which mail programs decode; write the name in plain letters`)
	}
	return nil
}

// CleanName returns the nearest fit name: line ends, controls and runs of blanks
// become one space, hidden characters go, "=?" is pulled apart, and what is too long
// is cut. CheckName(CleanName(s)) is nil for every s.
func CleanName(name string) string {
	if len(name) > maxNameBytes {
		name = name[:maxNameBytes]
	}
	name = strings.Map(visible, strings.ToValidUTF8(name, ""))
	name = strings.ReplaceAll(strings.Join(strings.Fields(name), " "), "=?", "= ?")
	return strings.TrimSpace(firstRunes(name, MaxName))
}

// visible maps controls to blanks and drops what else is hidden.
func visible(r rune) rune {
	switch {
	case unicode.IsControl(r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
		return ' '
	case isHiddenInName(r):
		return -1
	default:
		return r
	}
}

func isHiddenInName(r rune) bool {
	switch {
	case r == zeroWidthJoiner, r == zeroWidthNonJoiner, unicode.Is(unicode.Variation_Selector, r):
		return false
	default:
		return isHidden(r)
	}
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
