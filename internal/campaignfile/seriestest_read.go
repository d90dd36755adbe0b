package campaignfile

import (
	"fmt"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"partwork/internal/drip"
)

// The keys of a series test, of an expectation and of an event.
var (
	seriesTestKeys = []string{"name", "zone", "joins", "imported", "pace", "tags", "attributes", "events", "expect", "then"}
	expectedKeys   = []string{"issue", "at", "because"}
	// happeningKeys say what happens; an event has one of them, and "at".
	happeningKeys = []string{
		"pause_until", "unpause", "pace", "zone", "send_next", "start_over", "leave", "come_back",
		"campaign", "outage_until", "relay_down_until",
	}
	eventKeys = append([]string{"at"}, happeningKeys...)
)

// What "then" may say, what an event may do with the campaign, and how a reader
// comes back who left.
const (
	thenNothing, thenAnything     = "nothing", "anything"
	campaignPause, campaignResume = "pause", "resume"
	backToContinue, backToStart   = "continue", "start-again"
)

// readSeriesTests reads series_test.yaml and counts the tests that cannot be.
func (f *folder) readSeriesTests() (tests []seriesTest, broken int) {
	text, ok := f.text(seriesTestFile)
	if !ok {
		return nil, 1
	}
	spot := f.report.at(f.file(seriesTestFile), 1)
	body, ok := parseDocument(spot, text)
	if !ok {
		return nil, 1
	}
	if body == nil {
		return nil, 0
	}
	list, ok := body.(*ast.SequenceNode)
	if !ok {
		spot.on(lineOf(body, 1)).errorf(RuleWrongType, `begin each test with "- name: …"`,
			"found %s; expected a list of tests", describe(body))
		return nil, 1
	}
	names := make(map[string]int) // lines
	for _, item := range list.Values {
		before := len(f.report.findings)
		line := lineOf(item, 1)
		test := f.readSeriesTest(spot.on(line), item)
		if first, taken := names[test.name]; taken && test.name != "" {
			spot.on(line).errorf(RuleSeriesTest, "give each test a name of its own, so that a failing one can be told",
				"the name %q is that of the test in line %d already", test.name, first)
		} else {
			names[test.name] = line
		}
		if len(f.report.findings) > before {
			broken++
		} else {
			tests = append(tests, test)
		}
	}
	return tests, broken
}

// readSeriesTest reads one test. What is wrong is reported; the test cannot be
// run then.
func (f *folder) readSeriesTest(spot spot, node ast.Node) seriesTest {
	entries, ok := mappingEntries(spot, node)
	if !ok {
		return seriesTest{}
	}
	s := newSection(spot, entries, seriesTestKeys)
	name := filledLine(s, "name", `"joins on a Friday night in Lisbon"`)
	r := seriesReader{folder: f, clock: f.readerZone(s)}
	r.script.Campaign = f.campaign
	r.join(s)
	r.happenings(s)
	t := seriesTest{spot: s.at("expect"), name: name, script: r.script}
	s.require("expect", "[], or a list of {issue: welcome, at: 2026-03-31 09:00}")
	for _, item := range sequence(s, "expect", "write a list of {issue: welcome, at: 2026-03-31 09:00}") {
		t.expect = append(t.expect, f.readExpected(s.spot.on(lineOf(item, spot.line)), item))
	}
	t.open = s.choice("then", thenNothing, thenAnything) == thenAnything
	return t
}

// readerZone returns the zone that rules the reader, or nil, which was reported.
func (f *folder) readerZone(s *section) *time.Location {
	name := parsed(s, "zone", RuleTimezone, "write an IANA name such as Europe/London", "", f.zone)
	if _, given := s.entries["zone"]; given && name == "" {
		return nil
	}
	if name == "" && f.campaign.Timezone == drip.SubscriberZone && f.campaign.DefaultTimezone == "" {
		s.require("zone", "Europe/London; the campaign has no default_timezone")
		return nil
	}
	return f.rulingZone(name)
}

// rulingZone returns the clock of a reader who lives in a zone, which is that of
// the campaign if it has one for all.
func (f *folder) rulingZone(name string) *time.Location {
	loc, err := f.zones.Load(f.campaign.Zone(name, ""))
	if err != nil {
		return time.UTC // not reached: both names were loaded before
	}
	return loc
}

// readExpected reads an issue that should leave.
func (f *folder) readExpected(spot spot, node ast.Node) expected {
	entries, ok := mappingEntries(spot, node)
	if !ok {
		return expected{}
	}
	s := newSection(spot, entries, expectedKeys)
	want := expected{spot: spot}
	want.issue = filledLine(s, "issue", "welcome")
	want.because, _ = line(s, "because")
	s.require("at", "2026-03-31 09:00")
	want.at = timeOf(s, "at", parseLocal)
	if want.issue != "" && f.campaign.Issue(want.issue) < 0 {
		f.reportIssue(s.at("issue"), want.issue)
	}
	return want
}

// reportIssue says that an issue is not of this campaign, and which are.
func (f *folder) reportIssue(spot spot, id string) {
	var ids []string
	for i := range f.campaign.Issues {
		ids = append(ids, f.campaign.Issues[i].ID)
	}
	fix := "its issues are " + strings.Join(ids, ", ")
	if near := nearest(id, ids); near != "" {
		fix = fmt.Sprintf("did you mean %q?", near)
	}
	spot.errorf(RuleSeriesTest, fix, "the campaign has no issue %s", excerpt(id))
}

// sequence returns the items of a list; none if the key is missing.
func sequence(s *section, key, fix string) []ast.Node {
	e, ok := s.entries[key]
	if !ok {
		return nil
	}
	list, ok := e.node.(*ast.SequenceNode)
	if !ok {
		s.at(key).errorf(RuleWrongType, fix, "%s is %s; expected a list", key, describe(e.node))
		return nil
	}
	return list.Values
}
