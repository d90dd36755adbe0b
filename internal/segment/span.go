package segment

import (
	"time"

	"partwork/internal/timing"
)

// tick is the resolution of instants in databases.
const tick = time.Millisecond

// Span is a range of instants: From and all that follows, up to and without To.
// Either may be zero, for no limit. A Span with From at or after To, neither zero, is
// empty.
type Span struct{ From, To time.Time }

// Holds reports whether an instant, which must not be zero, lies in the span.
func (s Span) Holds(t time.Time) bool {
	return (s.From.IsZero() || !t.Before(s.From)) && (s.To.IsZero() || t.Before(s.To))
}

// Span returns the instants for which a test of an Instant field is true; for Ne,
// those for which it is false. Days are those of the view's zone. "less than 30d ago"
// is a time that has passed already.
func (t Test) Span(view View) Span {
	v := t.Values[0]
	if v.Kind == Age {
		now := view.Now.Truncate(tick)
		ago := now.Add(-time.Duration(v.Days) * 24 * time.Hour)
		switch t.Op {
		case Lt:
			return Span{ago.Add(tick), now.Add(tick)}
		case Le:
			return Span{ago, now.Add(tick)}
		case Gt:
			return Span{To: ago}
		default:
			return Span{To: ago.Add(tick)}
		}
	}
	from, to := t.dates(view, v)
	var span Span
	if !from.IsZero() {
		span.From = from.Start(view.zone())
	}
	if !to.IsZero() {
		span.To = to.Start(view.zone())
	}
	return span
}

// Dates returns the days, as texts that compare as the days do, for which a test of
// an attribute with a Day, Today or an Age is true; for Ne, those for which it is
// false. From belongs to them and To does not; either may be empty, for no limit.
func (t Test) Dates(view View, v Value) (from, to string) {
	if v.Kind == Age {
		today := timing.DateAt(view.Now.In(view.zone()))
		ago := today.AddDays(-v.Days)
		switch t.Op {
		case Lt:
			return dateText(ago + 1), dateText(today + 1)
		case Le:
			return dateText(ago), dateText(today + 1)
		case Gt:
			return "", dateText(ago)
		default:
			return "", dateText(ago + 1)
		}
	}
	a, b := t.dates(view, v)
	return dateText(a), dateText(b)
}

// dates is Dates for days.
func (t Test) dates(view View, v Value) (from, to timing.Date) {
	day := v.Date
	if v.Kind == Today {
		day = timing.DateAt(view.Now.In(view.zone()))
	}
	switch t.Op {
	case Lt:
		return 0, day
	case Le:
		return 0, day + 1
	case Gt:
		return day + 1, 0
	case Ge:
		return day, 0
	default:
		return day, day + 1
	}
}

// dateText writes a date; those before the year 1 are before every text.
func dateText(d timing.Date) string {
	if d < 0 {
		return "0000-00-00"
	}
	return d.String()
}
