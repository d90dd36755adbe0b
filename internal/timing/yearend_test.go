package timing

import (
	"testing"
	"time"
)

// TestLastDaysOfTheYear resolves every quarter of an hour around the end of each
// year, in every zone: no clock is set there, but package time ends a year after
// 365 days, and a walk along its periods must get past that in leap years.
func TestLastDaysOfTheYear(t *testing.T) {
	t.Parallel()
	for _, loc := range share(embeddedZones(t)) {
		for year := oracleFrom; year <= oracleUntil+8; year++ {
			from := NewDate(year, time.December, 30).Wall()
			for w := from; w < from+3*daySeconds; w += 900 {
				at := Resolve(w, loc)
				if shown := watch(at.Unix(), loc); shown < int64(w) || watch(at.Unix()-1, loc) >= int64(w) {
					t.Fatalf("%s: %v resolves to %v", loc, w, at)
				}
			}
		}
	}
}
