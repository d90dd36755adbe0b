package campaignfile

import (
	"time"

	"partwork/internal/calendar"
)

// happens reads what an event does, and adds it to the script.
func (r *seriesReader) happens(s *section, key string, at time.Time) {
	script := &r.script
	switch key {
	case "outage_until":
		if to, ok := r.until(s, key, at); ok {
			script.Down = append(script.Down, calendar.Span{From: at, To: to})
		}
		return
	case "relay_down_until":
		if to, ok := r.until(s, key, at); ok {
			script.Deaf = append(script.Deaf, calendar.Span{From: at, To: to})
		}
		return
	}
	if change := r.change(s, key, at); change != nil {
		script.Events = append(script.Events, calendar.Event{At: at, Do: change})
	}
}

// change returns what an event does with the reader or the campaign; nil if it
// cannot be read.
func (r *seriesReader) change(s *section, key string, at time.Time) calendar.Change {
	switch key {
	case "pause_until":
		to, ok := r.until(s, key, at)
		if ok && to.After(at.AddDate(1, 0, 0)) {
			s.at(key).errorf(RuleSeriesTest, "write an earlier date, or let the reader pause again",
				"%s is more than a year after the event; readers can pause for a year at most", key)
		} else if ok {
			return calendar.PauseUntil(to)
		}
	case "unpause":
		return when(s, key, calendar.Unpause())
	case "send_next":
		return when(s, key, calendar.Ask())
	case "start_over":
		return when(s, key, calendar.StartOver())
	case "leave":
		return when(s, key, calendar.Leave())
	case "come_back":
		return calendar.Return(s.choice(key, backToContinue, backToStart) == backToStart)
	case "pace":
		return calendar.SetPace(paceOf(s))
	case "zone":
		return r.move(s)
	case "campaign":
		if s.choice(key, campaignPause, campaignResume) == campaignResume {
			return calendar.Thaw()
		}
		return calendar.Freeze()
	}
	return nil
}

// when returns the change that a switch asks for. A switch that is off would
// say nothing.
func when(s *section, key string, change calendar.Change) calendar.Change {
	before := len(s.spot.report.findings)
	if !s.flag(key) && len(s.spot.report.findings) == before {
		s.at(key).errorf(RuleSeriesTest, "write "+key+": true, or remove the event", "%s is false; expected true", key)
	}
	return change
}

// move gives the reader another clock, which is that of all later times.
func (r *seriesReader) move(s *section) calendar.Change {
	name := parsed(s, "zone", RuleTimezone, "write an IANA name such as Asia/Tokyo", "", r.folder.zone)
	if name == "" {
		return nil
	}
	if r.clock != nil {
		r.clock = r.folder.rulingZone(name)
	}
	return calendar.Move(r.clock)
}

// until reads the end of something that begins with the event: a time, or a date,
// which means the midnight it begins with.
func (r *seriesReader) until(s *section, key string, from time.Time) (time.Time, bool) {
	to, ok := r.instant(s, key, parseDay)
	if ok && !to.After(from) {
		s.at(key).errorf(RuleSeriesTest, "write a later time", "%s is not after the event itself", key)
		return to, false
	}
	return to, ok
}
