package audience

import (
	_ "embed" // for the list of domains
	"fmt"
	"strings"
	"sync"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

//go:embed disposable.txt
var disposableText string

// disposableDomains are those of mailboxes that do not last.
var disposableDomains = sync.OnceValue(func() map[string]bool {
	domains := make(map[string]bool)
	for line := range strings.Lines(disposableText) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			domains[line] = true
		}
	}
	return domains
})

// isDisposable reports whether a mailbox is of a kind that does not last: its domain, or one
// above it, is known for that.
func isDisposable(domains map[string]bool, a mailaddr.Address) bool {
	for domain := a.Domain(); ; {
		if domains[domain] {
			return true
		}
		_, above, more := strings.Cut(domain, ".")
		if !more || !strings.Contains(above, ".") {
			return false
		}
		domain = above
	}
}

// doubts are what is worth a sentence about a list that was read.
type doubts struct {
	disposable, undated tally
	malformed           int
	domains             map[string]bool
}

// look notes what is doubtful about a row besides its zone and role.
func (d *doubts) look(line int, a mailaddr.Address, undated bool) {
	if d.domains == nil {
		d.domains = disposableDomains()
	}
	if isDisposable(d.domains, a) {
		d.disposable.add(line)
	}
	if undated {
		d.undated.add(line)
	}
}

// sayDoubts writes the warnings.
func (r *reporter) sayDoubts() {
	if t := r.doubts.disposable; t.rows > 0 {
		r.warn("%s an address of a kind that is thrown away after minutes, first in line %d: mail to it is likely to bounce", rowsHave(t.rows), t.line)
	}
	if t := r.doubts.undated; t.rows > 0 {
		r.warn("%s a date of consent that cannot be read, or lies in the future, first in line %d: it was left out; write dates like 2026-11-29 10:30:00",
			rowsHave(t.rows), t.line)
	}
}

// describe notes what a list turned out to be.
func (r *reporter) describe(list *openList, rows *rowReader, consent string) {
	r.doubts.malformed = rows.malformed
	r.Format = list.describe()
	if list.letters.page != nil && !list.letters.forced {
		r.warn("the letters of the list read as Windows-1252, first in line %d, and were taken for it; if names look wrong, say the encoding with --encoding", list.letters.line)
	}
	if list.format == "JSON Lines" {
		names := make([]string, len(list.header.columns))
		for i, c := range list.header.columns {
			names[i] = c.typed
		}
		if problem := list.header.unused(names); problem != "" {
			r.warn("%s", problem)
		}
	}
	for _, c := range list.header.columns {
		if c.as == asNothing {
			r.NotKept = append(r.NotKept, quoteLong(c.typed))
		}
	}
	if rows.dated > 0 && consent == "" {
		r.warn("the list tells of %s when or how they consented, which is no consent by itself: say with --consent where it came from, and both are kept", people(rows.dated))
	}
}

// countRules counts the addresses that a rule found fault with.
func (r *reporter) countRules() {
	for rule, n := range map[string]int{"malformed": r.doubts.malformed, "role": r.roles.rows, "disposable": r.doubts.disposable.rows} {
		if n > 0 {
			if r.Rules == nil {
				r.Rules = make(map[string]int)
			}
			r.Rules[rule] = n
		}
	}
}

// countWithdrawn counts a row whose person the other program does not mail any more.
func (in *intake) countWithdrawn(p store.Person) {
	if reason := p.Withdraws(); reason != "" {
		in.counts.withdrew(reason, 1)
	}
}

// withdrew counts rows whose person another program does not mail any more.
func (r *ImportReport) withdrew(reason drip.SuppressionReason, n int) {
	if r.Withdrawn == nil {
		r.Withdrawn = make(map[drip.SuppressionReason]int)
	}
	r.Withdrawn[reason] += n
}

// countStart counts a person by when they begin.
func (in *intake) countStart(zone string, p store.Person) {
	if in.opts.Spread <= 0 || in.opts.Campaign == nil {
		return
	}
	if in.counts.Starts == nil {
		in.counts.Starts = make(map[Start]int)
	}
	in.counts.Starts[Start{Zone: zone, After: store.SpreadOf(in.opts.Spread, p.Hash)}]++
}

// SayWithdrawn is a line for people: "3 unsubscribed, 1 bounced".
func (r ImportReport) SayWithdrawn() string {
	var parts []string
	for _, w := range []struct {
		reason drip.SuppressionReason
		word   string
	}{
		{drip.SuppressedByReader, "unsubscribed"}, {drip.SuppressedByBounce, "bounced"},
		{drip.SuppressedByComplaint, "complained"}, {drip.SuppressedByAdmin, "blocked"},
	} {
		if n := r.Withdrawn[w.reason]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, w.word))
		}
	}
	return strings.Join(parts, ", ")
}
