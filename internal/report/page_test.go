package report

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"partwork/internal/testkit"
)

// sample is a series in which everything happens, and one in which nothing does.
func sample() *Report {
	from := time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)
	s := Series{
		Campaign: "garden-notes", Title: `A <b>garden</b> "through" the year & more`, State: "open",
		Readers: Readers{Active: 1240, Pending: 31, Finished: 208, Left: 77},
		Churn:   Churn{Of: 1290, Left: 22},
		Zones:   []Zone{{"Europe/London", 800}, {"", 240}, {"Asia/Tokyo", 200}},
		Issues: []Issue{
			{Issue: "soil", Subject: "What lies under the lawn", Due: 1556, Sent: 1540, Late: 40, Refused: 12, Unknown: 4, LeftAfter: 31},
			{Issue: "rain", Subject: "<script>alert(1)</script>", Due: 1201, Sent: 1100, Waiting: 61, Deferred: 30, Skipped: 10, LeftAfter: 9},
			{Issue: "gone", Removed: true, Due: 20, Sent: 20},
			{Issue: "frost", Subject: "Frost"},
		},
		LeftBefore: 3,
		Stuck:      Stuck{All: 40, List: []StuckReader{{Subscriber: 7, Issue: "rain", Why: "waiting", Since: from}, {Subscriber: 9, Why: "unplanned", Since: from}}},
	}
	for i := range 12 {
		s.Weeks = append(s.Weeks, Week{From: from.AddDate(0, 0, 7*i), Joined: 120 - 5*i, Left: i * 2, Finished: 0, Readers: 110 * (i + 1)})
	}
	empty := Series{Campaign: "quiet", State: "paused", Weeks: []Week{{From: from}}}
	long := Series{Campaign: strings.Repeat("very-", 12) + "long", Title: "Gartenbaubetriebsgenossenschaftsversammlungsprotokolle", State: "open"}
	return &Report{Made: from.AddDate(0, 0, 80), Series: []Series{s, empty, long}}
}

func write(t *testing.T, r *Report) string {
	t.Helper()
	var b strings.Builder
	if err := WritePage(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The page stands by itself, and what somebody wrote in a subject is text.
func TestPageLoadsNothing(t *testing.T) {
	t.Parallel()
	page := write(t, sample())
	for _, pattern := range []string{`(?i)<script`, `(?i)\bsrc=`, `(?i)\bhref=`, `(?i)url\(`, `https?://`, `NaN`, `Inf`, `%!`, `<b>garden`} {
		if found := regexp.MustCompile(pattern).FindString(page); found != "" {
			t.Errorf("the page has %s", found)
		}
	}
	for _, want := range []string{
		"1,540", "1.7%", "22&nbsp;of&nbsp;1,290", "3 left before the first issue", "&lt;script&gt;alert(1)", "none of their own", "of unknown fate", "due, and not planned",
		"1,540 of 1,556 sent, 40 of them late, 4 unknown, 12 refused; then 31 left", "1,100 of 1,201 sent, 61 on their way, 30 put off, 10 skipped; then 9 left", "20 of 20 sent</span>",
		"40 cases, for more than a day; these have waited longest",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// Where nobody is there is no picture of nobody, and no share of them.
func TestPageOfAQuietSeries(t *testing.T) {
	t.Parallel()
	week := Week{From: time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)}
	const nobody, pictures = "Nobody joined, read, left or finished", "Reading at the end of each week"
	page := write(t, &Report{Series: []Series{{Campaign: "quiet", Weeks: []Week{week}}}})
	if !strings.Contains(page, nobody) || !strings.Contains(page, "nobody was reading") || strings.Contains(page, pictures) || strings.Contains(page, "<dd>0%") {
		t.Error(page)
	}
	week.Left = 1
	if page := write(t, &Report{Series: []Series{{Campaign: "quiet", Weeks: []Week{week}}}}); strings.Contains(page, nobody) || !strings.Contains(page, pictures) {
		t.Error(page)
	}
}

// An empty installation has a page as well.
func TestPageOfNothing(t *testing.T) {
	t.Parallel()
	if page := write(t, &Report{}); !strings.Contains(page, "There is no series yet.") {
		t.Error(page)
	}
}

// The parts of a bar are as long as what they stand for, together and in order.
func TestBarsAreAsLongAsTheirNumbers(t *testing.T) {
	t.Parallel()
	list := bars([]Issue{{Issue: "a", Due: 120, Sent: 60, Late: 20, Deferred: 10, Refused: 30, Skipped: 20}, {Issue: "b", Due: 60, Sent: 60}})
	few := bars([]Issue{{Due: 100_000, Sent: 99_999, Unknown: 1}})[0].Parts[1]
	if few != (barPart{"lost", "100", "0.4"}) {
		t.Errorf("one of many is %v", few)
	}
	want := [][]barPart{
		{{"sent", "0", "33.33"}, {"late", "33.33", "16.67"}, {"open", "50", "8.33"}, {"lost", "58.33", "25"}, {"skipped", "83.33", "16.67"}},
		{{"sent", "0", "50"}},
	}
	for i := range want {
		if !slices.Equal(list[i].Parts, want[i]) {
			t.Errorf("bar %d is %v, want %v", i, list[i].Parts, want[i])
		}
	}
}

// A week is where it belongs, as high as its numbers.
func TestPicturesOfWeeks(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)
	weeks := []Week{{From: from, Joined: 30, Readers: 30}, {From: from.AddDate(0, 0, 7), Joined: 10, Left: 6, Finished: 4, Readers: 30}}
	g := growth(weeks)
	if want := "25,25 75,25"; g.Line != want || g.Area != "25,100 "+want+" 75,100" || g.Alone {
		t.Errorf("the line is %+v, want %s", g, want)
	}
	if g.Rungs[0].Label != "40" || g.Rungs[1] != (rung{"50", "20"}) || g.Rungs[2] != (rung{"100", "0"}) {
		t.Errorf("its rungs are %v", g.Rungs)
	}
	want := []turnoverPart{{"sent", "7.5", "0", "8", "75"}, {"sent", "57.5", "50", "8", "25"}, {"lost", "57.5", "75", "8", "15"}, {"skipped", "57.5", "90", "8", "10"}}
	if p := turnover(weeks); !slices.Equal(p.Parts, want) || p.Ground != "75" || p.Up != "30" || p.Down != "10" {
		t.Errorf("the bars are %+v, want %v", p, want)
	}
	// Nothing happened, and there is one week only.
	if g := growth(weeks[:1]); !g.Alone || g.Height != "25" || len(g.Dates) != 1 {
		t.Errorf("one week is %+v", g)
	}
	if p := turnover([]Week{{From: from}}); p.Ground != "0" || len(p.Parts) != 0 {
		t.Errorf("a week of nothing is %+v", p)
	}
	long := make([]Week, 26)
	for i := range long {
		long[i].From = from.AddDate(0, 0, 7*i)
	}
	marks := dateMarks(long)
	if len(marks) != 5 || marks[0] != (dateMark{"0", "start", "7 Sep"}) || marks[4] != (dateMark{"100", "end", "1 Mar"}) {
		t.Errorf("the dates are %v", marks)
	}
}

// The zones that there are most of have bars, and the others are counted.
func TestZonesAreBars(t *testing.T) {
	t.Parallel()
	var list []Zone
	for i := range 14 {
		list = append(list, Zone{Zone: string(rune('A' + i)), Readers: 40 - 2*i})
	}
	got := zones(list)
	if len(got) != 12 || got[0] != (zoneBar{"A", 40, "100"}) || got[10] != (zoneBar{"K", 20, "50"}) || got[11] != (zoneBar{Name: "3 others", Readers: 48}) {
		t.Errorf("the zones are %v", got)
	}
	if got := zones(list[:12]); len(got) != 12 || got[11] != (zoneBar{"L", 18, "45"}) {
		t.Errorf("twelve zones are %v", got)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -12: "-12"} {
		if got := Number(n); got != want {
			t.Errorf("%d is %s", n, got)
		}
	}
	for n, want := range map[int]int{1: 2, 2: 2, 3: 4, 5: 10, 11: 20, 41: 100, 0: 2, 1001: 2000} {
		if got := nice(n); got != want {
			t.Errorf("nice(%d) is %d, want %d", n, got, want)
		}
	}
}

// TestPageIsAccessible has axe-core look at the page on a telephone and on a desktop, in
// light and dark: nobody is kept from it, and nothing but tables has to be scrolled
// sideways.
func TestPageIsAccessible(t *testing.T) {
	testkit.Outside(t)
	t.Parallel()
	page := write(t, sample())
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			_, _ = io.WriteString(w, page)
		} // and no icon, which a browser asks for by itself
	}))
	defer site.Close()
	var views []testkit.View
	for _, width := range []int{390, 1280} {
		for _, dark := range []bool{false, true} {
			views = append(views, testkit.View{Name: "report", URL: site.URL + "/", Width: width, Height: 844, Dark: dark})
		}
	}
	for _, a := range testkit.Audits(t, views) {
		if a.Overflow > 0 {
			t.Errorf("the page is %d pixels wider than its window of %d", a.Overflow, a.View.Width)
		}
		for _, v := range a.Violations {
			if v.Grave() {
				t.Errorf("at %d, dark %v: %s", a.View.Width, a.View.Dark, v)
			}
		}
	}
}
