package audience

import (
	"fmt"
	"slices"
	"time"

	"partwork/internal/drip"
)

// maxRejects bounds the list of a report, so that a file with nothing but errors
// costs no memory. The counts stay exact.
const maxRejects = 1000

// otherZones stands for unknown zones beyond the first maxStrangeZones.
const otherZones = "(others)"

// ImportReport says what became of a list. Its JSON is what scripts rely on:
// New + Updated + Unchanged + Duplicates + Suppressed + Rejected == Rows.
type ImportReport struct {
	// Batch is the number under which the import is kept; 0 for a dry run.
	Batch int64 `json:"batch"`
	// Rows counts records below the header, blank ones aside.
	Rows int `json:"rows"`
	// New people were added; Updated ones were known, and the list told
	// something else about them; Unchanged ones were known as the list says.
	New       int `json:"new"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	// Duplicates repeat an address from further up in the list. The first row
	// counts; these are not looked at.
	Duplicates int `json:"duplicates"`
	// Suppressed addresses must never be mailed; nothing was written.
	Suppressed int `json:"suppressed"`
	// Rejected rows could not be read; Rejects says why.
	Rejected int `json:"rejected"`
	// Pending people get nothing but a request to confirm: with a campaign
	// those enrolled without a consent, else those added without one.
	Pending int `json:"pending"`
	// Enrolled people take part in the campaign from now on.
	Enrolled int `json:"enrolled"`
	// Withdrawn are those of the suppressed rows of which the list itself says that they
	// must not be mailed any more, by the reason; nil if there are none.
	Withdrawn map[drip.SuppressionReason]int `json:"withdrawn,omitempty"`
	// Format is what the list turned out to be; empty if it is plain CSV in UTF-8.
	Format string `json:"format,omitempty"`
	// NotKept are the columns that were left out.
	NotKept []string `json:"not_kept,omitempty"`
	// Rules counts the addresses that a rule found fault with: malformed ones (which were
	// rejected), role and disposable ones (which are in).
	Rules map[string]int `json:"rules,omitempty"`
	// Warnings are sentences for the person who imports. Never nil.
	Warnings []string `json:"warnings"`
	// Rejects are the first 1,000, in the order of lines. Never nil.
	Rejects []Reject `json:"rejects"`
	// Resumed is how many rows were in already, because an earlier import of the same
	// list was cut short. They are counted in the other numbers.
	Resumed int `json:"resumed,omitempty"`
	// Zones counts, by the IANA name of each person's zone, who is enrolled (or,
	// without a campaign, who is not suppressed): how many first mails leave
	// when. The empty name stands for the campaign's default.
	Zones map[string]int `json:"-"`
	// Starts counts those of Zones by when they begin as well, if people are spread;
	// nil if they are not.
	Starts map[Start]int `json:"-"`
}

// Start is when people begin whom an import spreads.
type Start struct {
	Zone string // as in Zones
	// After is what lies between the floor of the import and theirs.
	After time.Duration
}

// Reject is a row that was not taken in. It repeats nothing of the row.
type Reject struct {
	// Line is the physical line on which the row begins, from 1.
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// tally counts occurrences of what deserves one warning, not thousands.
type tally struct{ rows, line int }

// reporter collects a report.
type reporter struct {
	ImportReport
	strangeZones map[string]*tally
	roles        tally
	doubts
	left     int // people who left the campaign earlier
	former   int // rows whose address its reader has changed
	out      int // people who are kept out of it
	rejected rejectedRows
}

func newReporter() *reporter {
	return &reporter{
		ImportReport: ImportReport{Warnings: []string{}, Rejects: []Reject{}, Zones: map[string]int{}},
		strangeZones: map[string]*tally{},
	}
}

func (r *reporter) reject(line int, reason string, cells [][]byte) {
	r.Rejected++
	r.keep(line, reason, cells)
	if len(r.Rejects) < maxRejects {
		r.Rejects = append(r.Rejects, Reject{Line: line, Reason: reason})
	}
}

// note remembers what is doubtful about a row that was read.
func (r *reporter) note(line int, role bool, strange string) {
	if role {
		r.roles.add(line)
	}
	if strange == "" {
		return
	}
	t := r.strangeZones[strange]
	if t == nil {
		if len(r.strangeZones) >= maxStrangeZones {
			strange = otherZones
		}
		if t = r.strangeZones[strange]; t == nil {
			t = &tally{}
			r.strangeZones[strange] = t
		}
	}
	t.add(line)
}

func (t *tally) add(line int) {
	if t.rows == 0 {
		t.line = line
	}
	t.rows++
}

// finish writes the warnings and returns the report.
func (r *reporter) finish(enrolling bool) ImportReport {
	r.Warnings = append(r.Warnings, r.zoneWarnings(true)...)
	if r.roles.rows > 0 {
		r.warn("%s a role address such as info@ or support@, first in line %d: they rarely gave consent and often complain",
			rowsHave(r.roles.rows), r.roles.line)
	}
	r.sayDoubts()
	if r.former > 0 {
		r.warn("%s an address that its reader has changed: nothing was done for it; who they are is known, and where their mail goes", rowsHave(r.former))
	}
	r.countRules()
	if r.left > 0 && enrolling {
		r.warn("%s left this campaign earlier and were not enrolled: only they themselves can come back", people(r.left))
	}
	if r.out > 0 && enrolling {
		r.warn("%s must not be mailed this campaign and were not enrolled: `partwork suppression show ADDRESS` says since when and why", people(r.out))
	}
	if r.Rejected > maxRejects {
		r.warn("%d rows were rejected; the first %d are listed", r.Rejected, maxRejects)
	}
	return r.ImportReport
}

// kept returns the finished report as it is stored with the batch, where it
// outlasts an erasure: columns get mixed up, and what is no zone may be a name.
func (r *reporter) kept(finished ImportReport) ImportReport {
	finished.Warnings = append(r.zoneWarnings(false), finished.Warnings[len(r.strangeZones):]...)
	return finished
}

func (r *reporter) zoneWarnings(named bool) []string {
	names := make([]string, 0, len(r.strangeZones))
	for name := range r.strangeZones {
		names = append(names, name)
	}
	// Map order is random, lines are not.
	slices.SortFunc(names, func(a, b string) int { return r.strangeZones[a].line - r.strangeZones[b].line })
	warnings := make([]string, 0, len(names))
	for _, name := range names {
		t := r.strangeZones[name]
		if !named {
			name = "(not kept)"
		}
		warnings = append(warnings, fmt.Sprintf(
			"%s the unknown time zone %s, first in line %d: the campaign's default applies; use IANA names such as Europe/London",
			rowsHave(t.rows), name, t.line))
	}
	return warnings
}

func (r *reporter) warn(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}

func rowsHave(n int) string {
	if n == 1 {
		return "1 row has"
	}
	return fmt.Sprintf("%d rows have", n)
}

func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}

// ImportOptions says what to do with a list.
type ImportOptions struct {
	// File is the base name of the list and FileHash its SHA-256, for the
	// record of the batch. Both may be zero.
	File     string
	FileHash [32]byte
	// DryRun makes the same report and writes nothing.
	DryRun bool
	// Consent says where the people's consent came from. Empty means that none
	// is stated: nobody is sent anything before they confirmed.
	Consent string
	// Campaign, if not nil, enrolls everyone who may be.
	Campaign *CampaignTarget
	// Invite sends those who are pending the request to confirm. It needs a
	// campaign, and no Consent.
	Invite bool
	// Withdraw, if not empty, suppresses every address of the list for that reason, and
	// nobody comes in.
	Withdraw drip.SuppressionReason
	// KeepOutOf is the key of the campaign that whoever the list withdraws is suppressed for;
	// empty for everything.
	KeepOutOf string
	// Spread has the people of the list begin over a while, and not all at the next
	// slot; zero means all at once.
	Spread time.Duration
	// Map says what columns mean whose names do not.
	Map []Mapping
	// Encoding is one of Encodings; empty means that it is found out.
	Encoding string
	// Entry names the list in a ZIP archive that has several.
	Entry string
	// Who imports, for the record; empty if nobody knows.
	Who string
	// FromStart begins a new batch although an earlier import of the same file with
	// the same wishes was cut short. Otherwise that one goes on where it stopped.
	FromStart bool
	// Progress, if not nil, is called from the importing goroutine after every
	// chunk, with the bytes and rows read so far.
	Progress func(bytes int64, rows int)
}

// CampaignTarget is the campaign that people are enrolled in.
type CampaignTarget struct {
	// No is the store's number. In a dry run zero stands for a campaign that is
	// not stored yet.
	No drip.CampaignNo
	// Floor is the instant after which the first slot must lie; zero means now.
	Floor time.Time
}
