package cli

import (
	"fmt"
	"path"
	"strings"

	"partwork/internal/drip"
)

// unaligned warns of campaigns whose from: is of another organization's domain than
// the mailbox for bounces. A receiver checks SPF for the domain of the envelope
// sender, and DMARC counts that for the reader only if the two domains belong to one
// organization (RFC 9989 §4.4.2).
func (f *folder) unaligned() []drip.Finding {
	mailbox := f.cfg.Bounces.Mailbox()
	if mailbox.IsZero() {
		return nil
	}
	var found []drip.Finding
	for _, c := range f.library.Campaigns {
		from := c.From.Address.Domain()
		if organization(from) == organization(mailbox.Domain()) {
			continue
		}
		file := path.Join(c.ID, "campaign.yaml")
		found = append(found, drip.Finding{
			File: path.Join(f.name, file), Line: f.lineOf(file, fromLine), Severity: drip.SeverityWarning, Rule: "unaligned",
			Message: fmt.Sprintf("from is at %s and bounces.address at %s: SPF then speaks for another domain than the one that readers see, "+
				"and DMARC rests on DKIM alone", from, mailbox.Domain()),
			Fix: "use a mailbox for bounces at bounce." + from + " or the like, or be sure that the letters are signed for " + from,
		})
	}
	return found
}

// organization returns the end of a domain that stands for an organization: the last
// two names, or three if the last but one is as short as in co.uk or com.au. The list
// of public suffixes would know better, but it grows with the registries, and an
// error here costs no more than a warning that is missing or needless.
func organization(domain string) string {
	names := strings.Split(domain, ".")
	n := 2
	if len(names) > 2 && len(names[len(names)-1]) == 2 && len(names[len(names)-2]) <= 3 {
		n = 3
	}
	return strings.Join(names[max(0, len(names)-n):], ".")
}
