package calendar

import (
	"strings"
	"testing"
	"time"

	"partwork/internal/drip"
)

// lines writes a forecast as the reader's local times.
func lines(list []Due, loc *time.Location) string {
	var text []string
	for _, due := range list {
		text = append(text, due.Slot.At.In(loc).Format("2006-01-02T15:04Z07:00"))
	}
	return strings.Join(text, " ")
}

func TestForecast(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, zone, join string
		changes          []func(*drip.Campaign)
		want             string
	}{
		{
			"London over the spring gap", "Europe/London", "2026-03-24T10:00", nil,
			"2026-03-24T10:00Z 2026-03-31T09:00+01:00 2026-04-07T09:00+01:00",
		},
		{
			"London, 01:30 on the night of the gap", "Europe/London", "2026-03-20T10:00",
			[]func(*drip.Campaign){schedule("30 1 * * SUN")},
			"2026-03-20T10:00Z 2026-03-29T02:00+01:00 2026-04-05T01:30+01:00",
		},
		{
			"London, 01:30 on the night of the fold", "Europe/London", "2026-10-16T10:00",
			[]func(*drip.Campaign){schedule("30 1 * * SUN")},
			"2026-10-16T11:00+01:00 2026-10-25T01:30+01:00 2026-11-01T01:30Z",
		},
		{
			"New York", "America/New_York", "2026-03-02T15:00", []func(*drip.Campaign){schedule("30 2 * * SUN")},
			"2026-03-02T10:00-05:00 2026-03-08T03:00-04:00 2026-03-15T02:30-04:00",
		},
		{
			"Cairo, midnight on Fridays", "Africa/Cairo", "2026-04-18T10:00", []func(*drip.Campaign){schedule("0 0 * * FRI")},
			"2026-04-18T12:00+02:00 2026-04-24T01:00+03:00 2026-05-01T00:00+03:00",
		},
		{
			"Apia, mornings, over the missing day", "Pacific/Apia", "2011-12-28T05:00", []func(*drip.Campaign){schedule("0 9 * * *")},
			"2011-12-27T19:00-10:00 2011-12-28T09:00-10:00 2011-12-29T09:00-10:00",
		},
		{
			"quiet days and not_before", "Europe/London", "2026-12-19T10:00",
			[]func(*drip.Campaign){quiet("12-20..12-26"), issue(2, func(i *drip.Issue) { i.NotBefore = date(t, "2027-01-12") })},
			"2026-12-19T10:00Z 2026-12-29T09:00Z 2027-01-12T09:00Z",
		},
		{
			"it ends before a draft", "Europe/London", "2026-03-24T10:00",
			[]func(*drip.Campaign){issue(1, func(i *drip.Issue) { i.Draft = true })},
			"2026-03-24T10:00Z",
		},
		{
			"it ends with the last issue", "Europe/London", "2026-03-24T10:00",
			[]func(*drip.Campaign){func(c *drip.Campaign) { c.Issues = c.Issues[:2] }},
			"2026-03-24T10:00Z 2026-03-31T09:00+01:00",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := joined(t, test.join, func(p *Passage) { p.Zone = zone(t, test.zone) })
			if got := lines(Forecast(weekly(t, test.changes...), p, p.JoinedAt, 3), p.Zone); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestForecastFromTheMiddle(t *testing.T) {
	t.Parallel()
	c := weekly(t)
	london := zone(t, "Europe/London")
	for _, test := range []struct {
		name, now string
		passage   []func(*Passage)
		want      string
		at        string // when the first will leave
	}{
		{"late", "2026-06-17T22:00", nil, "2026-06-16T09:00+01:00 2026-06-23T09:00+01:00", "2026-06-18T07:00"},
		{"paused", "2026-06-17T22:00", []func(*Passage){func(p *Passage) { p.PausedUntil = at(t, "2026-07-01T00:00") }}, "2026-07-07T09:00+01:00 2026-07-14T09:00+01:00", "2026-07-07T08:00"},
		{"an inserted issue", "2026-06-10T08:00", []func(*Passage){func(p *Passage) { p.Had[0] = false }}, "2026-06-16T09:00+01:00 2026-06-23T09:00+01:00", "2026-06-16T08:00"},
		{"a removed open one", "2026-06-10T08:00", []func(*Passage){open(t, -1, "2026-06-16T08:00", 0)}, "2026-06-16T09:00+01:00 2026-06-23T09:00+01:00", "2026-06-16T08:00"},
		{"one that is given up", "2026-06-20T08:00", []func(*Passage){open(t, 2, "2026-06-16T08:00", 2)}, "2026-06-23T09:00+01:00 2026-06-30T09:00+01:00", "2026-06-23T08:00"},
		{"not active", "2026-06-20T08:00", []func(*Passage){func(p *Passage) { p.State = drip.EnrollmentLeft }}, "", ""},
	} {
		p := joined(t, "2026-06-01T10:00", append([]func(*Passage){had(t, 2, "2026-06-09T08:00", "2026-06-09T08:00")}, test.passage...)...)
		before := len(p.Had)
		list := Forecast(c, p, at(t, test.now), 2)
		if got := lines(list, london); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
		if len(list) > 0 && !list[0].At.Equal(at(t, test.at)) {
			t.Errorf("%s: the first leaves at %v, want %s", test.name, list[0].At, test.at)
		}
		if len(p.Had) != before {
			t.Errorf("%s: the passage was changed", test.name)
		}
	}
}

func TestReasons(t *testing.T) {
	t.Parallel()
	c := weekly(t, lettered, quiet("12-24..12-26", "2026-12-15"), issue(5, func(i *drip.Issue) { i.NotBefore = date(t, "2027-01-19") }))
	p := joined(t, "2026-11-21T10:00")
	want := []string{
		"at once on joining",
		"second Tuesday after a; issues keep 3 days and 12 hours apart",
		"first Tuesday after b",
		"second Tuesday after c; 15 Dec quiet",
		"first Tuesday after d",
		"third Tuesday after e; not before 2027-01-19",
	}
	for i, due := range Forecast(c, p, p.JoinedAt, len(want)) {
		if got := due.Reason.String(); got != want[i] {
			t.Errorf("issue %d on %s: got %q, want %q", i+1, due.Slot.Wall, got, want[i])
		}
	}
	for _, test := range []struct {
		now     string
		changes []func(*drip.Campaign)
		passage []func(*Passage)
		want    string
	}{
		{"2026-06-12T22:00", nil, nil, "first Tuesday after b"},
		{"2026-06-16T22:00", nil, nil, "first Tuesday after b; late, and waits until 2026-06-17 08:00"},
		{"2026-06-17T10:00", nil, nil, "first Tuesday after b; late"},
		{"2026-06-10T10:00", []func(*drip.Campaign){schedule("0 9 * * *"), quiet("06-10..06-12", "06-14")}, nil, "fourth slot after b; 10–12 Jun quiet"},
		{"2026-06-20T10:00", nil, []func(*Passage){open(t, 2, "2026-06-16T08:00", 0)}, "second Tuesday after b; moved by 1 slot"},
		{"2026-06-27T10:00", nil, []func(*Passage){open(t, 2, "2026-06-23T08:00", 1)}, "third Tuesday after b; moved by 2 slots"},
		{"2026-06-17T10:00", nil, []func(*Passage){func(p *Passage) { p.PausedUntil = at(t, "2026-06-20T00:00") }}, "second Tuesday after b; paused until 2026-06-20 01:00"},
		{"2026-06-10T10:00", nil, []func(*Passage){func(p *Passage) { p.Last.Issue = -1 }}, "first Tuesday after the issue before it"},
		{"2026-06-10T10:00", nil, []func(*Passage){func(p *Passage) { p.Floor = at(t, "2029-06-10T10:00") }}, "a later Tuesday after b"},
		{"2026-06-01T10:00", nil, []func(*Passage){func(p *Passage) { p.Last, p.Start = nil, drip.StartAtSlot }}, "first Tuesday after joining"},
		{"2026-06-10T10:00", nil, []func(*Passage){func(p *Passage) { p.Last, p.Floor = nil, at(t, "2026-06-10T10:00") }}, "first Tuesday after the latest change"},
		{"2026-06-10T10:00", nil, []func(*Passage){func(p *Passage) { p.Last, p.PausedUntil = nil, at(t, "2026-06-12T10:00") }}, "first Tuesday after the pause; paused until 2026-06-12 11:00"},
		{"2026-06-13T10:00", nil, []func(*Passage){func(p *Passage) { p.Last, p.PausedUntil = nil, at(t, "2026-06-12T10:00") }}, "first Tuesday after the pause"},
		{"2026-06-10T10:00", []func(*drip.Campaign){issue(2, func(i *drip.Issue) { i.Draft = true })}, nil, "issue c is a draft"},
		{"2026-06-10T10:00", nil, []func(*Passage){func(p *Passage) { p.Had[0] = false }}, "issue a was inserted behind the reader"},
		{"2026-06-10T10:00", []func(*drip.Campaign){issue(2, func(i *drip.Issue) { i.SkipSlots = 1 })}, nil, "second Tuesday after b; skip_slots 1"},
		{"2026-06-10T10:00", nil, []func(*Passage){func(p *Passage) { p.Pace = 4 }}, "fourth Tuesday after b; every fourth slot"},
	} {
		passage := append([]func(*Passage){had(t, 2, "2026-06-09T08:00", "2026-06-09T08:00")}, test.passage...)
		step := Plan(weekly(t, append(test.changes, lettered)...), joined(t, "2026-06-01T10:00", passage...), at(t, test.now))
		if got := step.Reason.String(); got != test.want {
			t.Errorf("at %s: got %q, want %q", test.now, got, test.want)
		}
	}
	if got := (Reason{}).String(); got != "" {
		t.Errorf("the zero reason says %q", got)
	}
	gap := Plan(weekly(t, lettered, schedule("30 1 * * SUN")), joined(t, "2026-03-01T10:00", had(t, 2, "2026-03-22T01:30", "2026-03-22T01:30")), at(t, "2026-03-25T00:00"))
	if got := gap.Reason.String(); got != "first Sunday after b; the clocks skip 01:30" {
		t.Errorf("in a gap: got %q", got)
	}
}
