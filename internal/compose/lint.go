package compose

import (
	"errors"
	"fmt"
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
	sizeWarning      = 90_000    // octets of HTML
	sizeLimit        = 102_400   // octets of HTML
	subjectWarning   = 60        // runes
	preheaderWarning = 110       // runes
	messageWarning   = 1_000_000 // octets of all
	messageLimit     = 4_000_000 // octets of all; many mailboxes take ten at most
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
	out = append(out, LintRest(c, l)...)
	var distinct []drip.Finding // what is about the layouts is found with every issue
	for _, f := range out {
		if !slices.Contains(distinct, f) {
			distinct = append(distinct, f)
		}
	}
	return distinct
}

// lintIssue returns the findings of one issue.
func lintIssue(c *drip.Campaign, issue int, l *Layouts, readers []Reader) []drip.Finding {
	e, found := Compile(NewBundle(c, issue, l))
	return LintIssue(c, issue, e, found, readers)
}

// LintRest returns what Lint finds in a campaign beside its issues: about the sender,
// and about the mails that the program writes itself.
func LintRest(c *drip.Campaign, l *Layouts) []drip.Finding {
	return append(lintSender(c), lintLetters(c, l)...)
}

// LintIssue returns what Lint finds about the issue at a position, for whoever looks at
// issues one by one and keeps what it learned of those that nobody touched. It takes
// what [Compile] returned for the issue's bundle. What is found about the layouts comes
// with every issue.
func LintIssue(c *drip.Campaign, issue int, e *Edition, found []drip.Finding, readers []Reader) []drip.Finding {
	is := &c.Issues[issue]
	fs := findings{list: InFile(is, found), file: is.File}
	var layout []drip.Finding
	if !e.Broken() {
		r := reviewer{e: e, findings: &fs, line: max(is.BodyLine-1, 0)}
		r.needs(readers)
		r.strangers(readers)
		r.branches(readers)
		r.wording(c, is)
		r.lengths(withPosition(c, issue, append(slices.Clone(readers), r.wanderers(readers)...)))
		layout = r.layout
	}
	if is.Preheader == "" && !c.Discreet {
		fs.add(drip.SeverityWarning, 0, "preheader", "the issue has no preheader, so inboxes show the beginning of the text",
			"add one line that goes on where the subject stops")
	}
	tellingNames(c, is, &fs)
	if is.Draft {
		for i := range fs.list {
			fs.list[i].Severity = drip.SeverityWarning
		}
	}
	return append(fs.list, layout...)
}

// InFile turns what [Compile] found about an issue into findings about its file.
func InFile(is *drip.Issue, found []drip.Finding) []drip.Finding {
	found = slices.Clone(found)
	for i := range found {
		if found[i].File = is.File; found[i].Line > 0 {
			found[i].Line += is.BodyLine - 1
		}
	}
	return found
}

// lintLetters returns the findings of the layouts' letters: the confirmation, and the
// notices.
func lintLetters(c *drip.Campaign, l *Layouts) []drip.Finding {
	found := lintLetter(NewConfirmation(c, l), l.confirmation(c), drip.Finding{
		Rule: "confirm-link", Message: "the confirmation has no link to confirm with", Fix: "add [Yes]({{.Links.Confirm}})",
	})
	for _, kind := range []drip.NoticeKind{drip.NoticePrivate, drip.NoticeAddress} {
		found = append(found, lintLetter(NewNotice(c, l, kind), l.spoken(l.notices[kind], c), drip.Finding{
			Rule: "notice-link", Message: "the mail has not the link that it is sent for", Fix: "add [Open]({{.Links.Confirm}})",
		})...)
	}
	return found
}

// lintLetter returns the findings of a letter's message; without is what to say if it
// has not its link.
func lintLetter(b Bundle, text letter, without drip.Finding) []drip.Finding {
	e, found := Compile(b)
	for i := range found {
		if found[i].File = text.file; found[i].Line > 0 {
			found[i].Line += text.line - 1
		}
	}
	if !slices.ContainsFunc(e.slots, func(s slot) bool { return s.path == fieldConfirm }) {
		without.File, without.Severity = text.file, drip.SeverityError
		found = append(found, without)
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
	// layout is what was found about the layouts.
	layout []drip.Finding
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
	var size, octets, subject, preheader int
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
		if r.layout == nil {
			r.layout = append([]drip.Finding{}, r.frame(m, madeUpLink)...)
		}
		octets = max(octets, len(m.Bytes))
		if len(m.HTML) > size {
			size, who = len(m.HTML), p
		}
		subject = max(subject, utf8.RuneCountInString(m.Subject))
		preheader = max(preheader, utf8.RuneCountInString(m.Preheader))
	}
	r.size(size, who)
	r.weight(octets)
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

// weight reports a message that is heavy as a whole, with its images and attachments.
func (r *reviewer) weight(octets int) {
	switch {
	case octets > messageLimit:
		r.findings.add(drip.SeverityError, 0, "message-size", fmt.Sprintf("the message has %d kB with all that comes along; at most %d are sent", octets/1000, messageLimit/1000),
			"attach less, show fewer images, or smaller ones")
	case octets > messageWarning:
		r.findings.add(drip.SeverityWarning, 0, "message-size", fmt.Sprintf("the message has %d kB with all that comes along, for every reader", octets/1000),
			"attach less, show fewer images, or smaller ones")
	}
}

// madeUpLink is a link of usual length.
const madeUpLink = "https://letters.example.org/u/0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnop"

// message composes the edition for a persona, with made-up links of usual length.
func (r *reviewer) message(p Reader) (*Message, error) {
	to := mailaddr.Mailbox{Name: mailaddr.CleanName(p.Name), Address: p.Email}
	if to.Address.IsZero() {
		to.Address = r.e.bundle.From.Address
	}
	stamp := Stamp{MessageID: strings.Repeat("0", 26) + "@example.org", Date: time.Unix(0, 0).UTC()}
	other := strings.Replace(madeUpLink, "/u/", "/p/", 1)
	links := Links{Unsubscribe: madeUpLink, Confirm: other, Preferences: other, View: strings.Replace(madeUpLink, "/u/", "/v/", 1), Images: "https://letters.example.org/i"}
	return r.e.Compose(to, r.e.Merge(p), links, stamp)
}
