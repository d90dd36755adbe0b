package audience

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
	"partwork/internal/token"
)

// AskAddress asks the address that the holder of a private link would like to have
// whether it is theirs, by a mail with nothing in it that somebody typed. The answer is
// the same if the address is suppressed, or another subscriber's, or a shared mailbox, or was
// asked too often: no mail goes there then, and whoever has it learns nothing. The error is
// drip.ErrNotFound if the link does not work, or a Refusal if what was written is no
// address, or the one they have.
func (a *Audience) AskAddress(ctx context.Context, link, written string) error {
	n, err := a.notice(ctx, token.Private, link)
	if err != nil {
		return fmt.Errorf("ask for another address: %w", err)
	}
	address, err := mailaddr.Parse(strings.TrimSpace(written))
	if err != nil {
		return refuse("", "this is no address: %v", err)
	}
	person, err := a.stores.Subscriber(ctx, n.Subscriber)
	if err != nil {
		return fmt.Errorf("ask for another address: %w", err)
	}
	if person.Email.Key() == address.Key() {
		return refuse("", "this is the address they have")
	}
	ask := drip.Notice{Subscriber: n.Subscriber, Enrollment: n.Enrollment, Kind: drip.NoticeAddress, Email: address}
	// It is stored whatever it leads to, so that the limit is reached, and time is
	// spent, whoever has the address. NoticeTo says whether it is sent.
	_, err = a.ask(ctx, ask)
	return err
}

// Moving returns nil if the link in a mail to a new address works, and drip.ErrNotFound
// if not. It is all that the page may know: an address may have been mistyped.
func (a *Audience) Moving(ctx context.Context, link string) error {
	if _, err := a.notice(ctx, token.Move, link); err != nil {
		return fmt.Errorf("open the question to a new address: %w", err)
	}
	return nil
}

// TakeAddress gives the person who asked for it the address that the link was sent to. All of
// theirs follows them; what is on its way to the old address may still arrive there. The
// links of the mails they have go on working, for they say who they are; the private
// ones that were sent to the old address do not. Done again within the time, it is done.
// The error is drip.ErrNotFound if the link does not work, or a Refusal if the address
// cannot be theirs: it is another's, or suppressed. Whoever has the link has the
// mailbox, so this may be said.
func (a *Audience) TakeAddress(ctx context.Context, link string) error {
	n, err := a.signedNotice(ctx, token.Move, link)
	if err == nil && a.machine().Sub(n.AskedAt) > MoveTime {
		err = drip.ErrNotFound
	}
	if err == nil {
		_, err = a.stores.TakeAddress(ctx, n.ID, a.hasher.Sum(n.Email), store.Instant{Calendar: a.now(), Machine: a.machine()})
	}
	switch {
	case errors.Is(err, drip.ErrSuppressed), errors.Is(err, drip.ErrTaken):
		return refuse("", "this address cannot be theirs")
	case err != nil:
		return fmt.Errorf("take another address: %w", err)
	}
	return nil
}

// DeclineAddress ends the question to a new address: it is what whoever has the mailbox
// and did not ask says, and what mail programs do in one click (RFC 8058). Done again,
// or after the link ended, it is done. The error is drip.ErrNotFound if the link was not
// signed for it, or a Refusal if the address was taken by it already, and is still theirs.
func (a *Audience) DeclineAddress(ctx context.Context, link string) error {
	if _, err := a.keyring.Verify(token.Move, link); err != nil {
		return fmt.Errorf("decline an address: %w", drip.ErrNotFound)
	}
	n, err := a.signedNotice(ctx, token.Move, link)
	var person drip.Subscriber
	if err == nil {
		person, err = a.stores.Subscriber(ctx, n.Subscriber)
	}
	if err == nil && person.Email == n.Email {
		return refuse("", "this address is theirs already")
	}
	if err == nil {
		err = a.stores.CloseNotice(ctx, n.ID, a.machine())
	}
	if err != nil && !errors.Is(err, drip.ErrNotFound) {
		return fmt.Errorf("decline an address: %w", err)
	}
	return nil
}
