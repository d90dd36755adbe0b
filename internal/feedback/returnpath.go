package feedback

import (
	"errors"
	"fmt"
	"strings"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/token"
)

// ReturnPath makes and reads the addresses that bounces go to, one for each delivery
// (VERP, https://cr.yp.to/proto/verp.txt): the mailbox with a tag behind a plus sign,
// which mail servers deliver to the mailbox itself (RFC 5233). A tag names nobody and
// no topic. The zero value makes none and takes none. It is safe for concurrent use.
type ReturnPath struct {
	mailbox mailaddr.Address
	keys    *token.Keyring
}

// separator stands between the mailbox and the tag.
const separator = "+"

// What is wrong with an address that a bounce came to.
var (
	// ErrNoMailbox says that no mailbox for bounces is configured.
	ErrNoMailbox = errors.New("no mailbox for bounces is configured")
	// ErrForeign says that the address is that of another mailbox.
	ErrForeign = errors.New("it is not an address of the mailbox for bounces")
	// ErrNoTag says that the address is the mailbox itself: bounces of test
	// sends, and mail of people, come to it.
	ErrNoTag = errors.New("it names no delivery")
	// ErrForged says that the tag was not made with a key of this instance: it
	// was damaged, made up, or made with a key that was removed since.
	ErrForged = errors.New("its tag was not signed by this instance")
)

// NewReturnPath returns the addresses of a mailbox; none for the zero address.
func NewReturnPath(mailbox mailaddr.Address, keys *token.Keyring) ReturnPath {
	return ReturnPath{mailbox: mailbox, keys: keys}
}

// For returns the address that bounces of a delivery go to: the same for every
// attempt, because a relay that greylists knows a letter by its envelope (RFC 6647
// §2.2), until the keys are rotated. It is the zero address if no mailbox is
// configured. The error says that the mailbox has no room for a tag, which config
// does not let happen, or that the delivery's numbers are beyond all bounds.
func (r ReturnPath) For(key drip.DeliveryKey) (mailaddr.Address, error) {
	if r.mailbox.IsZero() {
		return mailaddr.Address{}, nil
	}
	tag, err := r.keys.Tag(token.Bounce, token.Subject{A: int64(key.Enrollment), B: int64(key.Issue)})
	if err != nil {
		return mailaddr.Address{}, fmt.Errorf("address for bounces: %w", err)
	}
	address, err := mailaddr.Parse(r.mailbox.Local() + separator + tag + "@" + r.mailbox.Domain())
	if err != nil {
		return mailaddr.Address{}, errors.New("address for bounces: the mailbox has no room for a tag")
	}
	return address, nil
}

// Delivery returns the delivery that a bounce is about, by the address that it came
// to. Hosts on the way may have changed its case. The error is ErrNoMailbox,
// ErrForeign, ErrNoTag or ErrForged. Without an error, a letter of that delivery left
// this instance, or was about to; the row of the ledger may have been erased since.
func (r ReturnPath) Delivery(to mailaddr.Address) (drip.DeliveryKey, error) {
	if r.mailbox.IsZero() {
		return drip.DeliveryKey{}, ErrNoMailbox
	}
	if to.IsZero() || to.Domain() != r.mailbox.Domain() {
		return drip.DeliveryKey{}, ErrForeign
	}
	local, name := to.Local(), r.mailbox.Local()
	if len(local) < len(name) || !strings.EqualFold(local[:len(name)], name) {
		return drip.DeliveryKey{}, ErrForeign
	}
	tag, tagged := strings.CutPrefix(local[len(name):], separator)
	switch {
	case len(local) == len(name) || tagged && tag == "":
		return drip.DeliveryKey{}, ErrNoTag
	case !tagged:
		return drip.DeliveryKey{}, ErrForeign
	}
	subject, err := r.keys.ReadTag(token.Bounce, tag)
	if err != nil {
		return drip.DeliveryKey{}, ErrForged
	}
	return drip.DeliveryKey{Enrollment: drip.EnrollmentID(subject.A), Issue: drip.IssueNo(subject.B)}, nil
}
