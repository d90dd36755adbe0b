package audience

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// Import takes a list in: CSV with a header line, as RFC 4180 describes and as
// spreadsheets write it, or JSON Lines; perhaps in gzip or ZIP, in UTF-8, UTF-16 or
// Windows-1252. All of that is found out from the content, as is the delimiter (comma,
// semicolon, tab). Columns have a meaning by their names, of which those of other
// programs' exports are known (meaning.go, programs.go) and all can be said
// (ImportOptions.Map); all others become attributes. Of whom another program does not
// mail any more the address is suppressed, and nobody comes in.
//
// The list is read as a stream, a chunk at a time, in flat memory: besides the
// chunks it needs 20 to 40 bytes a row to find addresses that come twice.
// Each chunk is one transaction, so after an error, or a death of the program,
// everything up to some row is in: the report that comes with an error counts what
// was done. Importing the same list again completes it. If FileHash tells that it
// is the same, and the same is asked of it, it goes on as the same batch from that row.
//
// A list that cannot be read at all gives a *ListError and changes nothing; a
// campaign that takes nobody in gives drip.ErrClosed, one that does not exist
// drip.ErrNotFound. Single rows never make Import fail: see ImportReport.Rejects.
func (a *Audience) Import(ctx context.Context, r io.Reader, opts ImportOptions) (ImportReport, error) {
	report := newReporter()
	if err := a.checkImport(ctx, opts); err != nil {
		return report.ImportReport, err
	}
	list, err := open(r, opts)
	if err != nil {
		return report.ImportReport, fmt.Errorf("read the list: %w", err)
	}
	in := intake{Audience: a, opts: opts, consent: strings.TrimSpace(opts.Consent), now: a.now()}
	from := list.from(opts.File)
	if opts.Withdraw != "" {
		from = max(from, standingOf(opts.Withdraw))
	}
	if err := in.start(ctx, from, rejectedColumns(list.header, from)); err != nil {
		return report.ImportReport, err
	}
	report.rejected = rejectedRows{after: in.batch.Position, from: from, header: list.header}
	reader := listReader{
		list: list,
		rows: rowReader{
			header: list.header, hasher: a.hasher, zones: newZoneNames(a.zones),
			carrier: carrier{now: in.now, from: from, all: opts.Withdraw != ""},
		},
		seen:   seenAddresses{},
		report: report,
		taken:  in.batch.Position,
	}
	reader.most.Store(int64(a.rows))
	err = in.run(ctx, &reader)
	in.addTo(report)
	report.describe(list, &reader.rows, in.consent)
	result := report.finish(opts.Campaign != nil)
	if err != nil {
		return result, in.interrupted(err)
	}
	return result, in.finish(ctx, report.kept(result))
}

// checkImport refuses what could not be done before anything is.
func (a *Audience) checkImport(ctx context.Context, opts ImportOptions) error {
	switch {
	case opts.Invite && opts.Campaign == nil:
		return errors.New("an invitation is for a campaign: say which one to enroll people in")
	case opts.Invite && strings.TrimSpace(opts.Consent) != "":
		return errors.New("people whose consent is stated are not invited to confirm: state a consent or invite, not both")
	case opts.Spread != 0 && opts.Campaign == nil:
		return errors.New("people are spread over the slots of a campaign: say which one to enroll them in")
	case opts.Campaign == nil || opts.Campaign.No == 0 && opts.DryRun:
		return nil
	}
	return a.checkOpen(ctx, opts.Campaign.No)
}

// checkOpen returns drip.ErrClosed or drip.ErrNotFound unless the campaign
// takes people in.
func (a *Audience) checkOpen(ctx context.Context, no drip.CampaignNo) error {
	all, err := a.stores.Campaigns(ctx)
	if err != nil {
		return fmt.Errorf("look up campaign %d: %w", no, err)
	}
	for _, c := range all {
		if c.No != no {
			continue
		}
		if !c.ClosedAt.IsZero() || !c.StoppedAt.IsZero() {
			return fmt.Errorf("campaign %d: %w", no, drip.ErrClosed)
		}
		return nil
	}
	return fmt.Errorf("campaign %d: %w", no, drip.ErrNotFound)
}

// intake writes chunks, or pretends to, and counts what became of them.
type intake struct {
	*Audience
	opts    ImportOptions
	consent string
	now     time.Time
	batch   store.ImportRecord
	rows    int  // of the list that are in
	began   bool // a chunk was written
	counts  ImportReport
	left    int
	former  int
	out     int // who are kept out of the campaign
}

// start opens the batch, or the one that an earlier run left unfinished.
func (in *intake) start(ctx context.Context, from standing, columns []string) error {
	in.counts.Zones = map[string]int{}
	asked := in.opts.asked(from)
	if resumed, err := in.resume(ctx, asked); err != nil || resumed || in.opts.DryRun {
		return err
	}
	var err error
	if in.batch, err = in.stores.StartImport(ctx, in.opening(asked, columns)); err != nil {
		return fmt.Errorf("start the import: %w", err)
	}
	in.counts.Batch = in.batch.Batch
	return nil
}

// opening is what a batch is opened with.
func (in *intake) opening(asked string, columns []string) store.ImportStart {
	return store.ImportStart{
		File: in.opts.File, FileHash: in.opts.FileHash,
		Consent: in.consent, Source: drip.ConsentImport, At: in.now,
		Who: in.opts.Who, Asked: asked, Columns: columns,
	}
}

// run writes chunks while the next one is being read. The reading goroutine has
// ended when run returns.
func (in *intake) run(ctx context.Context, reader *listReader) error {
	ctx, cancel := context.WithCancel(ctx)
	chunks := make(chan chunk)
	var readErr error
	go func() {
		defer close(chunks)
		readErr = reader.read(ctx, chunks)
	}()
	var err error
	for c := range chunks {
		if err != nil {
			continue // only waiting for the reader to end
		}
		if err = in.step(ctx, reader, c); err != nil {
			cancel()
			continue
		}
		if in.opts.Progress != nil {
			in.opts.Progress(c.bytes, c.rowsRead)
		}
	}
	cancel()
	if err != nil {
		return err
	}
	return readErr
}

// step takes one chunk in, but lets others write between two of them, and bounds those
// to come by what that tells.
func (in *intake) step(ctx context.Context, reader *listReader, c chunk) error {
	if in.began {
		most, err := in.stores.Room(ctx, in.Audience.rows)
		if err != nil {
			return fmt.Errorf("leave room for others: %w", err)
		}
		reader.most.Store(int64(most))
	}
	in.began = true
	return in.write(ctx, c)
}

// write takes one chunk in.
func (in *intake) write(ctx context.Context, c chunk) error {
	if len(c.people) == 0 && c.rowsRead <= in.rows {
		return nil
	}
	write := in.stores.ImportRows
	if in.opts.DryRun {
		write = in.rehearse
	}
	outcomes, err := write(ctx, store.ImportChunk{
		Batch: in.batch.Batch, Consent: in.batch.Consent,
		Rows: c.people, Enroll: in.rule(), KeepOutOf: in.opts.KeepOutOf, Now: in.now,
		From: in.rows, To: c.rowsRead, Rejects: c.rejected, Columns: c.columns,
	})
	if err != nil {
		return fmt.Errorf("import the rows up to line %d: %w", c.line, err)
	}
	in.rows = c.rowsRead
	for i, outcome := range outcomes {
		if err := in.count(ctx, c.people[i], outcome); err != nil {
			return err
		}
	}
	return nil
}

// rule says how people are enrolled; nil if they are not. Imported people start
// at a slot, never at 3 a.m.
func (in *intake) rule() *store.EnrollRule {
	target := in.opts.Campaign
	if target == nil {
		return nil
	}
	floor := target.Floor
	if floor.IsZero() {
		floor = in.now
	}
	return &store.EnrollRule{Campaign: target.No, Start: drip.StartAtSlot, Invite: in.opts.Invite, Floor: floor, Spread: in.opts.Spread}
}

// count adds one outcome to the report.
func (in *intake) count(ctx context.Context, person store.Person, outcome store.RowOutcome) error {
	switch outcome.Result {
	case store.RowNew:
		in.counts.New++
	case store.RowUpdated:
		in.counts.Updated++
	case store.RowUnchanged:
		in.counts.Unchanged++
	case store.RowSuppressed:
		in.counts.Suppressed++
		in.countWithdrawn(person)
		return nil
	default:
		return fmt.Errorf("the store answered a row with %q", outcome.Result)
	}
	switch {
	case outcome.Former:
		in.former++
		return nil
	case outcome.Enroll == store.EnrollActive:
		in.counts.Enrolled++
	case outcome.Enroll == store.EnrollPending:
		in.counts.Pending++
		return nil // nothing leaves before they confirm
	case outcome.Enroll == store.EnrollLeft:
		in.left++
		return nil
	case outcome.Enroll == store.EnrollKeptOut:
		in.out++
		return nil
	case in.opts.Campaign != nil:
		return nil
	case (in.consent == "" || person.Unconfirmed()) && outcome.Result == store.RowNew:
		in.counts.Pending++
	}
	return in.countZone(ctx, person, outcome)
}

// countZone counts the zone that rules a person: the list's, or the one known
// before.
func (in *intake) countZone(ctx context.Context, person store.Person, outcome store.RowOutcome) error {
	zone := person.Timezone
	if zone == "" && outcome.Result != store.RowNew && in.opts.Campaign != nil {
		known, err := in.stores.Subscriber(ctx, outcome.Subscriber)
		if err != nil {
			return fmt.Errorf("look up the zone of subscriber %d: %w", outcome.Subscriber, err)
		}
		zone = known.Timezone
	}
	in.counts.Zones[zone]++
	in.countStart(zone, person)
	return nil
}

// addTo puts the counts into the report.
func (in *intake) addTo(r *reporter) {
	c := in.counts
	r.Batch, r.New, r.Updated, r.Unchanged = c.Batch, c.New, c.Updated, c.Unchanged
	r.Suppressed, r.Pending, r.Enrolled, r.Zones = c.Suppressed, c.Pending, c.Enrolled, c.Zones
	r.left, r.former, r.out, r.Starts, r.Resumed = in.left, in.former, in.out, c.Starts, c.Resumed
	for reason, n := range c.Withdrawn {
		r.withdrew(reason, n)
	}
}

// finish keeps the report with the batch.
func (in *intake) finish(ctx context.Context, report ImportReport) error {
	if in.opts.DryRun {
		return nil
	}
	text, err := json.Marshal(report)
	if err != nil {
		return fmt.Errorf("write the report of import %d: %w", report.Batch, err)
	}
	if err := in.stores.FinishImport(ctx, report.Batch, text, in.now); err != nil {
		return fmt.Errorf("finish import %d: %w", report.Batch, err)
	}
	return nil
}
