package timing

import (
	"fmt"
	"strconv"
	"strings"
)

const dayMinutes = 24 * 60

// Hours is a part of the day, from a first minute up to but without a last
// one. It may span midnight. The zero value is the whole day.
type Hours struct {
	from, to int16 // minutes since midnight; equal only when both are 0
}

// ParseHours reads "08:00-20:00". The end may be 24:00, and may be earlier than
// the start, as in "22:00-02:00". Equal ends are an error.
func ParseHours(s string) (Hours, error) {
	first, last, ok := strings.Cut(s, "-")
	from, fromOK := parseClock(strings.TrimSpace(first))
	to, toOK := parseClock(strings.TrimSpace(last))
	switch {
	case !ok || !fromOK || !toOK || from == dayMinutes:
		return Hours{}, fmt.Errorf("%q are not hours such as 08:00-20:00", s)
	case from == to:
		return Hours{}, fmt.Errorf("%q are no hours at all; for the whole day write 00:00-24:00", s)
	}
	return Hours{int16(from), int16(to % dayMinutes)}, nil
}

// parseClock reads "8:00", "08:00" or "24:00" as minutes since midnight.
func parseClock(s string) (int, bool) {
	hour, minute, ok := strings.Cut(s, ":")
	if !ok || !digits(hour) || !digits(minute) || len(hour) > 2 || len(minute) != 2 {
		return 0, false
	}
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	if m > 59 || h*60+m > dayMinutes {
		return 0, false
	}
	return h*60 + m, true
}

// String returns the hours as ParseHours reads them.
func (h Hours) String() string {
	to := h.to
	if to == 0 {
		to = dayMinutes
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", h.from/60, h.from%60, to/60, to%60)
}

// WholeDay reports whether every minute is inside.
func (h Hours) WholeDay() bool { return h == Hours{} }

// Contains reports whether the minute of the day, from 0 to 1439, is inside.
func (h Hours) Contains(minute int) bool {
	from, to := int(h.from), int(h.to)
	if from < to {
		return from <= minute && minute < to
	}
	return minute >= from || minute < to
}

// Opens returns w if it is inside, and otherwise the next wall time that is.
func (h Hours) Opens(w Wall) Wall {
	if h.Contains(w.Clock()) {
		return w
	}
	return nextClock(w, int(h.from))
}

// Closes returns the first wall time after w that is outside. It must not be
// asked of the whole day, which never closes.
func (h Hours) Closes(w Wall) Wall {
	if !h.Contains(w.Clock()) {
		return w
	}
	return nextClock(w, int(h.to))
}

// nextClock returns the first wall time after w at which the clock shows the
// given minute of the day.
func nextClock(w Wall, minute int) Wall {
	next := w.Date().Wall() + Wall(minute*60)
	if next <= w {
		next += daySeconds
	}
	return next
}
