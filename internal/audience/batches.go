package audience

import (
	"context"
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// RejectsKept is how long rejected rows are kept after their import began: long enough
// to put a list right, and no longer, because they hold what people typed.
const RejectsKept = 30 * 24 * time.Hour

// undoPage is how many subscribers a transaction of undoing looks at. The sender waits
// while one is written.
const undoPage = 2000

// UndoOptions say what to undo, and how.
type UndoOptions struct {
	DryRun bool
	Who    string // for the audit log
	// Progress, if not nil, is called after every page with the largest number of a
	// subscriber that was looked at.
	Progress func(upTo drip.SubscriberID)
}

// UndoImport takes back what an import added and nobody has touched since; see
// [store.Batches]. Cut short, it can be called again. It returns drip.ErrNotFound unless
// the number is that of an imported list.
func (a *Audience) UndoImport(ctx context.Context, no int64, opts UndoOptions) (store.Undone, error) {
	var undone store.Undone
	batch, err := a.ImportedBatch(ctx, no)
	if err != nil {
		return undone, err
	}
	limit := undoPage
	for page := (store.Undone{}); ; {
		page, err = a.stores.UndoImport(ctx, store.Undoing{
			Batch: no, After: page.Next, Limit: limit, DryRun: opts.DryRun, Who: opts.Who, Now: a.now(),
		})
		if err != nil {
			return undone, err
		}
		undone.Add(page)
		if page.Next == 0 {
			break
		}
		if opts.Progress != nil {
			opts.Progress(page.Next)
		}
		if limit, err = a.stores.Room(ctx, undoPage); err != nil {
			return undone, err
		}
	}
	if again := !batch.UndoneAt.IsZero(); opts.DryRun || again && undone.People+undone.Enrollments+undone.Consents+undone.Told+undone.Tags == 0 {
		return undone, nil
	}
	_, err = a.stores.Note(ctx, store.AuditLine{At: a.now(), Who: opts.Who, Act: store.ActUndone, Batch: no, People: undone.People})
	return undone, err
}

// ImportedBatch returns the batch of a list. People who were added by hand are batches
// as well, and drip.ErrNotFound here.
func (a *Audience) ImportedBatch(ctx context.Context, no int64) (store.Batch, error) {
	batch, err := a.stores.Batch(ctx, no)
	if err == nil && batch.File == "" {
		err = fmt.Errorf("import %d is no list: %w", no, drip.ErrNotFound)
	}
	return batch, err
}

// SweepRejects forgets rejected rows that were kept for RejectsKept, and returns how
// many.
func (a *Audience) SweepRejects(ctx context.Context) (int, error) {
	return a.stores.ForgetRejects(ctx, a.now().Add(-RejectsKept))
}
