package audience

import (
	"strings"

	"partwork/internal/drip"
	"partwork/internal/segment"
)

// standing is how a person stands with the program that a list comes from. The worst
// of several counts.
type standing int

// The standings, from the best to the worst.
const (
	subscribed standing = iota
	unconfirmed
	blocked
	unsubscribed
	bounced
	complained
)

// reason returns why an address of the standing must not be mailed; empty if it may be.
func (s standing) reason() drip.SuppressionReason {
	switch s {
	case blocked:
		return drip.SuppressedByAdmin
	case unsubscribed:
		return drip.SuppressedByReader
	case bounced:
		return drip.SuppressedByBounce
	case complained:
		return drip.SuppressedByComplaint
	case subscribed, unconfirmed:
	}
	return ""
}

// standingOf returns how people stand who must not be mailed for a reason.
func standingOf(reason drip.SuppressionReason) standing {
	for s := blocked; s <= complained; s++ {
		if s.reason() == reason {
			return s
		}
	}
	return blocked
}

// word is how a column tells the standing; empty if it needs no saying.
func (s standing) word() string {
	return [...]string{"", "unconfirmed", "blocked", "unsubscribed", "bounced", "complained"}[s]
}

// stateForm is how a column tells a standing.
type stateForm int

const (
	readsWord   stateForm = iota // "unsubscribed"
	readsMark                    // anything but blank, no, false and 0 gives the standing: true, or a date
	readsWish                    // no, false and 0 give it; yes, true, 1 and dates do not
	readsReason                  // why somebody left; it is a complaint if it says so
)

// standingWords are the words of columns that tell the state, in lower case with
// underscores.
var standingWords = map[string]standing{
	"subscribed": subscribed, "subscriber": subscribed, "active": subscribed, "enabled": subscribed, "confirmed": subscribed,
	"regular": subscribed, "premium": subscribed, "gifted": subscribed, "trialed": subscribed, "churning": subscribed, "churned": subscribed,
	"past_due": subscribed, "free": subscribed, "paid": subscribed, "comped": subscribed, "complimentary": subscribed,
	"opted_in": subscribed, "opt_in": subscribed, "optin": subscribed, "double_opt_in": subscribed, "single_opt_in": subscribed,
	"yes": subscribed, "true": subscribed, "1": subscribed, "ok": subscribed, "engaged": subscribed, "cold": subscribed,

	"pending": unconfirmed, "unconfirmed": unconfirmed, "unactivated": unconfirmed, "inactive": unconfirmed, "upcoming": unconfirmed,
	"transactional": unconfirmed, "non_subscribed": unconfirmed, "nonsubscribed": unconfirmed, "never_subscribed": unconfirmed,
	"not_subscribed": unconfirmed, "waiting": unconfirmed, "invited": unconfirmed, "paused": unconfirmed,

	"blocklisted": blocked, "blacklisted": blocked, "blocked": blocked, "banned": blocked, "suppressed": blocked, "disabled": blocked,
	"spammy": blocked, "archived": blocked,

	"unsubscribed": unsubscribed, "cancelled": unsubscribed, "canceled": unsubscribed, "removed": unsubscribed, "deleted": unsubscribed,
	"opted_out": unsubscribed, "opt_out": unsubscribed, "optout": unsubscribed, "left": unsubscribed, "no": unsubscribed,
	"false": unsubscribed, "0": unsubscribed, "unsubscribe": unsubscribed, "do_not_contact": unsubscribed,

	"cleaned": bounced, "bounced": bounced, "bounce": bounced, "hard_bounced": bounced, "hard_bounce": bounced,
	"undeliverable": bounced, "invalid": bounced, "undelivered": bounced,

	"complained": complained, "complaint": complained, "complaints": complained, "spam": complained, "abuse": complained,
	// As people write it in German, French and Spanish, without the letters that ASCII lacks.
	"abonniert": subscribed, "angemeldet": subscribed, "aktiv": subscribed, "abonn": subscribed, "inscrit": subscribed, "actif": subscribed,
	"suscrito": subscribed, "activo": subscribed, "unbest_tigt": unconfirmed, "en_attente": unconfirmed, "pendiente": unconfirmed,
	"abgemeldet": unsubscribed, "ausgetragen": unsubscribed, "gek_ndigt": unsubscribed, "d_sabonn": unsubscribed, "d_sinscrit": unsubscribed,
	"baja": unsubscribed, "cancelado": unsubscribed,

	"marked_as_spam": complained, "reported_spam": complained, "spam_complaint": complained,
}

// no and yes are flags, in lower case.
func isNo(cell string) bool {
	return cell == "" || cell == "false" || cell == "no" || cell == "n" || cell == "0" || cell == "f" || cell == "null"
}

func isYes(cell string) bool {
	return cell == "true" || cell == "yes" || cell == "y" || cell == "1" || cell == "t" || cell == "x"
}

// standing reads a cell that is not blank, in a column that tells the state. It reports
// false if the cell says nothing that is known.
func (c *column) standing(cell string) (standing, bool) {
	word := strings.ToLower(strings.TrimSpace(cell))
	switch c.reads {
	case readsMark:
		if isNo(word) {
			return subscribed, true
		}
		return c.gives, true
	case readsWish:
		if isNo(word) {
			return c.gives, true
		}
		if _, ok := readDate(word); ok || isYes(word) {
			return subscribed, true
		}
	case readsReason:
		for _, sign := range []string{"abuse", "spam", "complain"} {
			if strings.Contains(word, sign) {
				return complained, true
			}
		}
		return subscribed, true // that they left is in another column
	case readsWord:
	}
	s, ok := standingWords[segment.AttributeName(word)]
	return s, ok
}
