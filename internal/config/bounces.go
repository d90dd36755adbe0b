package config

import (
	"errors"
	"fmt"

	"partwork/internal/mailaddr"
	"partwork/internal/token"
)

// Bounces says where the mail goes that says a letter did not arrive.
type Bounces struct {
	Address string `yaml:"address" type:"address" default:"" doc:"The mailbox for bounces. Every letter gets an address of its own there, with a plus sign and a signed tag, as its envelope sender: bounces+TAG@bounce.example.org. The mailbox must take such addresses. Empty for the from: of the campaign. See BOUNCES.md."`
}

// Mailbox returns the mailbox for bounces, and the zero address for none and for one
// that was never validated.
func (b Bounces) Mailbox() mailaddr.Address {
	address, err := mailaddr.Parse(b.Address)
	if err != nil {
		return mailaddr.Address{}
	}
	return address
}

// maxBounceLocal leaves room for the plus sign and the tag before the @, where RFC
// 5321 §4.5.3.1.1 allows 64 octets, and maxBounceAddress in the whole address, which
// has at most 254 (RFC 3696, erratum 1690).
const (
	maxBounceLocal   = 64 - 1 - token.TagSize
	maxBounceAddress = 254 - 1 - token.TagSize
)

// validateBounces reports what keeps letters from having an envelope sender in the
// mailbox, and writes the address as it goes over the wire.
func (l *loader) validateBounces(b *Bounces) {
	const key = "bounces.address"
	if b.Address == "" {
		return
	}
	address, err := mailaddr.Parse(b.Address)
	if err != nil {
		reason := err.Error()
		if refused := (*mailaddr.Error)(nil); errors.As(err, &refused) {
			reason = refused.Problem
		}
		l.report(key, fmt.Sprintf("%s cannot be used: %s", quote(b.Address), reason), "write an address, such as bounces@bounce.example.org")
		return
	}
	switch {
	case address.NeedsSMTPUTF8():
		l.report(key, quote(b.Address)+" has characters outside ASCII before the @, which not every relay takes", "choose a mailbox without")
	case len(address.Local()) > maxBounceLocal:
		l.report(key, fmt.Sprintf("%s has %d characters before the @, which leaves no room for the tag", quote(b.Address), len(address.Local())),
			fmt.Sprintf("choose a mailbox with at most %d", maxBounceLocal))
	case len(address.String()) > maxBounceAddress:
		l.report(key, fmt.Sprintf("it has %d characters on the wire, which leaves no room for the tag", len(address.String())),
			fmt.Sprintf("choose a mailbox with at most %d", maxBounceAddress))
	default:
		b.Address = address.String()
	}
}
