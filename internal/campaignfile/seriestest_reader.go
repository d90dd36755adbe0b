package campaignfile

import (
	"slices"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/timing"
)

// seriesReader reads the part of a test that happens, on the clock that the
// reader has at that point.
type seriesReader struct {
	folder *folder
	clock  *time.Location // nil if it is unknown, which was reported
	script calendar.Script
	last   time.Time // the latest instant so far
}

// join reads how the reader came.
func (r *seriesReader) join(s *section) {
	p := &r.script.Reader
	p.State, p.Start, p.Zone = drip.EnrollmentActive, drip.StartOnJoin, r.clock
	p.Pace = s.number("pace", 1, 1, maxPace)
	key := "joins"
	if _, imported := s.entries["imported"]; imported {
		key, p.Start = "imported", drip.StartAtSlot
	}
	if _, joins := s.entries["joins"]; joins && key == "imported" {
		s.at("joins").errorf(RuleSeriesTest, "remove one of the two", "the reader joins and is imported; expected one of them")
		return
	}
	s.require(key, "2026-03-20 23:50, or imported: with such a time")
	at, _ := r.instant(s, key, parseLocal)
	p.JoinedAt, p.Floor, r.last = at, at, at
}

// maxPace is the slowest pace that a test may have: once a year in a weekly
// series.
const maxPace = 52

// instant reads a time on the reader's clock. False means that there is none.
func (r *seriesReader) instant(s *section, key string, parse func(string) (timing.Wall, error)) (time.Time, bool) {
	before := len(s.spot.report.findings)
	wall := parsed(s, key, RuleDate, timeFix, 0, parse)
	if _, there := s.entries[key]; !there || r.clock == nil || len(s.spot.report.findings) > before {
		return time.Time{}, false
	}
	return timing.Resolve(wall, r.clock), true
}

// happenings reads the events.
func (r *seriesReader) happenings(s *section) {
	for _, item := range sequence(s, "events", "write a list of {at: 2026-04-08 12:00, pause_until: 2026-04-20}") {
		spot := s.spot.on(lineOf(item, s.spot.line))
		if entries, ok := mappingEntries(spot, item); ok {
			r.happening(newSection(spot, entries, eventKeys), entries)
		}
	}
}

// happening reads one event: when, and the one thing that happens.
func (r *seriesReader) happening(s *section, entries []entry) {
	s.require("at", "2026-04-08 12:00")
	at, known := r.instant(s, "at", parseLocal)
	if known && at.Before(r.last) {
		s.at("at").errorf(RuleSeriesTest, "sort the events by time; the first comes after the joining",
			"this event is earlier than what stands before it")
	}
	if known {
		r.last = at
	}
	var keys []string
	for _, e := range entries {
		if slices.Contains(happeningKeys, e.key) {
			keys = append(keys, e.key)
		}
	}
	switch {
	case len(keys) == 1:
		r.happens(s, keys[0], at)
	case len(keys) > 1:
		s.at(keys[1]).errorf(RuleSeriesTest, "write two events", "an event has %q and %q; expected one thing that happens", keys[0], keys[1])
	case len(s.misspelled) == 0:
		s.spot.errorf(RuleSeriesTest, "add one of "+listWords(happeningKeys), "nothing happens at this event")
	}
}
