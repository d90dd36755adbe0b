package campaignfile

import (
	"bytes"
	"errors"
	"time"

	"github.com/goccy/go-yaml/ast"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// issueKeys are the keys of an issue's front matter.
var issueKeys = []string{
	"id", "subject", "preheader", "draft", "skip_slots", "not_before", "only_if", "late", "review_by", "attachments",
}

// maxSkipSlots is ten years of a weekly series.
const maxSkipSlots = 520

// readIssue reads one issue file and appends it to the folder's campaign.
func (f *folder) readIssue(name string) {
	text, ok := f.text(name)
	if !ok {
		return
	}
	spot := f.report.at(f.file(name), 1)
	parts, problem := splitFrontMatter(text)
	if problem != "" {
		spot.errorf(RuleFrontMatter, `start the file with "---", the keys id: and subject:, and "---"; notes go into README.md or a file whose name starts with "_"`,
			"%s", problem)
		return
	}
	entries, ok := parseMapping(spot, parts.yaml)
	if !ok {
		return
	}
	s := newSection(spot, entries, issueKeys)
	issue := drip.Issue{
		ID:        f.readIssueID(s),
		Subject:   filledLine(s, "subject", `"what readers see first"`),
		Draft:     s.flag("draft"),
		SkipSlots: s.number("skip_slots", 0, 0, maxSkipSlots),
		NotBefore: readDate(s, "not_before"),
		OnlyIf:    f.readOnlyIf(s),
		ReviewBy:  readDate(s, "review_by"),
		Late:      readLate(s),
		Body:      parts.body,
		File:      f.file(name),
		BodyLine:  parts.bodyLine,
	}
	issue.Preheader, _ = line(s, "preheader")
	issue.Attachments = f.readAttachments(s, issue.Draft)
	f.checkIssue(s, issue)
	f.campaign.Issues = append(f.campaign.Issues, issue)
}

// readIssueID reads the id and reports one that another issue has.
func (f *folder) readIssueID(s *section) string {
	s.require("id", "first-steps, which no other issue has and which never changes")
	id, ok := s.text("id", "")
	if !ok {
		return ""
	}
	if !idSyntax.MatchString(id) {
		reportID(s.at("id"), "the issue's id", id)
		return id
	}
	first, taken := f.idLines[id]
	if taken {
		s.at("id").errorf(RuleID, "give the newer issue an id of its own",
			"the id %q is also that of %s; readers who had one would never get the other", id, first)
		return id
	}
	f.idLines[id] = s.at("id")
	return id
}

// checkIssue looks at an issue as a whole.
func (f *folder) checkIssue(s *section, issue drip.Issue) {
	if len(bytes.TrimSpace(issue.Body)) == 0 {
		spot := s.spot.on(issue.BodyLine - 1)
		const message = "the issue has no text after its front matter"
		if issue.Draft {
			spot.warnf(RuleBody, "write the text before you remove draft: true", message)
		} else {
			spot.errorf(RuleBody, "write the text, or add draft: true until it is there", message)
		}
	}
	today := f.report.opts.Today
	if !today.IsZero() && !issue.ReviewBy.IsZero() && issue.ReviewBy < today {
		held := ""
		if f.campaign.Review == drip.ReviewRequired {
			held = " and is held, because of review: required"
		}
		s.at("review_by").warnf(RuleReviewDue, "check that it still holds, then move the date",
			"the issue was to be looked at again by %s%s", issue.ReviewBy, held)
	}
}

func readDate(s *section, key string) timing.Date {
	return parsed(s, key, RuleDate, "write a date, such as 2027-06-30", 0, timing.ParseDate)
}

// readLate reads what happens to readers who are past the issue's place: a word,
// or {within: 21d}.
func readLate(s *section) drip.LatePolicy {
	e, ok := s.entries["late"]
	if !ok {
		return drip.LatePolicy{Kind: drip.LateSkip}
	}
	switch e.node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return readWithin(s, e)
	}
	const fix = "write skip, next-slot or {within: 21d}"
	return parsed(s, "late", RuleChoice, fix, drip.LatePolicy{Kind: drip.LateSkip},
		func(text string) (drip.LatePolicy, error) {
			switch kind := drip.LateKind(text); kind {
			case drip.LateSkip, drip.LateNextSlot:
				return drip.LatePolicy{Kind: kind}, nil
			}
			return drip.LatePolicy{}, errors.New(excerpt(text) + ` is neither "skip" nor "next-slot"`)
		})
}

func readWithin(s *section, e entry) drip.LatePolicy {
	otherwise := drip.LatePolicy{Kind: drip.LateSkip}
	spot := s.spot.on(e.valueLine())
	entries, ok := mappingEntries(spot, e.node)
	if !ok {
		return otherwise
	}
	inner := newSection(spot, entries, []string{"within"})
	inner.require("within", "21d")
	within := parsed(inner, "within", RuleDuration, "write a length of time, such as 21d", 0,
		func(text string) (time.Duration, error) { return parseAtLeast(text, time.Minute) })
	if within == 0 {
		return otherwise
	}
	return drip.LatePolicy{Kind: drip.LateWithin, Within: within}
}
