package mailaddr

import (
	"fmt"
	"strings"
	"unicode"
)

// maxMailbox bounds, in bytes, what ParseMailbox looks at: a name whose every
// byte is escaped, and an address.
const maxMailbox = 2*maxNameBytes + maxAddress + 8

// Mailbox is an address with a display name, such as a sender. The zero value
// is no mailbox.
type Mailbox struct {
	// Name is fit for [CheckName]; empty if there is none.
	Name string
	// Address is where mail goes.
	Address Address
}

// IsZero reports whether m is the zero value.
func (m Mailbox) IsZero() bool { return m == Mailbox{} }

// String returns the form [ParseMailbox] reads, which gives m again:
// `Anna <a@b.org>`, `"Smith, J." <a@b.org>` or `a@b.org`. It is for files and
// screens; a header needs RFC 2047 as well.
func (m Mailbox) String() string {
	if m.Name == "" {
		return m.Address.String()
	}
	return formatName(m.Name) + " <" + m.Address.String() + ">"
}

func formatName(name string) string {
	if checkPhrase(name) == "" && strings.Join(strings.Fields(name), " ") == name {
		return name
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}

// ParseMailbox reads `Name <address>`, `"Name, quoted" <address>` or a bare
// address: mailbox of RFC 5322 §3.4 in UTF-8, without comments, groups, routes and
// encoded words. A name holding one of ( ) < > [ ] : ; @ \ , " must be quoted.
// The error is an [*Error].
func ParseMailbox(s string) (Mailbox, error) {
	if len(s) > maxMailbox {
		return Mailbox{}, refuse(s, fmt.Sprintf("the text is %d bytes long; at most %d are allowed", len(s), maxMailbox))
	}
	m, problem := parseMailbox(strings.Trim(s, padding))
	if problem != "" {
		return Mailbox{}, refuse(s, problem)
	}
	return m, nil
}

func parseMailbox(s string) (Mailbox, string) {
	if !strings.HasPrefix(s, `"`) && !strings.ContainsAny(s, "<>") {
		address, problem := parseShort(s)
		return Mailbox{Address: address}, problem
	}
	name, rest, problem := cutName(s)
	if problem != "" {
		return Mailbox{}, problem
	}
	if err := CheckName(name); err != nil {
		return Mailbox{}, err.Error()
	}
	if len(rest) < 2 || rest[0] != '<' || rest[len(rest)-1] != '>' {
		return Mailbox{}, "expected the address in angle brackets at the end, like Anna <anna@example.org>"
	}
	address, problem := parseShort(rest[1 : len(rest)-1])
	if problem != "" {
		return Mailbox{}, problem
	}
	return Mailbox{Name: name, Address: address}, ""
}

// parseShort is parse with the length checked first.
func parseShort(s string) (Address, string) {
	if len(s) > maxAddress {
		return Address{}, fmt.Sprintf("the address is %d bytes long; at most %d are allowed", len(s), maxAddress)
	}
	return parse(s)
}

// cutName splits s after the display name; rest begins with what follows it.
func cutName(s string) (name, rest, problem string) {
	if strings.HasPrefix(s, `"`) {
		return cutQuoted(s[1:])
	}
	i := strings.IndexByte(s, '<')
	if i < 0 {
		return "", "", `there is a ">" without a "<"`
	}
	if problem := checkPhrase(s[:i]); problem != "" {
		return "", "", problem
	}
	// RFC 5322 §3.2.5: the blanks between the words of a phrase are one.
	return strings.Join(strings.FieldsFunc(s[:i], isPhraseBlank), " "), s[i:], ""
}

func isPhraseBlank(r rune) bool { return r == ' ' || r == '\t' }

// cutQuoted reads a quoted-string of RFC 5322 §3.2.4 after its opening quote.
func cutQuoted(s string) (name, rest, problem string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), strings.TrimLeft(s[i+1:], padding), ""
		case '\\':
			if i++; i == len(s) {
				return "", "", `the quoted name has no closing "`
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", `the quoted name has no closing "`
}

// checkPhrase says what in an unquoted name needs quotes. The dot is obsolete
// syntax there (RFC 5322 §4.1) and universal: "Dr. Smith".
func checkPhrase(name string) string {
	for _, r := range name {
		if strings.ContainsRune(`()<>[]:;@\,"`, r) {
			return fmt.Sprintf("%q needs the name in double quotes, like \"Smith, Anna\" <anna@example.org>", r)
		}
		if unicode.IsControl(r) && r != '\t' {
			return fmt.Sprintf("the name has a hidden character, %U, in it; retype it", r)
		}
	}
	return ""
}
