package cli

import (
	"context"
	"errors"
	"strings"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/feedback"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// checkBounce refuses what goes together with --bounce: the address names one
// delivery, and there is nothing left to choose.
func (q logQuery) checkBounce() error {
	for _, other := range []struct {
		name string
		set  bool
	}{{"campaign", q.campaign != ""}, {"subscriber", q.subscriber != ""}, {"unknown", q.unknown}} {
		if q.bounce != "" && other.set {
			return usagef("leave --"+other.name+" out", "--bounce and --%s exclude each other", other.name)
		}
	}
	return nil
}

// bounced returns the delivery that a bounce is about, by the address that it was
// sent to, which may stand in the angle brackets of a header.
func bounced(in *app.Instance, typed string) (drip.DeliveryKey, error) {
	address, err := mailaddr.Parse(strings.Trim(typed, "<> \t"))
	if err != nil {
		return drip.DeliveryKey{}, err
	}
	key, err := in.Bounces.Delivery(address)
	mailbox := in.Config.Bounces.Address
	switch {
	case errors.Is(err, feedback.ErrNoMailbox):
		return key, usagef("set bounces.address to the mailbox that the letters name", "%v, so no bounce can be told from another", err)
	case errors.Is(err, feedback.ErrForeign):
		return key, failf("give the address that the bounce was sent to, as in its Delivered-To or To header",
			"%s is not below the mailbox for bounces, %s: this instance sent nothing in its name", address, mailbox)
	case errors.Is(err, feedback.ErrNoTag):
		return key, failf("look for an address with a plus sign in the bounce's headers; test sends have none",
			"%s is the mailbox for bounces itself, and names no delivery", address)
	case errors.Is(err, feedback.ErrForged):
		return key, failf("do not believe this bounce, unless the address was cut off, or a key removed from secret_file",
			"%s has a tag that this instance did not sign", address)
	}
	return key, err
}

// bounceRows returns the delivery that a bounce is about.
func bounceRows(ctx context.Context, in *app.Instance, typed string) ([]logRow, error) {
	key, err := bounced(in, typed)
	if err != nil {
		return nil, err
	}
	rows, err := ledger(ctx, in, store.LogFilter{Delivery: key})
	if err == nil && len(rows) == 0 {
		return nil, failf("", "this instance signed the address, but the ledger has no such delivery: the reader was erased, or the database is another one")
	}
	return rows, err
}
