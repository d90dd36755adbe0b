// Package timing turns a cron expression into the instants at which a series
// may send. It is pure: no I/O beyond the time zone database, no clock.
//
// An expression is read on a wall clock without zone ([Wall]); the zone is
// resolved last ([Resolve], [Schedule.NextSlot]). So a schedule means the same
// everywhere, and what daylight saving does to it is decided in one place:
//
//   - a wall time in a gap happens at the first instant after the gap,
//   - a wall time that comes twice happens the first time only,
//   - wall times that fall on the same instant are one slot, the earliest.
//
// All three follow from one definition: a wall time happens at the first
// instant at which the local clock shows that time or a later one.
//
// Next to slots the package has the calendar words of a campaign: dates without
// time ([Date]), quiet dates ([Dates]), hours of the day ([Hours]), and a cache
// of time zones ([Zones]).
package timing

import "time"

// Clock tells the time. Loops take one as an argument so that tests and the
// simulator can hold it.
type Clock func() time.Time
