package cli

import (
	"fmt"
	"math"
	"strings"
	"time"

	"partwork/internal/calendar"
)

// overloadWarnings says which slots have more readers than the relay's rate can
// reach in time; the worst ones only.
func overloadWarnings(overloads []calendar.Overload, rate float64) []string {
	const most = 3
	list := []string{}
	for i, o := range overloads {
		if i == most {
			list = append(list, fmt.Sprintf("likewise on %s", count(len(overloads)-most, "later slot")))
			break
		}
		list = append(list, overloadText(o, rate))
	}
	return list
}

// overloadText says how many people there are, how long they take, how long there
// is, and what to do.
func overloadText(o calendar.Overload, rate float64) string {
	return fmt.Sprintf("%s: %s at smtp.rate %g a second take %s, but their issue may leave for %s only (until max_late, "+
		"within late_hours): %s would wait for the next slot; raise smtp.rate to %g, or max_late, or late_hours",
		wallText(o.Slot.String()), people(o.Readers), rate, roughly(o.Needed), roughly(o.Open), people(o.Left), roundUp(o.Enough))
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
