package campaignfile

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/timing"
)

const seriesTestFile = "series_test.yaml"

// SeriesTests is what came of a campaign's series_test.yaml.
type SeriesTests struct {
	// Passed and Failed count the tests. One that cannot be read has failed.
	Passed, Failed int
	// Findings say what is wrong with the file, and why tests failed: all are
	// errors, on the line of the file that is not as the campaign is.
	Findings []drip.Finding
}

// RunSeriesTests reads the campaign's series_test.yaml from fsys, the campaigns
// folder, and runs it: each test follows one reader through the series with
// [calendar.Rehearse] and compares what leaves with what its author expects. A
// campaign without the file has no tests.
//
// Tests are about the campaign and no part of it: loading does not look at them,
// and a campaign whose tests fail is sent as its files say.
func RunSeriesTests(fsys fs.FS, c *drip.Campaign, opts Options) SeriesTests {
	f := newFolder(fsys, c.ID, opts)
	f.campaign = c
	if _, err := fs.Lstat(fsys, f.file(seriesTestFile)); err != nil {
		f.misnamedTests()
		return SeriesTests{Findings: f.report.sorted()}
	}
	tests, broken := f.readSeriesTests()
	result := SeriesTests{Failed: broken}
	for i := range tests {
		if tests[i].run() {
			result.Passed++
		} else {
			result.Failed++
		}
	}
	result.Findings = f.report.sorted()
	return result
}

// misnamedTests warns of a file that was probably meant to hold the tests.
func (f *folder) misnamedTests() {
	entries, _ := fs.ReadDir(f.fsys, f.dir)
	for _, entry := range entries {
		name := entry.Name()
		ext := strings.ToLower(path.Ext(name))
		if hidden(name) || ext != ".yaml" && ext != ".yml" || !strings.Contains(strings.ToLower(name), "test") {
			continue
		}
		f.report.at(f.file(name), 0).warnf(RuleLayout, "rename it to "+seriesTestFile,
			"this file is ignored; series tests stand in %s", seriesTestFile)
	}
}

// seriesTest is one test that could be read.
type seriesTest struct {
	spot   spot // of "expect"
	name   string
	script calendar.Script
	expect []expected
	// open says that more may leave than is expected.
	open bool
}

// expected is one line of "expect".
type expected struct {
	spot    spot
	issue   string
	at      timing.Wall // to the minute, on the reader's clock
	because string      // some words of the reason; may be empty
}

// run rehearses the test and reports the first thing that is not as expected.
func (t *seriesTest) run() bool {
	rehearsal, err := calendar.Rehearse(t.script)
	if err != nil {
		t.spot.errorf(RuleSeriesTest, "correct the events of the test", "%q: %s", t.name, err)
		return false
	}
	for i, want := range t.expect {
		if i >= len(rehearsal.Sent) {
			t.missing(want, rehearsal)
			return false
		}
		if !t.matches(want, rehearsal.Sent[i]) {
			return false
		}
	}
	if extra := rehearsal.Sent[len(t.expect):]; len(extra) > 0 && !t.open {
		t.unexpected(extra[0])
		return false
	}
	return true
}

// unexpected reports an issue that leaves after all that was expected.
func (t *seriesTest) unexpected(got calendar.Mailing) {
	spot, after := t.spot, ""
	if n := len(t.expect); n > 0 {
		spot, after = t.expect[n-1].spot, " after "+t.expect[n-1].issue
	}
	spot.errorf(RuleSeriesTest,
		fmt.Sprintf(`add {issue: %s, at: %s} if it should leave; "then: anything" ends the list early`, got.Issue, local(got.Local)),
		"%q: expected nothing%s, but %s leaves on %s: %s", t.name, after, got.Issue, local(got.Local), got.Reason)
}

// matches compares one issue that left with what was expected in its place.
func (t *seriesTest) matches(want expected, got calendar.Mailing) bool {
	const fix = "correct the expectation if that is what should happen, and otherwise the campaign"
	reason := got.Reason.String()
	switch {
	case got.Issue != want.issue, minute(got.Local) != want.at:
		what := got.Issue
		if what == want.issue {
			what = "it"
		}
		want.spot.errorf(RuleSeriesTest, fix, "%q: expected %s on %s, but %s leaves on %s: %s",
			t.name, want.issue, local(want.at), what, local(got.Local), reason)
	case !strings.Contains(reason, want.because):
		want.spot.errorf(RuleSeriesTest, fix, "%q: %s leaves as expected, but not because of %q: %s",
			t.name, want.issue, want.because, reason)
	default:
		return true
	}
	return false
}

// missing reports an issue that did not leave at all.
func (t *seriesTest) missing(want expected, r calendar.Rehearsal) {
	why := r.End
	at := slices.IndexFunc(r.Passed, func(m calendar.Mailing) bool { return m.Issue == want.issue })
	if at >= 0 {
		why = r.Passed[at].Reason.String()
	}
	want.spot.errorf(RuleSeriesTest, "remove the line if nothing should leave, and otherwise correct the campaign",
		"%q: expected %s on %s, but it never leaves: %s", t.name, want.issue, local(want.at), why)
}

// minute drops the seconds of a reading.
func minute(w timing.Wall) timing.Wall { return w.Date().Wall() + timing.Wall(w.Clock()*60) }

// local writes a reading as series tests may have it: "Tue 2026-03-31 09:00".
func local(w timing.Wall) string {
	return fmt.Sprintf("%.3s %s %02d:%02d", w.Date().Weekday(), w.Date(), w.Clock()/60, w.Clock()%60)
}
