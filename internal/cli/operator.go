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

// audit notes what the operator did, which is done.
func (e *env) audit(ctx context.Context, in *app.Instance, line store.AuditLine) error {
	line.At, line.Who = in.Now(), e.who()
	if _, err := in.Store.Note(context.WithoutCancel(ctx), line); err != nil {
		return fmt.Errorf("it is done, but not in the audit log: %w", err)
	}
	return nil
}
