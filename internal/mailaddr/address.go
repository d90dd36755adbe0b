// Package mailaddr knows email addresses and the names beside them: which ones
// Partwork will mail, how they are written on the wire, and how two spellings
// of one address are recognized.
//
// It is stricter than RFC 5321 on purpose. Quoted local parts, IP literals,
// domains without a dot and hidden characters are legal somewhere and are the
// tools of header and command injection everywhere; nobody's mailbox needs them.
// Every value of this package is safe to place between "<" and ">" in an SMTP
// command. The package is pure: no DNS, no clock, no I/O.
package mailaddr

import (
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The size limits, in octets, of RFC 5321 §4.5.3.1 (with erratum 1690 for the
// whole address) and RFC 1035 §2.3.4. The first keeps the domain within its 253.
const (
	maxAddress = 254
	maxLocal   = 64
	maxLabel   = 63
)

// Address is one syntactically safe address, as made by [Parse]. It compares
// with ==, which tells typed forms apart; compare [Address.Key] to ask whether
// two addresses reach the same mailbox. The zero value is no address.
type Address struct {
	text string // the delivery form
	at   int    // the position of the @ in text
}

// IsZero reports whether a is the zero value, which is no address.
func (a Address) IsZero() bool { return a.text == "" }

// String returns the delivery form: the local part as it was typed, an @, and
// the domain in lower-case A-labels. It is empty for the zero value.
func (a Address) String() string { return a.text }

// Local returns the part before the @ as it was typed.
func (a Address) Local() string { return a.text[:a.at] }

// Domain returns the part after the @: lower case, A-labels, no final dot.
func (a Address) Domain() string {
	if a.IsZero() {
		return ""
	}
	return a.text[a.at+1:]
}

// Key returns the form for matching only: Unicode NFC and lower case throughout.
// Mail must go to [Address.String], because RFC 5321 §2.4 lets the receiving host
// tell cases apart. Keys of different addresses differ, but for case and
// normalization.
func (a Address) Key() string {
	if isLowerASCII(a.text) {
		return a.text
	}
	return norm.NFC.String(strings.Map(lower, norm.NFC.String(a.text)))
}

// lower is unicode.ToLower, except that no letter outside ASCII becomes one
// within: "İ" is not "i", or one person could act for another.
func lower(r rune) rune {
	l := unicode.ToLower(r)
	if l < utf8.RuneSelf && r >= utf8.RuneSelf {
		return r
	}
	return l
}

func isLowerASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || ('A' <= c && c <= 'Z') {
			return false
		}
	}
	return true
}

// NeedsSMTPUTF8 reports whether the local part has characters outside ASCII, so
// that only a relay that offers SMTPUTF8 can be given it (RFC 6531 §3.3). The
// domain never needs it.
func (a Address) NeedsSMTPUTF8() bool {
	for i := range len(a.Local()) {
		if a.text[i] >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

// LogValue keeps addresses out of logs: it is the same for every address.
func (a Address) LogValue() slog.Value { return slog.StringValue("[address]") }

// MarshalText returns the delivery form, for JSON.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.text), nil }

// UnmarshalText is [Parse], but for the empty text, which gives the zero value.
func (a *Address) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*a = Address{}
		return nil
	}
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}
