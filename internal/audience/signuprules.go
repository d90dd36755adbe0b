package audience

import (
	"net/netip"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
	"partwork/internal/token"
)

// SignUpRules bound what strangers can have sent through the sign-up pages. The zero
// value stands for [DefaultSignUpRules].
type SignUpRules struct {
	// Expires is how long after its mail a request can be confirmed.
	Expires time.Duration
	// PerAddress counts confirmation mails to one address within Expires, or within a
	// day if that is longer; PerDomain those to one domain within a day. The large
	// providers of mailboxes are exempt from it.
	PerAddress, PerDomain int
	// PerNetwork and Total count requests within an hour. Of these and of PerDomain, 0
	// is no limit.
	PerNetwork, Total int
	// KeepNetwork has the network kept with the consent, cut short.
	KeepNetwork bool
}

// DefaultSignUpRules returns the rules of a configuration that says nothing.
func DefaultSignUpRules() SignUpRules {
	return SignUpRules{Expires: 7 * day, PerAddress: 3, PerDomain: 100, PerNetwork: 20, Total: 500, KeepNetwork: true}
}

const (
	day = 24 * time.Hour
	// mailPause is the least time between two confirmation mails to one address: the
	// first one may be slow, and impatience must not use up the others.
	mailPause = 10 * time.Minute
)

// addressWindow is the time over which the mails to an address are counted.
func (r SignUpRules) addressWindow() time.Duration { return max(r.Expires, day) }

func (r SignUpRules) limits() store.SignUpLimits {
	return store.SignUpLimits{
		Network: store.SignUpLimit{Count: r.PerNetwork, Within: time.Hour},
		Total:   store.SignUpLimit{Count: r.Total, Within: time.Hour},
		Address: store.SignUpLimit{Count: r.PerAddress, Within: r.addressWindow()},
		Domain:  store.SignUpLimit{Count: r.PerDomain, Within: day},
		Pause:   mailPause,
	}
}

// networkOf cuts an address to what is given to one customer, or to a few: 24 bits of
// IPv4, 56 of IPv6 (RFC 6177 §2). It is false for no address and for one of this
// machine: then a proxy stands before us that does not say for whom.
func networkOf(addr netip.Addr, four, six int) (netip.Prefix, bool) {
	addr = addr.Unmap().WithZone("")
	if !addr.IsValid() || addr.IsLoopback() || addr.IsUnspecified() {
		return netip.Prefix{}, false
	}
	bits := six
	if addr.Is4() {
		bits = four
	}
	network, err := addr.Prefix(bits)
	return network, err == nil
}

// signUpNames makes the names by which a request is counted. They are keyed hashes:
// what was counted tells nobody who asked for what.
func (a *Audience) signUpNames(email mailaddr.Address, from netip.Addr) store.SignUpNames {
	names := store.SignUpNames{Address: a.counted("address", email.Tally())}
	if network, ok := networkOf(from, 24, 56); ok {
		names.Network = a.counted("network", network.String())
	}
	if !email.IsProvider() {
		names.Domain = a.counted("domain", email.TallyDomain())
	}
	return names
}

func (a *Audience) counted(kind, what string) string {
	return a.keyring.Opaque("sign-ups by "+kind+": "+what, token.Subject{})
}

// keptNetwork is what the consent says of where it came from: less than what requests
// are counted by.
func (a *Audience) keptNetwork(from netip.Addr) string {
	network, ok := networkOf(from, 24, 48)
	if !ok || !a.signUps.KeepNetwork {
		return ""
	}
	return network.String()
}

// unfit reports whether no person can be meant: mail to a function of a domain is read
// by whoever is on duty, and the campaign itself need not write to itself.
func unfit(email mailaddr.Address, c *drip.Campaign) bool {
	base, _ := email.Base()
	return email.IsRole() || base.Key() == c.From.Address.Key() || base.Key() == c.ReplyTo.Address.Key()
}

// others are the hashes of addresses that reach the same mailbox: whoever wants no mail
// there wants none to a variant of it either.
func (a *Audience) others(email mailaddr.Address) []mailaddr.Hash {
	base, detailed := email.Base()
	if !detailed {
		return nil
	}
	return []mailaddr.Hash{a.hasher.Sum(base)}
}
