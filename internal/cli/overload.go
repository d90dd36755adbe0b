package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
)

// overloadWarnings says which slots have more readers than the relay's rate can
// reach in time; the worst ones only. The clock is the campaign's timezone.
func overloadWarnings(overloads []calendar.Overload, rate float64, clock string) []string {
	const most = 3
	list := []string{}
	for i, o := range overloads {
		if i == most {
			list = append(list, fmt.Sprintf("likewise on %s", count(len(overloads)-most, "later slot")))
			break
		}
		list = append(list, overloadText(o, rate, clock))
	}
	return list
}

// overloadText says how many letters there are, how long they take, how long there
// is, and what to do.
func overloadText(o calendar.Overload, rate float64, clock string) string {
	if clock == "" || clock == drip.SubscriberZone {
		clock = "readers' clocks"
	}
	letters, late := "1 letter needs", "1 person gets"
	if o.Readers != 1 {
		letters = grouped(o.Readers) + " letters need"
	}
	if o.Left != 1 {
		late = grouped(o.Left) + " people get"
	}
	return fmt.Sprintf("%s (%s): %s %s at smtp.rate %s and may leave for %s; %s theirs a slot later. "+
		"Set smtp.rate to %s or more, or widen max_late or late_hours.",
		wallText(o.Slot.String()), clock, letters, roughly(o.Needed), decimal(rate), roughly(o.Open), late, decimal(roundUp(o.Enough)))
}

// decimal writes a number as configurations do.
func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// grouped writes 10,001.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// roundUp returns a number with two digits that is not smaller.
func roundUp(f float64) float64 {
	if f <= 0 {
		return 0
	}
	unit := math.Pow10(int(math.Floor(math.Log10(f))) - 1)
	// What rounding leaves behind the comma would only look exact.
	return math.Round(math.Ceil(f/unit-1e-9)*unit*1e6) / 1e6
}

// roughly writes a length of time in the two biggest units that it needs.
func roughly(d time.Duration) string {
	units := []struct {
		d    time.Duration
		name string
	}{{24 * time.Hour, " d"}, {time.Hour, " h"}, {time.Minute, " min"}, {time.Second, " s"}}
	var parts []string
	for i, unit := range units {
		if n := d / unit.d; n > 0 && len(parts) < 2 {
			parts = append(parts, fmt.Sprintf("%d%s", n, unit.name))
			d -= n * unit.d
		} else if len(parts) > 0 || i == len(units)-1 && len(parts) == 0 {
			break
		}
	}
	if len(parts) == 0 {
		return "0 s"
	}
	return strings.Join(parts, " ")
}
