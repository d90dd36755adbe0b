package audience

import (
	"strings"

	"partwork/internal/drip"
	"partwork/internal/token"
)

// ConfirmURL returns the link with which the person of an enrollment confirms.
// base is the public URL of the readers' pages, with or without a final slash.
func (a *Audience) ConfirmURL(base string, e drip.Enrollment) string {
	return a.link(base, "/c/", token.Confirm, e)
}

// UnsubscribeURL returns the link with which the person of an enrollment leaves
// its series, in this enrollment or a later one. It is the URI of
// List-Unsubscribe (RFC 8058 §3.1): it names person and series by itself, hard
// to forge (§6), and works for as long as the key is kept.
func (a *Audience) UnsubscribeURL(base string, e drip.Enrollment) string {
	return a.link(base, "/u/", token.Unsubscribe, e)
}

// PreferencesURL returns the link to the page on which the person of an
// enrollment sets its pace, pauses, or asks for the next issue. Like that of
// UnsubscribeURL it holds for the series, also when another enrollment follows.
func (a *Audience) PreferencesURL(base string, e drip.Enrollment) string {
	return a.link(base, "/p/", token.Preferences, e)
}

// ViewURL returns the link that shows the message of a delivery in a browser, and
// nothing else.
func (a *Audience) ViewURL(base string, key drip.DeliveryKey) string {
	return strings.TrimRight(base, "/") + "/v/" + a.keyring.Sign(token.View, token.Subject{A: int64(key.Enrollment), B: int64(key.Issue)})
}

// link signs enrollment and subscriber: should the number of an erased
// enrollment ever be given out again, the old link does not open the new one.
func (a *Audience) link(base, path string, p token.Purpose, e drip.Enrollment) string {
	return strings.TrimRight(base, "/") + path + a.signed(p, e)
}

// signed returns the token of a link.
func (a *Audience) signed(p token.Purpose, e drip.Enrollment) string {
	return a.keyring.Sign(p, token.Subject{A: int64(e.ID), B: int64(e.Subscriber)})
}
