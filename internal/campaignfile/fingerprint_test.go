package campaignfile

import (
	"strings"
	"testing"
)

// edits are changes of the files, and which fingerprints they change.
var edits = map[string]struct {
	file, old, new     string
	timetable, outline bool
}{
	"nothing":          {file: "campaign"},
	"comment":          {"campaign", "key:", "# x\nkey:", false, false},
	"title":            {"campaign", "A series", "The series", false, false},
	"spaces":           {"campaign", "0 9 * * TUE", "0  9 * * TUE", false, false},
	"schedule":         {"campaign", "0 9", "0 8", true, false},
	"timezone":         {"campaign", "key:", "timezone: UTC\nkey:", true, false},
	"default_timezone": {"campaign", "key:", "default_timezone: UTC\nkey:", true, false},
	"min_gap":          {"campaign", "key:", "min_gap: 1d\nkey:", true, false},
	"min_gap as auto":  {"campaign", "key:", "min_gap: 84h\nkey:", false, false},
	"max_late":         {"campaign", "key:", "max_late: 1d\nkey:", true, false},
	"late_hours":       {"campaign", "key:", "late_hours: 09:00-20:00\nkey:", true, false},
	"quiet":            {"campaign", "key:", "quiet: [12-24]\nkey:", true, false},
	"first":            {"campaign", "key:", "first: next-slot\nkey:", true, false},
	"id":               {"issue", "id: welcome", "id: hello", false, true},
	"subject":          {"issue", "subject: Welcome", "subject: Hello", false, false},
	"body":             {"issue", "Hello.", "Hi.", false, false},
	"review_by":        {"issue", "subject:", "review_by: 2030-01-01\nsubject:", false, false},
	"review":           {"campaign", "key:", "review: required\nkey:", false, true},
	"draft":            {"issue", "subject:", "draft: true\nsubject:", false, true},
	"draft as default": {"issue", "subject:", "draft: false\nsubject:", false, false},
	"not_before":       {"issue", "subject:", "not_before: 2030-01-01\nsubject:", false, true},
	"skip_slots":       {"issue", "subject:", "skip_slots: 1\nsubject:", false, true},
	"late":             {"issue", "subject:", "late: next-slot\nsubject:", false, true},
	"late within":      {"issue", "subject:", "late: {within: 2d}\nsubject:", false, true},
	"only_if":          {"issue", "subject:", "only_if: tag:vip\nsubject:", false, true},
	"late as default":  {"issue", "subject:", "late: skip\nsubject:", false, false},
}

func TestFingerprints(t *testing.T) {
	t.Parallel()
	second := strings.ReplaceAll(goodIssue, "welcome", "second")
	before := loadOne(t, files("plain/campaign.yaml", goodCampaign, "plain/01-a.md", goodIssue, "plain/02-b.md", second))
	for name, edit := range edits {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			texts := map[string]string{"campaign": goodCampaign, "issue": goodIssue}
			texts[edit.file] = strings.Replace(texts[edit.file], edit.old, edit.new, 1)
			after := loadOne(t, files("plain/campaign.yaml", texts["campaign"],
				"plain/01-a.md", texts["issue"], "plain/02-b.md", second))
			if got := Timetable(after) != Timetable(before); got != edit.timetable {
				t.Errorf("the timetable changed: %v", got)
			}
			if got := Outline(after) != Outline(before); got != edit.outline {
				t.Errorf("the outline changed: %v", got)
			}
		})
	}
}

// TestOutlineKnowsOrder tells an order from another, but not names of files.
func TestOutlineKnowsOrder(t *testing.T) {
	t.Parallel()
	second := strings.ReplaceAll(goodIssue, "welcome", "second")
	load := func(first, last string) string {
		return Outline(loadOne(t, files("plain/campaign.yaml", goodCampaign, "plain/"+first, goodIssue, "plain/"+last, second)))
	}
	if load("01-a.md", "02-b.md") != load("03-a.md", "04-b.md") {
		t.Error("renamed files changed the outline")
	}
	if load("01-a.md", "02-b.md") == load("02-a.md", "01-b.md") {
		t.Error("a new order did not change the outline")
	}
}
