package campaignfile

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	day  = 24 * time.Hour
	week = 7 * day
	// maxDuration is the longest time that any key may name; longer ones are
	// taken for errors of a unit.
	maxDuration = 3660 * day
)

var bigUnits = regexp.MustCompile(`^([0-9]{1,4}(?:\.[0-9]{1,6})?)([wd])`)

// parseDuration reads a length of time: Go's units and "d" and "w", such as
// "36h", "21d", "2w" or "3d12h". Bigger units come first. A day is 24 hours.
func parseDuration(s string) (time.Duration, error) {
	bad := errors.New(excerpt(s) + " is no length of time such as 36h, 3d12h, 21d or 2w")
	var total time.Duration
	rest := s
	for units := "wd"; ; {
		m := bigUnits.FindStringSubmatch(rest)
		if m == nil {
			break
		}
		at := strings.Index(units, m[2])
		if at < 0 {
			return 0, bad
		}
		units = units[at+1:]
		n, _ := strconv.ParseFloat(m[1], 64)
		total += time.Duration(n * float64(unitOf(m[2])))
		rest = rest[len(m[0]):]
		if total > maxDuration {
			break
		}
	}
	if rest != "" {
		small, err := time.ParseDuration(rest)
		if err != nil || strings.ContainsAny(rest, "+-") {
			return 0, bad
		}
		total += min(small, maxDuration+1) // no overflow
	}
	switch {
	case s == "":
		return 0, bad
	case total > maxDuration:
		return 0, errors.New(excerpt(s) + " is more than ten years")
	}
	return total, nil
}

// parseAtLeast is parseDuration for times that must not be too short.
func parseAtLeast(s string, least time.Duration) (time.Duration, error) {
	d, err := parseDuration(s)
	if err == nil && d < least {
		err = errors.New(excerpt(s) + " is too short; expected at least " + least.String())
	}
	return d, err
}

func unitOf(letter string) time.Duration {
	if letter == "w" {
		return week
	}
	return day
}
