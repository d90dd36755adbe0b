package campaignfile

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"partwork/internal/timing"
)

const timeFix = "write a time on the reader's clock, such as 2026-03-31 09:00 or Tue 2026-03-31 09:00"

// parseLocal reads "2026-03-31 09:00", perhaps with the day of the week before
// it, which must then be right.
func parseLocal(text string) (timing.Wall, error) {
	day, rest, _ := strings.Cut(text, " ")
	weekday, named := weekdayNamed(day)
	if !named {
		rest = text
	}
	wall, err := timing.ParseWall(strings.Replace(strings.TrimSpace(rest), " ", "T", 1))
	switch {
	case err != nil:
		return 0, fmt.Errorf("%s is no time such as 2026-03-31 09:00", excerpt(text))
	case named && wall.Date().Weekday() != weekday:
		return 0, &weekdaySlip{wall, weekday}
	}
	return wall, nil
}

// weekdaySlip says that a time does not lie on the day of the week before it.
type weekdaySlip struct {
	wall    timing.Wall
	written time.Weekday
}

// Error implements error.
func (e *weekdaySlip) Error() string {
	return fmt.Sprintf("%s is a %s, not a %s", e.wall.Date(), e.wall.Date().Weekday(), e.written)
}

// timeOf reads a time on the reader's clock; zero if it cannot be read, which is
// reported. A slip of the weekday is put right in the fix.
func timeOf(s *section, key string, parse func(string) (timing.Wall, error)) timing.Wall {
	text, ok := s.text(key, timeFix)
	if !ok {
		return 0
	}
	wall, err := parse(text)
	if err == nil {
		return wall
	}
	fix := timeFix
	if slip := (*weekdaySlip)(nil); errors.As(err, &slip) {
		fix = "write " + local(slip.wall) + ", unless the date is the wrong one"
	}
	s.at(key).errorf(RuleDate, fix, "%s: %s", key, err)
	return 0
}

// weekdayNamed reads "Tue" or "Tuesday", in any case.
func weekdayNamed(word string) (time.Weekday, bool) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(word, day.String()) || strings.EqualFold(word, day.String()[:3]) {
			return day, true
		}
	}
	return 0, false
}

// parseDay is parseLocal, but reads a date alone as the midnight it begins with.
func parseDay(text string) (timing.Wall, error) {
	if date, err := timing.ParseDate(text); err == nil {
		return date.Wall(), nil
	}
	wall, err := parseLocal(text)
	if slip := (*weekdaySlip)(nil); err != nil && !errors.As(err, &slip) {
		err = fmt.Errorf("%s is neither a date such as 2026-04-20 nor a time such as 2026-04-20 09:00", excerpt(text))
	}
	return wall, err
}
