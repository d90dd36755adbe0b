package campaignfile

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"partwork/internal/drip"
	"partwork/internal/segment"
)

// readOnlyIf reads the filter of an issue: whom it is for.
func (f *folder) readOnlyIf(s *section) segment.Filter {
	const key = "only_if"
	text, ok := s.text(key, `write a filter, such as tag:member and country = DE`)
	if !ok {
		return segment.Filter{}
	}
	filter, err := segment.Parse(text)
	if fault := new(segment.Error); errors.As(err, &fault) {
		fix := fault.Fix
		if fix == "" {
			fix = "correct the filter; FILTERS.md has the language"
		}
		s.at(key).errorf(RuleOnlyIf, fix, "only_if: character %d: %s%s", fault.Column(), fault.Problem, near(fault))
		return segment.Filter{}
	}
	f.checkView(s.at(key), filter)
	return filter
}

// near quotes the filter around what is wrong, for which findings have one line only.
func near(fault *segment.Error) string {
	if fault.Length == 0 || fault.At >= len(fault.Text) {
		return ""
	}
	const width = 24
	before := []rune(fault.Text[:fault.At])
	after := []rune(fault.Text[fault.At:])
	return fmt.Sprintf(", at %s▸%s", string(before[max(0, len(before)-width):]), string(after[:min(len(after), width)]))
}

// checkView reports what can never be true of a reader: an issue looks at its own
// campaign.
func (f *folder) checkView(spot spot, filter segment.Filter) {
	for _, t := range filter.Tests() {
		if t.Field.Kind != segment.Words || t.Field.Name != segment.FieldHad {
			continue
		}
		for _, v := range t.Values {
			series, issue, whole := strings.Cut(v.Text, "/")
			if whole && series != f.campaign.ID {
				spot.errorf(RuleOnlyIf, "tag the people who had it, and ask for the tag",
					"only_if: had looks at this series alone, and %s is of another", excerpt(series+"/"+issue))
			}
		}
	}
}

// onlyIf doubts that an issue is for somebody: had must name an issue of this series, and
// whoever gets it is active in it.
func (d *doubter) onlyIf(is *drip.Issue, line int) {
	spot := d.report.at(is.File, line)
	var ids []string
	for i := range d.campaign.Issues {
		ids = append(ids, d.campaign.Issues[i].ID)
	}
	for _, t := range is.OnlyIf.Tests() {
		for _, v := range t.Values {
			switch id := strings.TrimPrefix(v.Text, d.campaign.ID+"/"); {
			case t.Field.Kind != segment.Words:
			case t.Field.Name == segment.FieldHad && !slices.Contains(ids, id):
				fix := "write the id of another issue"
				if like := nearest(id, ids); like != "" {
					fix = "did you mean " + like + "?"
				}
				spot.warnf(RuleOnlyIf, fix, "only_if: no issue of this series has the id %s", excerpt(id))
			case t.Field.Name == segment.FieldHad && id == is.ID:
				spot.warnf(RuleOnlyIf, "write the id of another issue", "only_if: nobody has had this issue before it is sent")
			case t.Field.Name == segment.FieldStatus && v.Text != string(drip.EnrollmentActive):
				spot.warnf(RuleOnlyIf, "remove the test", "only_if: whoever an issue is sent to is active in the series, and never %s", v.Text)
			}
		}
	}
}

// OnlyIfFinding is a warning about the filter of the issue at a position, by somebody who
// knows the people.
func OnlyIfFinding(fsys fs.FS, c *drip.Campaign, issue int, opts Options, message, fix string) drip.Finding {
	f := newFolder(fsys, c.ID, opts)
	file := c.Issues[issue].File
	f.report.at(file, f.keyLines(path.Base(file), true)["only_if"]).warnf(RuleOnlyIf, fix, "only_if: %s", message)
	return f.report.findings[0]
}
