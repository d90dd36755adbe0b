package campaignfile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"partwork/internal/mailaddr"
)

// line returns a text that fits on one line, such as a preheader, without
// blanks around it. False means that there is none.
func line(s *section, key string) (string, bool) {
	text, ok := s.text(key, "")
	if !ok {
		return "", false
	}
	if at := strings.IndexFunc(text, breaksLine); at >= 0 {
		r := []rune(text[at:])[0]
		s.at(key).errorf(RuleText, "write it on one line, without tabs",
			"%s has %s in it; expected one line of plain text", key, nameRune(r))
		return "", false
	}
	return strings.TrimSpace(text), true
}

// filledLine is line for keys that must be there and say something.
func filledLine(s *section, key, example string) string {
	s.require(key, example)
	text, ok := line(s, key)
	if ok && text == "" {
		s.at(key).errorf(RuleText, "write a text", "%s is empty; expected a text", key)
	}
	return text
}

// breaksLine reports whether a character would end or corrupt a header or a
// heading: controls (C0, DEL, C1) and the separators of lines and paragraphs.
func breaksLine(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}

func nameRune(r rune) string {
	switch r {
	case '\n', '\r':
		return "a line end"
	case '\t':
		return "a tab"
	default:
		return fmt.Sprintf("the control character U+%04X", r)
	}
}

// readPostalAddress returns an address of one or more lines.
func readPostalAddress(s *section) string {
	const key = "postal_address"
	text, ok := s.text(key, "")
	if !ok {
		return ""
	}
	text = strings.TrimSpace(text)
	bad := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && breaksLine(r) })
	switch {
	case text == "":
		s.at(key).errorf(RuleText, "write the sender's address; the law asks for it", "%s is empty", key)
	case bad >= 0:
		s.at(key).errorf(RuleText, "remove it", "%s has %s in it", key, nameRune([]rune(text[bad:])[0]))
	case examplePostal.MatchString(text):
		s.at(key).warnf(RulePlaceholder, "write your real address before you send to others",
			"%s is still the placeholder %s", key, excerpt(text))
	}
	return text
}

var examplePostal = regexp.MustCompile(`(?i)\bexample (street|road|avenue|town|city)\b`)

// exampleDomains cannot receive mail: RFC 2606 and RFC 6761 keep them for
// documentation and tests.
var exampleDomains = []string{"example.org", "example.com", "example.net", "example", "invalid", "test"}

// checkSenderPlaceholder warns of a sender that nobody can be.
func checkSenderPlaceholder(s *section, key string, box mailaddr.Mailbox) {
	domain := box.Address.Domain()
	if slices.ContainsFunc(exampleDomains, func(example string) bool {
		return domain == example || strings.HasSuffix(domain, "."+example)
	}) {
		s.at(key).warnf(RulePlaceholder, "write an address that your mail server may send from",
			"%s is still a placeholder: no mail comes from %s", key, domain)
	}
}

// languageTag is the "langtag" of BCP 47 (RFC 5646 §2.1) without extended
// languages, extensions and private use, which no mail client knows.
var languageTag = regexp.MustCompile(
	`^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*$`)

func parseLanguage(tag string) (string, error) {
	if !languageTag.MatchString(tag) {
		return "", fmt.Errorf("%s is no language tag", excerpt(tag))
	}
	return tag, nil
}
