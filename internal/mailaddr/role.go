package mailaddr

import "strings"

// IsRole reports whether the address names a function and not a person: the
// mailboxes of RFC 2142, list owners, and those that never read. Role addresses
// rarely gave consent and often complain. A "+detail" does not hide a role.
func (a Address) IsRole() bool {
	local, _, _ := strings.Cut(strings.Map(lower, a.Local()), "+")
	switch local {
	case "info", "marketing", "sales", "support", // RFC 2142 §3
		"abuse", "noc", "security", // §4
		"postmaster", "hostmaster", "usenet", "news", "webmaster", "www", "uucp", "ftp", // §5
		"noreply", "no-reply", "no_reply", "no.reply",
		"donotreply", "do-not-reply", "do_not_reply", "do.not.reply",
		"mailer-daemon", "bounce", "bounces":
		return true
	}
	// §6: mailing lists.
	return strings.HasSuffix(local, "-request") || strings.HasPrefix(local, "owner-")
}
