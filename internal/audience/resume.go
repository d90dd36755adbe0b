package audience

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// Asked is what was asked of an import: all that decides, besides the list, what becomes
// of its rows. Only an import that asks the same goes on with one that was cut short, so
// an option that changes the fate of a row belongs here. Its JSON is kept with the batch.
type Asked struct {
	Consent  string          `json:"consent,omitempty"`
	Campaign drip.CampaignNo `json:"campaign,omitempty"` // 0 if nobody was enrolled
	Floor    int64           `json:"floor,omitempty"`    // milliseconds since 1970; 0 if it was the time of the import
	Invite   bool            `json:"invite,omitempty"`
	Spread   time.Duration   `json:"spread,omitempty"` // nanoseconds
	Map      []string        `json:"map,omitempty"`    // as ParseMapping reads them, sorted
	Encoding string          `json:"encoding,omitempty"`
	Entry    string          `json:"entry,omitempty"`
	// State is how everybody of the list stands with the program that it comes from, if
	// the name of the file says so.
	State string `json:"state,omitempty"`
	// KeepOutOf is the key of the campaign that the people of the list are kept out of.
	KeepOutOf string `json:"keep_out_of,omitempty"`
}

// ReadAsked reads what was kept with a batch; nothing is the zero value.
func ReadAsked(kept string) (Asked, error) {
	var a Asked
	if kept == "" {
		return a, nil
	}
	err := json.Unmarshal([]byte(kept), &a)
	return a, err
}

// asked writes what is asked of a list whose people stand so.
func (o ImportOptions) asked(from standing) string {
	a := Asked{Consent: o.Consent, Invite: o.Invite, Spread: o.Spread, Encoding: o.Encoding, Entry: o.Entry, State: from.word(), KeepOutOf: o.KeepOutOf}
	if o.Campaign != nil {
		a.Campaign = o.Campaign.No
		if !o.Campaign.Floor.IsZero() {
			a.Floor = o.Campaign.Floor.UnixMilli()
		}
	}
	for _, m := range o.Map {
		a.Map = append(a.Map, m.String())
	}
	slices.Sort(a.Map) // the order means nothing
	text, err := json.Marshal(a)
	if err != nil {
		panic(err) // texts, numbers and truths always can be written
	}
	return string(text)
}

// resume finds the import that this one completes, if there is one, and takes over
// what it counted. A dry run takes it over as well: it tells what the run will.
func (in *intake) resume(ctx context.Context, asked string) (bool, error) {
	if in.opts.FromStart {
		return false, nil
	}
	record, err := in.stores.Unfinished(ctx, in.opts.FileHash, asked)
	if errors.Is(err, drip.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	in.batch, in.rows, in.left, in.former = record, record.Position, record.Counts.Left, record.Counts.Former
	in.out = record.Counts.KeptOut
	in.counts.take(record)
	if in.opts.DryRun {
		in.counts.Batch = 0
	}
	if in.opts.Campaign == nil {
		return true, nil
	}
	starts, err := in.stores.EnrolledStarts(ctx, record.Batch)
	for start, n := range starts {
		in.takeStart(start, n)
	}
	return true, err
}

// takeStart counts people whom an earlier run enrolled by when they begin, seen from now.
func (in *intake) takeStart(start store.EnrolledStart, n int) {
	in.counts.Zones[start.Zone] += n
	if in.opts.Spread <= 0 {
		return
	}
	if in.counts.Starts == nil {
		in.counts.Starts = make(map[Start]int)
	}
	after := max(0, start.Floor.Sub(in.rule().Floor))
	in.counts.Starts[Start{Zone: start.Zone, After: after}] += n
}

// take counts what an earlier run did.
func (r *ImportReport) take(record store.ImportRecord) {
	c := record.Counts
	r.Batch, r.Resumed = record.Batch, record.Position
	r.New, r.Updated, r.Unchanged, r.Suppressed = c.New, c.Updated, c.Unchanged, c.Suppressed
	r.Enrolled, r.Pending = c.Enrolled, c.Pending
}

// Interrupted is the error of an import that began and did not end.
type Interrupted struct {
	// Batch is its number, and Rows how many rows of the list are in, in whole chunks.
	Batch int64
	Rows  int
	err   error
}

// Error says why it did not end.
func (i *Interrupted) Error() string { return i.err.Error() }

// Unwrap returns why it did not end.
func (i *Interrupted) Unwrap() error { return i.err }

// interrupted wraps an error of an import that has begun.
func (in *intake) interrupted(err error) error {
	if in.opts.DryRun {
		return err
	}
	if errors.Is(err, drip.ErrConflict) {
		err = fmt.Errorf("another process goes on with import %d, or undid it: %w", in.batch.Batch, err)
	}
	return &Interrupted{Batch: in.batch.Batch, Rows: in.rows, err: err}
}
