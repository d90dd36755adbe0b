package app

import (
	"context"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// ImportRows implements store.Imports. Whom the list of another program says not to mail
// any more has withdrawn, too.
func (j journaled) ImportRows(ctx context.Context, chunk store.ImportChunk) ([]store.RowOutcome, error) {
	outcomes, err := j.Store.ImportRows(ctx, chunk)
	if err != nil {
		return outcomes, err
	}
	var list []drip.Withdrawal
	for i := range outcomes {
		if !outcomes[i].Withdrawn {
			continue
		}
		row := &chunk.Rows[i]
		s := drip.Suppression{Hash: row.Hash, Campaign: chunk.KeepOutOf, Reason: row.Withdraws(), At: chunk.Now}
		list = append(list, withdrawalOf(s))
		j.noteFormer(ctx, s, row.Email)
	}
	if len(list) > 0 {
		j.in.note(list...)
	}
	return outcomes, nil
}
