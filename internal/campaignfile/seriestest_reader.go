package campaignfile

import (
	"slices"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/segment"
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
	p.Pace = paceOf(s)
	p.Who = r.who(s)
	key := "joins"
	if _, imported := s.entries["imported"]; imported {
		key, p.Start = "imported", drip.StartAtSlot
	}
	if _, joins := s.entries["joins"]; joins && key == "imported" {
		s.at("joins").errorf(RuleSeriesTest, "remove one of the two", "the reader joins and is imported; expected one of them")
		return
	}
	s.require(key, "2026-03-20 23:50, or imported: with such a time")
	at, known := r.instant(s, key, parseLocal)
	if known {
		r.exists(s, key, at)
	}
	p.JoinedAt, p.Floor, r.last = at, at, at
}

// who reads what is known of the reader, for issues that are for some only.
func (r *seriesReader) who(s *section) *segment.Facts {
	known := Persona{Tags: readTags(s, RuleSeriesTest)}
	known.readAttributes(s)
	facts := known.Facts()
	if r.clock != nil {
		facts.Zone = r.clock.String()
	}
	return &facts
}

// paceOf reads how many slots the reader goes on by: readers can choose every one,
// every second and every fourth.
func paceOf(s *section) int {
	before := len(s.spot.report.findings)
	pace := s.number("pace", 1, 1, 4)
	if pace == 3 && len(s.spot.report.findings) == before {
		s.at("pace").errorf(RuleRange, "write 1, 2 or 4", "pace is 3; readers can take every slot, every second or every fourth")
		return 1
	}
	return pace
}

// exists refuses a time of joining that the clocks skip: nobody can join then.
func (r *seriesReader) exists(s *section, key string, at time.Time) {
	text, _ := s.text(key, timeFix)
	wall, err := parseLocal(text)
	if shown := minute(timing.WallAt(at.In(r.clock))); err == nil && shown != minute(wall) {
		s.at(key).errorf(RuleDate, "write "+local(shown)+" if you mean the first moment after the gap",
			"%s: %s does not exist in %s, where the clocks skip it; it would be %s", key, local(wall), r.clock, local(shown))
	}
}

// instant reads a time on the reader's clock. False means that there is none.
func (r *seriesReader) instant(s *section, key string, parse func(string) (timing.Wall, error)) (time.Time, bool) {
	before := len(s.spot.report.findings)
	wall := timeOf(s, key, parse)
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
