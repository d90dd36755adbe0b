package preview

import (
	"strings"
	"testing"
)

// TestCalendarSaysWhenAndWhy: somebody joins on a Tuesday at noon; the next Tuesday is
// quiet, and London's clocks go forward in between.
func TestCalendarSaysWhenAndWhy(t *testing.T) {
	t.Parallel()
	h := server(t, shelf(t, series()))
	p := page(t, h, "/garden/_calendar?join=2026-03-24T12:00&zone=Europe/London")
	var got []string
	for _, li := range p.All("ol.dues li") {
		got = append(got, li.Text())
	}
	want := []string{
		"Tue 24 Mar 2026 12:00 1 Begin <b>here</b> at once on joining",
		"Sun 29 Mar 2026 The clocks of Europe/London go forward by 1 hour; the time of day on the letter stays the same.",
		"Tue 7 Apr 2026 09:00 2 Go on after 13 days · ",
	}
	if len(got) != len(want) {
		t.Fatalf("the calendar is\n%s", strings.Join(got, "\n"))
	}
	for i := range want {
		if clean := strings.Join(strings.Fields(got[i]), " "); !strings.HasPrefix(strings.ReplaceAll(clean, " ", ""), strings.ReplaceAll(want[i], " ", "")) {
			t.Errorf("line %d is %q, want %q", i+1, clean, want[i])
		}
	}
	if !strings.Contains(got[2], "quiet") {
		t.Errorf("the reason does not speak of the quiet day: %s", got[2])
	}
	if text := p.One(t, "#forecast p.problem").Text(); !strings.Contains(text, "three is a draft") {
		t.Errorf("the end is %q", text)
	}
	for class, n := range map[string]int{"td.due": 2, "td.still": 1, "td.joined": 1, "td.clock": 1} {
		if found := len(p.All(class)); found != n {
			t.Errorf("the months have %d of %s, want %d", found, class, n)
		}
	}
	for _, wrong := range []string{"?zone=Nowhere/Atall", "?join=soon"} {
		page(t, h, "/garden/_calendar"+wrong).One(t, "p.problem[role=alert]")
	}
	imported := page(t, h, "/garden/_calendar?join=2026-03-24T12:00&zone=Europe/London&imported=1").All("ol.dues li time")
	if len(imported) == 0 || !strings.Contains(imported[0].Text(), "7 Apr 2026 09:00") {
		t.Error("somebody imported does not wait for a slot")
	}
	auckland := page(t, h, "/garden/_calendar?join=2026-04-03T12:00&zone=Pacific/Auckland")
	if text := auckland.One(t, "ol.dues").Text(); !strings.Contains(text, "go back by 1 hour") {
		t.Errorf("the clocks of Auckland: %s", text)
	}
}
