package app

import (
	"context"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// SuppressAll implements store.Suppressions.
func (j journaled) SuppressAll(ctx context.Context, list []drip.Suppression) (int, error) {
	added, err := j.Store.SuppressAll(ctx, list)
	if err != nil || added == 0 {
		return added, err
	}
	withdrawals := make([]drip.Withdrawal, 0, len(list))
	for _, entry := range list {
		withdrawals = append(withdrawals, withdrawalOf(entry))
	}
	j.in.note(withdrawals...)
	return added, nil
}

// Lift implements store.Suppressions. The journal may have several reasons for an address,
// of which the database kept the first, so all of them are lifted; what is to be erased in
// an older copy is not. Without the lines the address is suppressed again in an older copy,
// which is the harmless side.
func (j journaled) Lift(ctx context.Context, hash mailaddr.Hash, campaign string, address mailaddr.Address) (drip.Suppression, error) {
	entry, err := j.Store.Lift(ctx, hash, campaign, address)
	if err != nil {
		return entry, err
	}
	var lifted []drip.Withdrawal
	for _, reason := range []drip.SuppressionReason{
		drip.SuppressedByReader, drip.SuppressedByAdmin, drip.SuppressedByBounce, drip.SuppressedByComplaint,
	} {
		lifted = append(lifted, drip.Withdrawal{Hash: hash, At: j.in.calendar(), Suppressed: reason, Campaign: campaign, Lifted: true})
	}
	if err := j.in.state.Append(lifted...); err != nil {
		j.in.log.Error("a suppression was lifted in the database and not in the journal in state_dir; it comes back if the database is put back to a copy",
			"error", err)
	}
	return entry, nil
}

// TakeAddress implements store.Notices. What a person is kept out of they are kept out of
// under the new address as well, and no older copy knows that of it.
func (j journaled) TakeAddress(ctx context.Context, id drip.NoticeID, hash mailaddr.Hash, at store.Instant) (drip.Subscriber, error) {
	person, err := j.Store.TakeAddress(ctx, id, hash, at)
	if err != nil {
		return person, err
	}
	entries, err := j.Store.SuppressionsOf(ctx, hash)
	if err != nil {
		j.in.unwritten(err)
		return person, nil
	}
	var list []drip.Withdrawal
	for _, entry := range entries {
		list = append(list, withdrawalOf(entry))
	}
	j.in.note(list...)
	return person, nil
}
