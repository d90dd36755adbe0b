package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/store"
)

// round is one reading of the files and what becomes of it: every campaign that
// the files or the store know is taken from the files or kept as it was.
type round struct {
	*Library
	reading
	now     time.Time
	records []store.CampaignRecord

	programs map[string]scheduler.Program // by campaign id
	editions map[string]*edition
	kept     map[drip.CampaignNo]time.Time
	// waiting are the campaigns that differ from the version in force but are
	// being written; again is when to look at them.
	waiting map[string]bool
	again   time.Duration
}

func (r *round) begin(ctx context.Context) (err error) {
	r.programs, r.editions = make(map[string]scheduler.Program), make(map[string]*edition)
	r.kept, r.waiting = make(map[drip.CampaignNo]time.Time), make(map[string]bool)
	r.records, err = r.store.Campaigns(ctx)
	return err
}

// record returns the store's record of a campaign, the zero record if none.
func (r *round) record(id string) store.CampaignRecord {
	for _, record := range r.records {
		if record.ID == id {
			return record
		}
	}
	return store.CampaignRecord{}
}

// take adopts a campaign whose files can be read, unless its messages have an
// error or it is being written.
func (r *round) take(ctx context.Context, c *drip.Campaign) error {
	if r.layouts == nil {
		return nil
	}
	ed, faults, err := r.bind(c, r.layouts)
	if err != nil {
		return err
	}
	record := r.record(c.ID)
	if r.mustRest(record, c.ID, ed) {
		return nil
	}
	r.findings = append(r.findings, faults...)
	if ed == nil {
		return nil
	}
	program, err := r.adopt(ctx, ed, record, r.now)
	if errors.Is(err, drip.ErrTaken) {
		r.findings = append(r.findings, r.conflict(c))
		return nil
	}
	if err != nil {
		return err
	}
	r.programs[c.ID], r.editions[c.ID] = program, ed
	if !bytes.Equal(program.Record.Definition, record.Definition) {
		r.put(program)
		r.takenIn.add(record, program)
	}
	r.noteKey(program)
	return nil
}

// mustRest reports whether a campaign has to come to rest before it is believed:
// it is not what is in force, and was written a moment ago. When a process reads
// the files for the first time, a campaign of which nothing is in force need not:
// it has no readers who could get half of it.
func (r *round) mustRest(record store.CampaignRecord, id string, ed *edition) bool {
	wait := r.unsettled(id)
	last, err := recollect(record)
	if wait == 0 || err != nil || last.none() && r.first || ed != nil && ed.digest == last.Digest {
		return false
	}
	r.waiting[id] = true
	if r.again == 0 || wait < r.again {
		r.again = wait
	}
	return true
}

// conflict explains why a campaign that is good by itself cannot be taken.
func (r *round) conflict(c *drip.Campaign) drip.Finding {
	holder := "another campaign"
	for _, record := range r.records {
		if record.Key == c.Key {
			holder = "the campaign " + record.ID
		}
	}
	return drip.Finding{
		File: path.Join(r.name, c.ID, "campaign.yaml"), Severity: drip.SeverityError, Rule: "key-taken",
		Message: fmt.Sprintf("the key %s is that of %s in the database; expected one of its own", c.Key, holder),
		Fix:     "give a copy a new key; give a campaign that was renamed its old id back",
	}
}

// keyNotice is how long a changed key is pointed out.
const keyNotice = 30 * 24 * time.Hour

// noteKey points out that a key was changed, which is hardly ever wanted.
func (r *round) noteKey(p scheduler.Program) {
	last, err := recollect(p.Record)
	if err != nil || last.FormerKey == "" || r.now.Sub(last.KeyAt.time()) > keyNotice {
		return
	}
	r.findings = append(r.findings, drip.Finding{
		File: path.Join(r.name, p.Campaign.ID, "campaign.yaml"), Severity: drip.SeverityWarning, Rule: "key-changed",
		Message: fmt.Sprintf("the key was %s until %s; links and mail filters that name it do not work any more", last.FormerKey, last.KeyAt),
		Fix:     "put the old key back, or spread the new links",
	})
}

// keep keeps a campaign in force that was not taken from the files. Stopped ones
// need nothing any more.
func (r *round) keep(ctx context.Context, record store.CampaignRecord) error {
	if _, taken := r.programs[record.ID]; taken || !record.StoppedAt.IsZero() {
		return nil
	}
	last, err := recollect(record)
	if err == nil && last.none() {
		return nil
	}
	var program scheduler.Program
	if err == nil {
		program, err = last.program(record)
	}
	if err != nil {
		r.findings = append(r.findings, drip.Finding{
			File: path.Join(r.name, record.ID), Severity: drip.SeverityError, Rule: "version",
			Message: "the last good version cannot be read from the database: " + err.Error(),
			Fix:     "put the files right; its readers wait until then",
		})
		return nil
	}
	r.programs[record.ID], r.kept[record.No] = program, last.At.time()
	return r.explain(ctx, record, last.stays())
}

// explain says why a campaign was kept.
func (r *round) explain(ctx context.Context, record store.CampaignRecord, stays string) error {
	if !r.waiting[record.ID] {
		r.mustRest(record, record.ID, nil)
	}
	if r.waiting[record.ID] {
		r.findings = append(r.withoutFindings(record.ID), drip.Finding{
			File: path.Join(r.name, record.ID), Severity: drip.SeverityWarning, Rule: "being-written",
			Message: "the files are being written; " + stays + " until they are at rest",
		})
		return nil
	}
	if f := r.firstError(func(f drip.Finding) bool { return r.concerns(f, record.ID) }); f != nil {
		f.Message += "; " + stays
		return nil
	}
	if f := r.firstError(func(f drip.Finding) bool { return within(f.File, r.templates) || f.File == r.name }); f != nil {
		f.Message = strings.TrimSuffix(f.Message, allStay) + allStay
		return nil
	}
	return r.gone(ctx, record, stays)
}

// firstError returns the first error of a kind, or nil.
func (r *round) firstError(is func(drip.Finding) bool) *drip.Finding {
	for i := range r.findings {
		if f := &r.findings[i]; f.Severity == drip.SeverityError && is(*f) {
			return f
		}
	}
	return nil
}

// allStay ends the message of an error that keeps every campaign from being read.
const allStay = "; the last good versions stay in force"

// withoutFindings returns the findings without those of a campaign.
func (r *round) withoutFindings(id string) []drip.Finding {
	return slices.DeleteFunc(r.findings, func(f drip.Finding) bool { return r.concerns(f, id) })
}

// gone says that a campaign has no folder any more. That is an error as long as
// somebody is on the way through it.
func (r *round) gone(ctx context.Context, record store.CampaignRecord, stays string) error {
	readers, known := r.lost[record.ID]
	if !known {
		counts, err := r.store.CampaignCounts(ctx, record.No)
		if err != nil {
			return err
		}
		readers = counts.Enrollments[drip.EnrollmentActive] + counts.Enrollments[drip.EnrollmentPending]
		r.lost[record.ID] = readers
	}
	severity, who := drip.SeverityError, fmt.Sprintf("%d readers are on their way through it", readers)
	switch readers {
	case 0:
		severity, who = drip.SeverityWarning, "nobody is on the way through it"
	case 1:
		who = "1 reader is on the way through it"
	}
	r.findings = append(r.findings, drip.Finding{
		File: path.Join(r.name, record.ID), Severity: severity, Rule: "campaign-gone",
		Message: "the campaign's folder is gone, and " + who + "; " + stays,
		Fix:     "put the folder back, or end the campaign with `partwork campaign stop " + record.ID + "`",
	})
	return nil
}

// publish makes the round's outcome the library.
func (r *round) publish() {
	programs := make([]scheduler.Program, 0, len(r.programs))
	for id, p := range r.programs {
		programs = append(programs, p)
		if _, kept := r.kept[p.Record.No]; !kept {
			delete(r.lost, id)
		}
	}
	r.tidy()
	r.good = r.editions
	r.current.Store(&shelf{programs: byID(programs), findings: r.findings, kept: r.kept})
}

// tidy sorts the findings by file and line, each once.
func (r *round) tidy() {
	slices.SortStableFunc(r.findings, func(a, b drip.Finding) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		return a.Line - b.Line
	})
	r.findings = slices.Compact(r.findings)
}
