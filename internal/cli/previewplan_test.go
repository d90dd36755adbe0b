package cli

import (
	"bytes"
	"strings"
	"testing"

	"partwork/internal/testkit"
)

// TestDeskAndPlanSayTheSame: beside the calendar stands what `partwork plan` says of the
// files as they are, in the same words, and the database stays as it was.
func TestDeskAndPlanSayTheSame(t *testing.T) {
	t.Parallel()
	p := newDeskProject(t, 3)
	p.write("partwork.yaml", strings.ReplaceAll(string(p.read("partwork.yaml")), "templates: templates\n",
		"templates: templates\ndatabase: data/p.db\n"))
	p.serve()
	const calendar = "/letters/_calendar"
	p.awaitPage(calendar, "There is no database yet")

	p.run(t.Context(), "subscriber", "add", "grace@letters.test", "--timezone", "Asia/Tokyo", "--enroll", "letters", "--consent", "a test", "--now")
	p.awaitPage(calendar, "nothing changes")
	before := p.read("data/p.db")

	p.write(issueFile(1), issueText(1, "Something new."))
	p.write(issueFile(3), issueText(3, "One more."))
	p.awaitPage(calendar, "issue-2 (text edited)", "issue-4 (new, 4th)")
	said := p.run(t.Context(), "plan", "letters")
	shown := testkit.ParseHTML(t, string(p.get(calendar))).One(t, "#plan").Text()
	lines := 0
	for line := range strings.Lines(said) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "letters: ")
		if line == "" || strings.HasPrefix(line, "nothing was adopted") || strings.Contains(line, ": warning: ") {
			continue // the list of issues has the findings
		}
		if lines++; !strings.Contains(shown, line) {
			t.Errorf("the page does not say %q:\n%s", line, shown)
		}
	}
	if lines < 4 || !strings.Contains(shown, "1 of 1 reader ") {
		t.Errorf("plan says\n%sand the page\n%s", said, shown)
	}

	p.write(issueFile(0), strings.Replace(issueText(0, "Broken."), "subject:", "subjct:", 1))
	p.awaitPage(calendar, "stays as it is, because its files have errors")
	if !bytes.Equal(before, p.read("data/p.db")) {
		t.Error("looking at it has changed the database")
	}
}
