package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"partwork/campaigns"
	"partwork/internal/app"
	"partwork/internal/calendar"
	"partwork/internal/campaignfile"
	"partwork/internal/drip"
	"partwork/internal/timing"
)

func TestOverloadWarnings(t *testing.T) {
	t.Parallel()
	wall, err := timing.ParseWall("2026-11-24T09:00")
	if err != nil {
		t.Fatal(err)
	}
	o := calendar.Overload{
		Slot: wall, Readers: 100_000, Left: 4000, Needed: 100_000 * time.Second, Open: 40 * time.Hour, Enough: 1.0412,
	}
	got := overloadWarnings([]calendar.Overload{o, o, o, o, o}, 1, "subscriber")
	want := "Tue 24 Nov 2026 09:00 (readers' clocks): 100,000 letters need 1 d 3 h at smtp.rate 1 and may leave for 1 d 16 h; " +
		"4,000 people get theirs a slot later. Set smtp.rate to 1.1 or more, or widen max_late or late_hours."
	if len(got) != 4 || got[0] != want || got[3] != "likewise on 2 later slots" {
		t.Errorf("the warnings are\n%s\nwant first\n%s", strings.Join(got, "\n"), want)
	}
	if got := overloadWarnings(nil, 1, "UTC"); got == nil || len(got) != 0 {
		t.Errorf("no overload gives %v, which is no list in JSON", got)
	}
}

func TestRoughNumbers(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0 s", 9 * time.Second: "9 s", 90 * time.Second: "1 min 30 s", 27*time.Hour + 46*time.Minute: "1 d 3 h",
		24 * time.Hour: "1 d", 3 * time.Hour: "3 h", 3*time.Hour + time.Second: "3 h",
	} {
		if got := roughly(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
	for f, want := range map[float64]float64{0: 0, 1.0412: 1.1, 0.000034: 0.000034, 12.3: 13, 1234: 1300, 2: 2} {
		if got := roundUp(f); got != want {
			t.Errorf("%g is rounded to %g, want %g", f, got, want)
		}
	}
}

// TestTurnsInWords holds what plan says for every turn.
func TestTurnsInWords(t *testing.T) {
	t.Parallel()
	words := planText{year: 2026}
	for _, test := range []struct {
		turn app.TurnCount
		want string
	}{
		{app.TurnCount{Change: calendar.TurnLater, From: "2026-11-24", To: "2026-12-01", Readers: 3}, "get the next issue a week later (Tue 1 Dec instead of Tue 24 Nov)"},
		{app.TurnCount{Change: calendar.TurnEarlier, From: "2027-01-05", To: "2027-01-04", Readers: 1}, "gets the next issue a day earlier (Mon 4 Jan 2027 instead of Tue 5 Jan 2027)"},
		{app.TurnCount{Change: calendar.TurnLater, From: "2026-11-24T09:00", To: "2026-11-24T18:00", Readers: 2}, "get the next issue 9 h later (Tue 24 Nov 18:00 instead of Tue 24 Nov 09:00)"},
		{app.TurnCount{Change: calendar.TurnLater, From: "2026-11-24", To: "2026-12-08", Readers: 2}, "get the next issue 2 weeks later (Tue 8 Dec instead of Tue 24 Nov)"},
		{app.TurnCount{Change: calendar.TurnOther, From: "2026-11-24", To: "2026-11-24", FromIssue: "fog", ToIssue: "moss", Readers: 41}, "get moss instead of fog next, on Tue 24 Nov"},
		{app.TurnCount{Change: calendar.TurnBegins, To: "2026-12-01", ToIssue: "moss", Was: calendar.CodeFinished, Readers: 5}, "who had finished get moss on Tue 1 Dec"},
		{app.TurnCount{Change: calendar.TurnBegins, To: "2026-12-01", ToIssue: "moss", Was: calendar.CodeDraft, Readers: 1}, "who waited gets moss on Tue 1 Dec"},
		{app.TurnCount{Change: calendar.TurnEnds, From: "2026-12-01", FromIssue: "fog", Is: calendar.CodeDraft, Held: "moss", Readers: 8}, "wait for moss, a draft; fog would have come on Tue 1 Dec"},
		{app.TurnCount{Change: calendar.TurnEnds, From: "2026-12-01", FromIssue: "fog", Is: calendar.CodeHeld, Held: "moss", Readers: 1}, "waits until moss is approved; fog would have come on Tue 1 Dec"},
		{app.TurnCount{Change: calendar.TurnEnds, From: "2026-12-01", FromIssue: "fog", Is: calendar.CodeFinished, Readers: 2}, "finish without it; fog would have come on Tue 1 Dec"},
		{app.TurnCount{Change: calendar.TurnIdleOther, Was: calendar.CodeDraft, Is: calendar.CodeFinished, Readers: 2}, "who waited finish without it"},
		{app.TurnCount{Change: calendar.TurnSame, Readers: 210}, "get the next issue as before; what follows changes"},
	} {
		if got := words.turn(test.turn); got != test.want {
			t.Errorf("%s: got  %q\nwant %q", test.turn.Change, got, test.want)
		}
	}
	moved := app.TurnCount{
		Change: calendar.TurnEarlier, From: "2026-11-24T09:00", FromZone: "Europe/London", To: "2026-11-24T09:00", ToZone: "Asia/Tokyo", Readers: 2,
	}
	want := "get the next issue 9 h earlier (Tue 24 Nov 09:00 Asia/Tokyo instead of Tue 24 Nov 09:00 Europe/London)"
	if got := words.turn(moved); got != want {
		t.Errorf("another clock: got  %q\nwant %q", got, want)
	}
	for place, want := range map[string]string{"1": "1st", "2": "2nd", "3": "3rd", "4": "4th", "11": "11th", "12": "12th", "21": "21st", "113": "113th"} {
		if got := nth(place); got != want {
			t.Error(fmt.Sprintf("place %s is %s, want %s", place, got, want))
		}
	}
}

// TestWhatReadsTheSameIsOneLine holds that plan counts readers together whose lines
// would be equal.
func TestWhatReadsTheSameIsOneLine(t *testing.T) {
	t.Parallel()
	later := app.TurnCount{Change: calendar.TurnLater, From: "2026-11-24", To: "2026-12-01"}
	one, two, other := later, later, later
	one.Readers, two.Readers, two.Was = 1, 4, calendar.CodeDraft // Was tells them apart in JSON only
	other.Readers, other.To = 2, "2026-12-08"
	got := planText{year: 2026}.readers(&app.Effects{Readers: 9, Next: []app.TurnCount{other, one, two}, FinishLater: 1})
	want := []string{
		"5 get the next issue a week later (Tue 1 Dec instead of Tue 24 Nov)",
		"2 get the next issue 2 weeks later (Tue 8 Dec instead of Tue 24 Nov)",
		"1 reaches the end later than before",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestAFullDayIsSaid holds that a reader is told of who waits because of daily_limit.
func TestAFullDayIsSaid(t *testing.T) {
	t.Parallel()
	c, _ := campaignfile.LoadOne(campaigns.Files(), campaigns.MSTherapies, campaignfile.Options{})
	slot := time.Date(2026, 3, 24, 9, 0, 0, 0, time.UTC)
	p := calendar.Passage{
		State: drip.EnrollmentActive, Start: drip.StartAtSlot, JoinedAt: slot.Add(-time.Hour), Floor: slot.Add(-time.Hour),
		Pace: 1, Zone: time.UTC, Had: make([]bool, len(c.Issues)),
	}
	if got := dayIsFull(c, p, slot); got != "" {
		t.Errorf("nothing was sent, but it says %q", got)
	}
	p.FullOn = timing.DateAt(slot)
	if got := dayIsFull(c, p, slot); got != "waits: other series sent enough today (daily_limit); not before Wed 25 Mar" {
		t.Errorf("got %q", got)
	}
	if got := dayIsFull(c, p, slot.Add(-time.Minute)); got != "" {
		t.Errorf("nothing is due yet, but it says %q", got)
	}
}
