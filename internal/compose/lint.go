package compose

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// What mailbox providers show. Gmail clips the HTML part beyond 102,400 octets, and
// with it the link to leave.
const (
	sizeWarning      = 90_000  // octets of HTML
	sizeLimit        = 102_400 // octets of HTML
	subjectWarning   = 60      // runes
	preheaderWarning = 110     // runes
)

// Lint returns what is wrong or doubtful with a campaign's messages, as they would
// be for each of the readers (the campaign's personas; none is fine). It finds what
// Compile finds and, per reader, missing values and what is too long. A draft's
// errors are only warnings, because a draft is never sent.
func Lint(c *drip.Campaign, l *Layouts, readers []Reader) []drip.Finding {
	var out []drip.Finding
	for i := range c.Issues {
		out = append(out, lintIssue(c, i, l, readers)...)
	}
	return append(out, lintConfirmation(c, l)...)
}

// lintIssue returns the findings of one issue.
func lintIssue(c *drip.Campaign, issue int, l *Layouts, readers []Reader) []drip.Finding {
	is := &c.Issues[issue]
	e, found := Compile(NewBundle(c, issue, l))
	for i := range found {
		if found[i].File = is.File; found[i].Line > 0 {
			found[i].Line += is.BodyLine - 1
		}
	}
	fs := findings{list: found, file: is.File}
	if !e.Broken() {
		r := reviewer{e: e, findings: &fs, line: max(is.BodyLine-1, 0)}
		r.needs(readers)
		r.strangers(readers)
		r.lengths(withPosition(c, issue, readers))
	}
	if is.Preheader == "" && !c.Discreet {
		fs.add(drip.SeverityWarning, 0, "preheader", "the issue has no preheader, so inboxes show the beginning of the text",
			"add one line that goes on where the subject stops")
	}
	if is.Draft {
		for i := range fs.list {
			fs.list[i].Severity = drip.SeverityWarning
		}
	}
	return fs.list
}

// lintConfirmation returns the findings of the layouts' confirmation.
func lintConfirmation(c *drip.Campaign, l *Layouts) []drip.Finding {
	e, found := Compile(NewConfirmation(c, l))
	for i := range found {
		if found[i].File = fileConfirmation; found[i].Line > 0 {
			found[i].Line += l.confirmation.line - 1
		}
	}
	confirms := slices.ContainsFunc(e.slots, func(s slot) bool { return s.path == fieldConfirm })
	if !confirms {
		found = append(found, drip.Finding{
			File: fileConfirmation, Severity: drip.SeverityError, Rule: "confirm-link",
			Message: "the confirmation has no link to confirm with", Fix: "add [Yes]({{.Links.Confirm}})",
		})
	}
	return found
}

// withPosition returns the readers as readers of that issue, and at least one.
func withPosition(c *drip.Campaign, issue int, readers []Reader) []Reader {
	if len(readers) == 0 {
		readers = []Reader{{}}
	}
	out := slices.Clone(readers)
	for i := range out {
		out[i].Number, out[i].Count = Position(c, issue)
		if len(out[i].Dates) > 0 {
			continue
		}
		for k := range c.Issues {
			out[i].Dates = append(out[i].Dates, Date{Issue: c.Issues[k].ID, Text: "Wednesday, September 30, 2026"})
		}
	}
	return out
}

// reviewer looks at the messages of an edition.
type reviewer struct {
	e        *Edition
	findings *findings
	// line is added to lines within the body.
	line int
}

// needs reports the fields without a default: an error if one of the readers has no
// value, and otherwise a warning, because some later reader will have none.
func (r *reviewer) needs(readers []Reader) {
	for _, path := range r.e.fields {
		line, needed := r.e.needs[path]
		if !needed {
			continue
		}
		if line > 0 {
			line += r.line
		}
		field := "{{." + path + "}}"
		fix := fmt.Sprintf(`give a default: {{.%s | default "…"}}`, path)
		without := slices.IndexFunc(readers, func(p Reader) bool { return clean(p.field(path), maxValue) == "" })
		if without >= 0 {
			r.findings.add(drip.SeverityError, line, "merge-missing",
				fmt.Sprintf("%s has no default, and the persona %s has no such value", field, readers[without].label()), fix)
			continue
		}
		r.findings.add(drip.SeverityWarning, line, "merge-default",
			fmt.Sprintf("%s has no default; readers without that value cannot be sent this issue", field), fix)
	}
}

// strangers reports attributes that none of the readers has: mostly a slip of the
// pen, which a default would hide from everybody for ever.
func (r *reviewer) strangers(readers []Reader) {
	if len(readers) == 0 {
		return
	}
	for _, path := range r.e.fields {
		attribute, ok := strings.CutPrefix(path, fieldSubscriber)
		if _, needed := r.e.needs[path]; needed || !ok || path == fieldName || path == fieldEmail || path == fieldTimezone {
			continue
		}
		known := []string{"Name", "Email", "Timezone"}
		for _, p := range readers {
			known = slices.AppendSeq(known, maps.Keys(p.Attributes))
		}
		if slices.Contains(known, attribute) {
			continue
		}
		slices.Sort(known)
		r.findings.add(drip.SeverityWarning, 0, "merge-stranger",
			fmt.Sprintf("{{.%s}} always shows its default, because no persona has a %q", path, attribute),
			"what they have is "+strings.Join(slices.Compact(known), ", ")+"; correct the name, or add the column to personas.csv")
	}
}

// label names a persona in a finding.
func (r Reader) label() string {
	for _, s := range []string{r.Email.String(), clean(r.Name, 40)} {
		if s != "" {
			return s
		}
	}
	return "without a name"
}

// lengths reports what is too long for one of the readers, at its longest.
func (r *reviewer) lengths(readers []Reader) {
	var size, subject, preheader int
	var who Reader
	for _, p := range readers {
		m, err := r.message(p)
		if err != nil {
			if !errors.Is(err, ErrMissing) {
				r.findings.add(drip.SeverityError, 0, "message", err.Error(), "")
				return
			}
			continue
		}
		if len(m.HTML) > size {
			size, who = len(m.HTML), p
		}
		subject = max(subject, utf8.RuneCountInString(m.Subject))
		preheader = max(preheader, utf8.RuneCountInString(m.Preheader))
	}
	r.size(size, who)
	if subject > subjectWarning {
		r.findings.add(drip.SeverityWarning, 0, "subject-length",
			fmt.Sprintf("the subject has up to %d characters; many inboxes cut it after %d", subject, subjectWarning), "shorten it")
	}
	if preheader > preheaderWarning {
		r.findings.add(drip.SeverityWarning, 0, "preheader-length",
			fmt.Sprintf("the preheader has up to %d characters; many inboxes cut it after %d", preheader, preheaderWarning), "shorten it")
	}
}

// size reports an HTML part that mailbox providers would clip.
func (r *reviewer) size(size int, who Reader) {
	severity, limit := drip.SeverityError, sizeLimit
	if size <= sizeLimit {
		severity, limit = drip.SeverityWarning, sizeWarning
	}
	if size <= limit {
		return
	}
	r.findings.add(severity, 0, "size",
		fmt.Sprintf("the HTML for %s has %d bytes; from %d on Gmail hides the rest, the link to leave with it", who.label(), size, sizeLimit),
		"split the issue in two")
}

// message composes the edition for a persona, with made-up links of usual length.
func (r *reviewer) message(p Reader) (*Message, error) {
	const token = "https://letters.example.org/u/0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnop"
	to := mailaddr.Mailbox{Name: mailaddr.CleanName(p.Name), Address: p.Email}
	if to.Address.IsZero() {
		to.Address = r.e.bundle.From.Address
	}
	stamp := Stamp{MessageID: strings.Repeat("0", 26) + "@example.org", Date: time.Unix(0, 0).UTC()}
	links := Links{Unsubscribe: token, Confirm: token, Preferences: token, View: token}
	return r.e.Compose(to, r.e.Merge(p), links, stamp)
}
