package calendar

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"partwork/internal/drip"
)

// lettered gives the issues of the tests' campaign ids.
func lettered(c *drip.Campaign) {
	for i := range c.Issues {
		c.Issues[i].ID = string(rune('a' + i))
	}
}

// newcomer is a reader who joins at an instant.
func newcomer(t testing.TB, joins string) Passage {
	joined := at(t, joins)
	return Passage{
		State: drip.EnrollmentActive, Start: drip.StartOnJoin, JoinedAt: joined, Floor: joined, Zone: zone(t, "Europe/London"),
	}
}

// TestRehearsalWithoutEventsIsTheForecast compares the two ways to look ahead for
// campaigns and readers that rapid draws.
func TestRehearsalWithoutEventsIsTheForecast(t *testing.T) {
	t.Parallel()
	zones := []*time.Location{zone(t, "Europe/London"), zone(t, "Africa/Cairo"), zone(t, "Pacific/Apia")}
	rapid.Check(t, func(t *rapid.T) {
		l := newLife(t, zones)
		lettered(l.c)
		rehearsal, err := Rehearse(Script{Campaign: l.c, Reader: l.p})
		if err != nil {
			t.Fatal(err)
		}
		forecast := Forecast(l.c, l.p, l.p.JoinedAt, len(l.c.Issues))
		same := func(m Mailing, d Due) bool { return m.Issue == l.c.Issues[d.Issue].ID && m.At.Equal(d.At) }
		if !slices.EqualFunc(rehearsal.Sent, forecast, same) {
			t.Fatalf("rehearsed %v, foreseen %v", rehearsal.Sent, forecast)
		}
	})
}

// TestRehearsalsEnd checks what a rehearsal says when nothing more leaves.
func TestRehearsalsEnd(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		end    string
		sent   int
		change func(*drip.Campaign)
		event  Change
	}{
		{"every issue was sent", 8, func(*drip.Campaign) {}, nil},
		{"issue c is a draft", 2, issue(2, func(is *drip.Issue) { is.Draft = true }), nil},
		{"the campaign is paused", 1, func(*drip.Campaign) {}, Freeze()},
		{"the reader left", 1, func(*drip.Campaign) {}, Leave()},
	} {
		t.Run(test.end, func(t *testing.T) {
			t.Parallel()
			script := Script{Campaign: weekly(t, lettered, test.change), Reader: newcomer(t, "2026-03-25T10:00")}
			if test.event != nil {
				script.Events = []Event{{at(t, "2026-03-26T10:00"), test.event}}
			}
			got, err := Rehearse(script)
			if err != nil || got.End != test.end || len(got.Sent) != test.sent {
				t.Errorf("%d left, and then %q, %v; expected %d", len(got.Sent), got.End, err, test.sent)
			}
		})
	}
}

// TestRehearsalMovesTheFloor checks that a reader who moves is not late for a slot
// that passed in the new place.
func TestRehearsalMovesTheFloor(t *testing.T) {
	t.Parallel()
	reader := newcomer(t, "2026-03-25T10:00")
	reader.Zone = zone(t, "America/Los_Angeles")
	got, err := Rehearse(Script{
		Campaign: weekly(t, lettered), Reader: reader,
		Events: []Event{{at(t, "2026-03-31T15:00"), Move(zone(t, "Pacific/Auckland"))}}, // Wednesday, 04:00
	})
	if err != nil || got.Sent[1].Local.String() != "2026-04-07T09:00:00" {
		t.Errorf("got %v, %v", got.Sent, err)
	}
}

// TestStartingOverDoesNotWaitForThePace checks that the first issue comes at the
// next slot that is far enough, also for a reader who takes every second; and
// that the reason says so.
func TestStartingOverDoesNotWaitForThePace(t *testing.T) {
	t.Parallel()
	reader := newcomer(t, "2026-03-25T10:00")
	reader.Pace = 2
	got, err := Rehearse(Script{
		Campaign: weekly(t, lettered, func(c *drip.Campaign) { c.Issues = c.Issues[:2] }), Reader: reader,
		Events: []Event{{at(t, "2026-04-08T11:00"), StartOver()}},
	})
	var list []string
	for _, m := range got.Sent {
		list = append(list, m.Issue+" "+m.Local.String()[:10]+" "+m.Reason.String())
	}
	want := []string{
		"a 2026-03-25 at once on joining",
		"b 2026-04-07 second Tuesday after a; every second slot",
		"a 2026-04-14 first Tuesday after b",
		"b 2026-04-28 second Tuesday after a; every second slot",
	}
	if err != nil || !slices.Equal(list, want) {
		t.Errorf("got %q, %v", list, err)
	}
}

func TestRehearsalTellsWhatWasPassedOver(t *testing.T) {
	t.Parallel()
	got, err := Rehearse(Script{
		Campaign: weekly(t, lettered), Reader: newcomer(t, "2026-03-25T10:00"),
		Deaf: []Span{{at(t, "2026-03-30T10:00"), at(t, "2026-04-20T10:00")}},
	})
	if err != nil || len(got.Passed) != 1 || got.Passed[0].Issue != "b" || got.Passed[0].Reason.Code != CodeGaveUp {
		t.Errorf("got %+v, %v", got.Passed, err)
	}
}

func TestRehearsalReportsWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	wrong := errors.New("this makes no sense")
	reader := newcomer(t, "2026-03-25T10:00")
	_, err := Rehearse(Script{
		Campaign: weekly(t, lettered), Reader: reader,
		Events: []Event{{reader.JoinedAt, func(*Stage) error { return wrong }}},
	})
	if !errors.Is(err, wrong) {
		t.Errorf("got %v", err)
	}
	_, err = Rehearse(Script{
		Campaign: weekly(t, lettered, func(c *drip.Campaign) { c.GiveUp = 1 << 30 }), Reader: reader,
		Deaf: []Span{{reader.JoinedAt, at(t, "2126-01-01T00:00")}},
	})
	if err == nil || !strings.Contains(err.Error(), "no end") {
		t.Errorf("got %v", err)
	}
}

// TestRehearsalChangesNothing checks that what it was given stays as it is.
func TestRehearsalChangesNothing(t *testing.T) {
	t.Parallel()
	c := weekly(t, lettered)
	script := Script{Campaign: c, Reader: newcomer(t, "2026-03-25T10:00"), Events: []Event{
		{at(t, "2026-04-09T10:00"), SetPace(2)}, {at(t, "2026-03-26T10:00"), remove("b")},
	}}
	first, err := Rehearse(script)
	if err != nil || len(first.Sent) != 7 {
		t.Fatalf("events out of order: %v, %v", first.Sent, err)
	}
	again, err := Rehearse(script)
	if err != nil || len(c.Issues) != 8 || script.Reader.Pace != 0 || !slices.EqualFunc(first.Sent, again.Sent, func(a, b Mailing) bool {
		return a.Issue == b.Issue && a.At.Equal(b.At)
	}) {
		t.Errorf("the second time it was %v, %v", again, err)
	}
}
