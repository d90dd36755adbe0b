package campaignfile

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"partwork/campaigns"
	"partwork/internal/timing"
)

// doubted is a campaign with a schedule and further lines of campaign.yaml, which
// begin on line 7, and what follows the ids of its issues.
func doubted(schedule, lines string, issues ...string) fstest.MapFS {
	fsys := files("plain/campaign.yaml", strings.ReplaceAll(goodCampaign, "0 9 * * TUE", schedule)+lines)
	for i, text := range issues {
		name := fmt.Sprintf("plain/%02d.md", i+1)
		fsys[name] = &fstest.MapFile{Data: fmt.Appendf(nil, "---\nid: issue-%d\n%s\n", i+1, text)}
	}
	return fsys
}

// someText is an issue that gives no cause for doubts.
const someText = "subject: Some\n---\nText."

// doubts returns what is doubtful about a campaign that is right, one "file:line
// rule message" each.
func doubts(t *testing.T, fsys fstest.MapFS) []string {
	t.Helper()
	c, findings := LoadOne(fsys, "plain", Options{Today: today})
	if c == nil || len(findings) > 0 {
		t.Fatalf("the campaign has findings of its own: %v", findings)
	}
	found := Doubts(fsys, c, Options{Today: today})
	checkFindings(t, found)
	var list []string
	for _, f := range found {
		if f.Severity != "warning" {
			t.Errorf("%v is no warning", f)
		}
		list = append(list, fmt.Sprintf("%s:%d %s: %s", strings.TrimPrefix(f.File, "plain/"), f.Line, f.Rule, f.Message))
	}
	return list
}

// expectDoubt compares the doubts with the one expected, or with none.
func expectDoubt(t *testing.T, got []string, want string) {
	t.Helper()
	if len(got) == 0 && want == "" || len(got) == 1 && got[0] == want {
		return
	}
	t.Errorf("got  %q\nwant %q", got, want)
}

func TestSettingsThatMakeNoSenseTogether(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, schedule, lines, want string }{
		{"a plain weekly series is fine", "0 9 * * TUE", "", ""},
		{"workdays are fine", "30 7 * * MON-FRI", "", ""},
		{"the first of the month or a Tuesday is fine", "0 9 1 * TUE", "min_gap: 3d\nmax_late: 2d\n", ""},
		{"leap days are fine", "0 9 29 2 *", "", ""},
		{"every hour, but one a day, is fine", "0 * * * *", "min_gap: 20h\n", ""},

		{"every minute", "* * * * *", "", `campaign.yaml:5 often: the schedule "* * * * *" comes every minute, so readers get the whole series within hours`},
		{"every hour", "0 * * * *", "", `campaign.yaml:5 often: the schedule "0 * * * *" comes every hour, so readers get the whole series within hours`},
		{"min_gap of exactly the interval loses to every second of delay", "0 9 * * TUE", "min_gap: 7d\n",
			"campaign.yaml:7 min-gap: min_gap is 7 days and counts from when an issue left, so of 53 slots in a row a reader can use only 27"},
		{"min_gap beyond the interval", "0 9 * * TUE,THU", "min_gap: 3d\n",
			"campaign.yaml:7 min-gap: min_gap is 3 days and counts from when an issue left, so of 105 slots in a row a reader can use only 53"},
		{"max_late beyond the interval", "0 9 * * TUE", "max_late: 8d\n",
			"campaign.yaml:7 max-late: max_late is 8 days, but slots are at most 7 days apart: an issue could leave later than the slot of the next one"},
		{"late hours that never come in time", "0 6 * * TUE", "max_late: 90m\n",
			"campaign.yaml:5 late-hours: no issue that is late can ever leave: late_hours are 08:00-20:00, and no slot has any of them in the 1 hour 30 minutes (max_late) after it"},
		{"late hours that end too soon", "50 19 * * TUE", "max_late: 6h\n",
			"campaign.yaml:5 late-hours: no issue that is late can ever leave: late_hours are 08:00-20:00, and no slot has any of them in the 6 hours (max_late) after it"},
		{"who wants no late issues has no doubts about late hours", "0 6 * * TUE", "max_late: 10m\n", ""},
		{"quiet dates on every slot", "0 9 25 12 *", "quiet: [12-24..12-26]\n",
			`campaign.yaml:7 quiet: every slot of the schedule "0 9 25 12 *" is on a quiet date, so nothing is ever sent`},
		{"quiet dates on most slots are fine", "0 9 1 * *", "quiet: [02-01..12-31]\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			expectDoubt(t, doubts(t, doubted(test.schedule, test.lines, someText)), test.want)
		})
	}
}

func TestTimesThatDoNotExist(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, schedule, lines, want string }{
		{"in the campaign's own zone", "30 1 * * SUN", "timezone: Europe/London\n",
			"campaign.yaml:5 clock-change: 01:30 does not exist in Europe/London on 28 March 2027: it leaves at 02:00 then"},
		{"the zone of readers without one is named first", "30 2 * * *", "default_timezone: America/New_York\n",
			"campaign.yaml:5 clock-change: 02:30 does not exist in America/New_York on 14 March 2027 (and in N other zones on some day): it leaves at 03:00 then"},
		{"and otherwise the earliest", "30 1 28 3 *", "default_timezone: Asia/Tokyo\n",
			"campaign.yaml:5 clock-change: 01:30 does not exist in Antarctica/Troll on 28 March 2027 (and in N other zones on some day): it leaves at 03:00 then"},
		{"in one zone only", "30 0 30 4 *", "default_timezone: Asia/Tokyo\n",
			"campaign.yaml:5 clock-change: 00:30 does not exist in Africa/Cairo on 30 April 2027: it leaves at 01:00 then"},
		{"midnight in Cairo", "0 0 * * FRI", "timezone: Africa/Cairo\n",
			"campaign.yaml:5 clock-change: 00:00 does not exist in Africa/Cairo on 30 April 2027: it leaves at 01:00 then"},
		{"a zone whose clock is never changed", "30 1 * * SUN", "timezone: Asia/Kolkata\n", ""},
		{"a day on which clocks are not changed", "30 2 * * TUE", "timezone: Europe/Berlin\n", ""},
		{"a day that is quiet", "30 1 * * SUN", "timezone: Europe/London\nquiet: [03-20..03-31]\n", ""},
		{"nine in the morning, everywhere", "0 9 * * *", "", ""},
		{"eight in the evening, everywhere", "0 20 * * SUN", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := doubts(t, doubted(test.schedule, test.lines, someText))
			for i := range got {
				got[i] = countOfZones.ReplaceAllString(got[i], "and in N other") // governments change it
			}
			expectDoubt(t, got, test.want)
		})
	}
}

// TestNoClockIsSetForwardByDay guards the hours in which nobody need look.
func TestNoClockIsSetForwardByDay(t *testing.T) {
	t.Parallel()
	from := today.Start(time.UTC)
	zones := timing.NewZones()
	for _, name := range timing.Names() {
		loc, err := zones.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, gap := range timing.Gaps(loc, from, from.AddDate(12, 0, 0)) {
			first, last := gap.From.Clock(), (gap.To - 1).Clock()
			if byDay := func(clock int) bool { return clock >= dawn && clock < dusk }; byDay(first) || byDay(last) || gap.To-gap.From > 3*60*60 {
				t.Errorf("%s jumps from %s to %s", name, gap.From, gap.To)
			}
		}
	}
}

var countOfZones = regexp.MustCompile(`and in [1-9][0-9]* other`)

func TestWhatHoldsAnIssueBack(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, want string
		issues     []string
	}{
		{"dates in order are fine", "", []string{"not_before: 2027-01-01\n" + someText, "not_before: 2027-02-01\nskip_slots: 4\n" + someText}},
		{"a date that has passed", "01.md:3 not-before: not_before is 2026-11-22, which has passed: it holds nobody back any more",
			[]string{"not_before: 2026-11-22\n" + someText}},
		{"a date before that of an earlier issue", "03.md:3 not-before: not_before is 2027-01-01, but issue-1 comes first and waits until 2027-02-01: this date holds nobody back",
			[]string{"not_before: 2027-02-01\n" + someText, someText, "not_before: 2027-01-01\n" + someText}},
		{"a break of a year", "01.md:4 skip-slots: skip_slots is 52: readers hear nothing for 364 days before this issue",
			[]string{"subject: Some\nskip_slots: 52\n---\nText."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			expectDoubt(t, doubts(t, doubted("0 9 * * TUE", "", test.issues...)), test.want)
		})
	}
}

// TestShippedCampaignsGiveNoDoubts looks at the campaigns as they are today and
// will be for a while.
func TestShippedCampaignsGiveNoDoubts(t *testing.T) {
	t.Parallel()
	for _, date := range []timing.Date{today, today.AddDays(200), today.AddDays(1000)} {
		for _, c := range Load(campaigns.Files(), Options{}).Campaigns {
			for _, finding := range Doubts(campaigns.Files(), c, Options{Today: date}) {
				t.Errorf("on %s: %s", date, finding)
			}
		}
	}
}

func BenchmarkShipped(b *testing.B) {
	fsys := campaigns.Files()
	list := Load(fsys, Options{}).Campaigns
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			Load(fsys, Options{Today: today})
		}
	})
	b.Run("doubts", func(b *testing.B) {
		for b.Loop() {
			for _, c := range list {
				Doubts(fsys, c, Options{Today: today})
			}
		}
	})
	b.Run("series tests", func(b *testing.B) {
		for b.Loop() {
			for _, c := range list {
				RunSeriesTests(fsys, c, Options{})
			}
		}
	})
}
