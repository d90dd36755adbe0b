package mailaddr

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// padding is what Parse trims: what copying from a spreadsheet leaves behind.
// Line ends are not among it.
const padding = " \t\u00a0"

// Parse reads a bare address such as "anna@example.org". Blanks around it are
// dropped, the domain becomes lower-case A-labels (RFC 5891), the local part stays
// as typed. Parse(a.String()) is a again.
//
// Accepted are a dot-atom local part of at most 64 octets (RFC 5322 §3.2.3,
// RFC 6531 §3.3) that does not begin with "-", and a domain with at least one dot.
// The error is an [*Error].
func Parse(s string) (Address, error) {
	// First of all, so that nothing below ever sees a long text.
	if len(s) > maxAddress {
		return Address{}, refuse(s, fmt.Sprintf(
			"the address is %d bytes long; at most %d are allowed", len(s), maxAddress))
	}
	a, problem := parse(strings.Trim(s, padding))
	if problem != "" {
		return Address{}, refuse(s, problem)
	}
	return a, nil
}

// parse returns the address, or what is wrong with s.
func parse(s string) (Address, string) {
	if problem := checkWhole(s); problem != "" {
		return Address{}, problem
	}
	local, typed, _ := strings.Cut(s, "@")
	if problem := checkLocal(local); problem != "" {
		return Address{}, problem
	}
	domain, problem := toASCII(typed)
	if problem != "" {
		return Address{}, problem
	}
	// A-labels are longer than what was typed.
	if n := len(local) + 1 + len(domain); n > maxAddress {
		return Address{}, fmt.Sprintf(
			"the address is %d bytes long on the wire; at most %d are allowed", n, maxAddress)
	}
	return Address{text: local + "@" + domain, at: len(local)}, ""
}

func checkWhole(s string) string {
	if s == "" {
		return "there is no address; expected one like anna@example.org"
	}
	for i, r := range s {
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			return "the text is not valid UTF-8"
		}
		if isSpace(r) {
			return "there is a space inside; an address has none"
		}
		if isHidden(r) {
			return fmt.Sprintf("there is a hidden character, %U, inside; retype the address", r)
		}
	}
	if strings.ContainsAny(s, "<>") {
		return "expected the address alone, without a name and angle brackets"
	}
	switch strings.Count(s, "@") {
	case 0:
		return "there is no @; expected an address like anna@example.org"
	case 1:
		return ""
	default:
		return "there is more than one @; expected one address like anna@example.org"
	}
}

func checkLocal(local string) string {
	switch {
	case local == "":
		return "there is nothing before the @"
	case len(local) > maxLocal:
		return fmt.Sprintf("the part before the @ is %d bytes long; at most %d are allowed", len(local), maxLocal)
	case local[0] == '-':
		return `the part before the @ begins with "-", which programs mistake for an option`
	case strings.ContainsAny(local, `"\`):
		return "the part before the @ is quoted or escaped; such addresses are not accepted"
	case local[0] == '.' || local[len(local)-1] == '.':
		return "the part before the @ begins or ends with a dot"
	case strings.Contains(local, ".."):
		return "the part before the @ has two dots in a row"
	case strings.Contains(local, "=?"):
		// Some receivers decode RFC 2047 words here, against its §5 (3).
		return `the part before the @ has "=?" in it, which some mail programs decode`
	}
	for _, r := range local {
		if r != '.' && !isAtext(r) {
			return fmt.Sprintf("%q is not allowed before the @", r)
		}
	}
	return ""
}

// isAtext is atext of RFC 5322 §3.2.3, widened by RFC 6531 §3.3 to what is
// printable outside ASCII.
func isAtext(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return true
	case r < utf8.RuneSelf:
		return strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
	default:
		return unicode.IsPrint(r) && r != unicode.ReplacementChar
	}
}

// isSpace is a blank of any script. Line ends are hidden characters instead.
func isSpace(r rune) bool {
	return r == ' ' || r == '\t' || unicode.Is(unicode.Zs, r)
}

// isHidden reports controls, line ends, direction overrides, and everything that
// changes a text without being seen in it.
func isHidden(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Bidi_Control,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) || r == 0x2800
}
