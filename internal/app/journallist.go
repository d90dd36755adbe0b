package app

import (
	"context"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// SuppressAll implements store.Suppressions.
func (j journaled) SuppressAll(ctx context.Context, list []drip.Suppression) (int, error) {
	added, err := j.Store.SuppressAll(ctx, list)
	if err != nil || added == 0 {
		return added, err
	}
	withdrawals := make([]drip.Withdrawal, 0, len(list))
	for _, entry := range list {
		withdrawals = append(withdrawals, drip.Withdrawal{Hash: entry.Hash, At: entry.At, Suppressed: entry.Reason})
	}
	j.in.note(withdrawals...)
	return added, nil
}

// Lift implements store.Suppressions. The journal may have several reasons for an address,
// of which the database kept the first, so all of them are lifted; what is to be erased in
// an older copy is not. Without the lines the address is suppressed again in an older copy,
// which is the harmless side.
func (j journaled) Lift(ctx context.Context, hash mailaddr.Hash, address mailaddr.Address) (drip.Suppression, error) {
	entry, err := j.Store.Lift(ctx, hash, address)
	if err != nil {
		return entry, err
	}
	var lifted []drip.Withdrawal
	for _, reason := range []drip.SuppressionReason{
		drip.SuppressedByReader, drip.SuppressedByAdmin, drip.SuppressedByBounce, drip.SuppressedByComplaint,
	} {
		lifted = append(lifted, drip.Withdrawal{Hash: hash, At: j.in.calendar(), Suppressed: reason, Lifted: true})
	}
	if err := j.in.state.Append(lifted...); err != nil {
		j.in.log.Error("a suppression was lifted in the database and not in the journal in state_dir; it comes back if the database is put back to a copy",
			"error", err)
	}
	return entry, nil
}
