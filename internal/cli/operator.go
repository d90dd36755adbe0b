package cli

import (
	"context"
	"fmt"

	"partwork/internal/app"
	"partwork/internal/store"
)

// who names the operator: as they say with --operator, or as this machine knows them.
func (e *env) who() string {
	if e.operator != "" {
		return printable(e.operator)
	}
	return approver()
}

// noteExport notes that people are about to be exported. It comes first: what is written
// cannot be taken back, and an export that is not noted must not be. The instance only
// looks, so the line needs one that writes; without a database there is nobody to export.
func (e *env) noteExport(ctx context.Context, in *app.Instance, line store.AuditLine) error {
	if !exists(in.Config.Database.Path()) {
		return nil
	}
	if line.Act == "" {
		line.Act = store.ActExport
	}
	line.At, line.Who = in.Now(), e.who()
	return e.with(ctx, func(in *app.Instance) error {
		if _, err := in.Store.Note(ctx, line); err != nil {
			return fmt.Errorf("nothing was exported, because it cannot be noted in the audit log: %w", err)
		}
		return nil
	})
}

// audit notes what the operator did, which is done.
func (e *env) audit(ctx context.Context, in *app.Instance, line store.AuditLine) error {
	line.At, line.Who = in.Now(), e.who()
	if _, err := in.Store.Note(context.WithoutCancel(ctx), line); err != nil {
		return fmt.Errorf("it is done, but not in the audit log: %w", err)
	}
	return nil
}
