package mailaddr

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// toASCII returns the domain in lower-case A-labels, or what is wrong with it.
//
// idna.Lookup alone accepts "localhost", "a..b", "1.2.3.4", a final dot and
// symbols, and turns "xn--" into nothing: its result is checked again.
func toASCII(typed string) (domain, problem string) {
	if problem := checkTyped(typed); problem != "" {
		return "", problem
	}
	domain = strings.ToLower(typed)
	if needsIDNA(domain) {
		ascii, err := idna.Lookup.ToASCII(typed)
		if err != nil {
			return "", "the domain after the @ is not a valid international domain name"
		}
		// What is stored must mean the same when it is read again.
		if again, err := idna.Lookup.ToASCII(ascii); err != nil || again != ascii {
			return "", "the domain after the @ is not a valid international domain name"
		}
		domain = ascii
	}
	return domain, checkDomain(domain)
}

func checkTyped(typed string) string {
	switch {
	case typed == "":
		return "there is nothing after the @"
	case typed[0] == '[':
		return "the part after the @ is an IP address; expected a domain like example.org"
	case strings.Count(typed, ".") == 0 && isASCII(typed):
		return "the domain after the @ has no dot; expected one like example.org"
	}
	return ""
}

// needsIDNA is false for nearly every domain, which keeps imports fast.
func needsIDNA(domain string) bool {
	return !isASCII(domain) || strings.Contains(domain, "xn--")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func checkDomain(domain string) string {
	last, labels := "", 0
	for label := range strings.SplitSeq(domain, ".") {
		if problem := checkLabel(label); problem != "" {
			return problem
		}
		last = label
		labels++
	}
	if labels < 2 {
		return "the domain after the @ has no dot; expected one like example.org"
	}
	// RFC 3696 §2: top-level domains are not all-numeric; IP addresses are.
	if strings.Trim(last, "0123456789") == "" {
		return "the part after the @ ends in a number, like an IP address; expected a domain like example.org"
	}
	return ""
}

// checkLabel is the LDH rule of RFC 1123 §2.1 and RFC 5890 §2.3.1.
func checkLabel(label string) string {
	switch {
	case label == "":
		return "the domain after the @ has a dot too many"
	case len(label) > maxLabel:
		return fmt.Sprintf("a part of the domain is %d bytes long; at most %d are allowed", len(label), maxLabel)
	case label[0] == '-' || label[len(label)-1] == '-':
		return `a part of the domain begins or ends with "-"`
	case len(label) >= 4 && label[2:4] == "--" && label[:2] != "xn":
		return `a part of the domain has "--" as its third and fourth letter, which is reserved`
	}
	for _, r := range label {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return fmt.Sprintf("%q is not allowed in a domain", r)
		}
	}
	return ""
}
