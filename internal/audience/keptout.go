package audience

import (
	"context"
	"errors"
	"fmt"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// KeepOut has an address never be mailed a campaign, which is named by its key, whether or
// not it belongs to a subscriber; whatever else it is mailed goes on. An address that is
// kept out already keeps its first reason.
//
// It is not what a reader does who leaves: they may come back by confirming, and somebody
// who is kept out may not, before an operator lifts it.
func (a *Audience) KeepOut(ctx context.Context, address mailaddr.Address, campaign string, reason drip.SuppressionReason) error {
	if address.IsZero() || campaign == "" {
		return errors.New("there is no address or no campaign to keep it out of")
	}
	return a.suppress(ctx, address, drip.Suppression{Hash: a.hasher.Sum(address), Campaign: campaign, Reason: reason, At: a.now()})
}

// mayAdd returns why a person may not be added, and enrolled in the campaign if there is one.
func (a *Audience) mayAdd(ctx context.Context, row store.Person, target *CampaignTarget) error {
	_, err := a.stores.Suppressed(ctx, row.Hash)
	if err == nil {
		return drip.ErrSuppressed
	}
	if !errors.Is(err, drip.ErrNotFound) || target == nil {
		return notThere(err)
	}
	out, err := a.keptOut(ctx, row.Hash, target.No)
	if out {
		return drip.ErrKeptOut
	}
	return err
}

// keptOut reports whether an address must not be mailed a campaign, be it that one or all.
func (a *Audience) keptOut(ctx context.Context, hash mailaddr.Hash, campaign drip.CampaignNo) (bool, error) {
	_, err := a.stores.SuppressedIn(ctx, hash, campaign)
	if err := notThere(err); err != nil {
		return false, fmt.Errorf("look up a suppression: %w", err)
	}
	return err == nil, nil
}

// notThere drops the error that something is not there.
func notThere(err error) error {
	if errors.Is(err, drip.ErrNotFound) {
		return nil
	}
	return err
}
