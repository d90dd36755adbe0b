package mailaddr

import "strings"

// Base returns the address without a "+detail" before the @, which most hosts
// deliver to the same mailbox (RFC 5233), and whether there was one.
func (a Address) Base() (Address, bool) {
	local, _, cut := strings.Cut(a.Local(), "+")
	if !cut || checkLocal(local) != "" {
		return a, false
	}
	return Address{text: local + a.text[a.at:], at: len(local)}, true
}

// Tally returns the form by which requests for mail to a are counted: whatever may
// reach the same mailbox counts as one. Case, a "+detail" and dots before the @ do not
// tell apart, on any host: somebody who shares a count with a stranger loses little, and
// whoever is bombed with 500 spellings of their address loses much. It is never a
// form to send to.
func (a Address) Tally() string {
	base, _ := a.Base()
	local, domain, _ := strings.Cut(base.Key(), "@")
	return strings.ReplaceAll(local, ".", "") + "@" + tallyDomain(domain)
}

func tallyDomain(domain string) string {
	if domain == "googlemail.com" {
		return "gmail.com"
	}
	return domain
}

// TallyDomain returns the form of the domain by which requests are counted: the part of
// it that somebody has registered, as far as that can be told without a list. Whoever
// owns a domain gets the mail to any name below it, if they like.
func (a Address) TallyDomain() string {
	labels := strings.Split(tallyDomain(a.Domain()), ".")
	keep := 2
	if n := len(labels); n > 2 && len(labels[n-2]) <= len("com") {
		keep = 3 // co.uk, com.br, ac.at
	}
	return strings.Join(labels[max(0, len(labels)-keep):], ".")
}

// IsProvider reports whether the domain of a is one of the large providers of
// mailboxes: so many strangers have one there that requests for mail to it say
// nothing.
func (a Address) IsProvider() bool {
	domain := a.Domain()
	if providers[domain] {
		return true
	}
	for _, family := range []string{"yahoo.", "hotmail.", "outlook.", "live.", "gmx."} {
		if country, ok := strings.CutPrefix(domain, family); ok && strings.Count(country, ".") <= 1 && len(country) <= len("com.br") {
			return true
		}
	}
	return false
}

var providers = map[string]bool{
	"gmail.com": true, "googlemail.com": true, "msn.com": true, "aol.com": true, "icloud.com": true, "me.com": true, "mac.com": true,
	"proton.me": true, "protonmail.com": true, "pm.me": true, "fastmail.com": true, "mail.com": true, "zoho.com": true,
	"tutanota.com": true, "tuta.io": true, "posteo.de": true, "mailbox.org": true,
	"web.de": true, "t-online.de": true, "freenet.de": true, "bluewin.ch": true, "orange.fr": true, "free.fr": true, "laposte.net": true,
	"wanadoo.fr": true, "libero.it": true, "virgilio.it": true, "wp.pl": true, "o2.pl": true, "seznam.cz": true, "ziggo.nl": true,
	"comcast.net": true, "verizon.net": true, "att.net": true, "sbcglobal.net": true, "btinternet.com": true, "sky.com": true,
	"shaw.ca": true, "rogers.com": true, "bigpond.com": true, "uol.com.br": true, "terra.com.br": true, "bol.com.br": true,
	"mail.ru": true, "yandex.ru": true, "yandex.com": true, "ukr.net": true,
	"qq.com": true, "163.com": true, "126.com": true, "naver.com": true, "daum.net": true, "rediffmail.com": true,
}
