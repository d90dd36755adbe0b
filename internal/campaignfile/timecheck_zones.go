package campaignfile

import (
	"fmt"
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// clockYears is how far ahead changes of clocks are looked for. Governments
// rarely say more than that.
const clockYears = 3

// Between these hours, in minutes of the day, no clock is set forward. It saves
// most campaigns the look at some hundred zones.
const dawn, dusk = 4 * 60, 22 * 60

// lost is a slot that a clock jumps over.
type lost struct {
	zone string
	wall timing.Wall // of the slot
	then timing.Wall // what the clock shows when it happens
}

// clockChanges warns of a time of the day that does not exist on some day, in the
// campaign's zone or in one where readers may live.
func (d *doubter) clockChanges() {
	atNight := func(w timing.Wall) bool { return w.Clock() < dawn || w.Clock() >= dusk }
	if !slices.ContainsFunc(d.walls, atNight) {
		return
	}
	home := d.rulingZone("")
	found := d.lostIn(home)
	others := 0
	if d.campaign.Timezone == drip.SubscriberZone {
		for _, name := range timing.Names() {
			loc, err := d.zones.Load(name)
			if err != nil || name == home.String() {
				continue
			}
			elsewhere := d.lostIn(loc)
			if elsewhere == nil {
				continue
			}
			if found == nil || found.zone != home.String() && elsewhere.wall < found.wall {
				found = elsewhere
			}
			others++
		}
		if found != nil && found.zone != home.String() {
			others-- // it is named itself
		}
	}
	if found == nil {
		return
	}
	d.on("schedule").warnf(RuleClockChange, "choose a time that all clocks show, such as 09:00, unless that is what you want",
		"%s does not exist in %s on %s%s: it leaves at %s then", clockText(found.wall), found.zone,
		dateText(found.wall.Date()), andElsewhere(others), clockText(found.then))
}

// lostIn returns the first slot of the coming years that the clock in a zone
// jumps over; nil if there is none.
func (d *doubter) lostIn(loc *time.Location) *lost {
	from := d.start().Start(time.UTC)
	for _, gap := range timing.Gaps(loc, from, from.AddDate(clockYears, 0, 0)) {
		wall := d.campaign.Schedule.Next(gap.From - 1)
		if wall < gap.To && !d.campaign.Quiet.Contains(wall.Date()) {
			return &lost{zone: loc.String(), wall: wall, then: gap.To}
		}
	}
	return nil
}

// andElsewhere says in how many more zones it happens.
func andElsewhere(zones int) string {
	switch zones {
	case 0:
		return ""
	case 1:
		return " (and in 1 other zone on some day)"
	default:
		return fmt.Sprintf(" (and in %d other zones on some day)", zones)
	}
}

// clockText writes the hour and minute of a reading.
func clockText(w timing.Wall) string { return fmt.Sprintf("%02d:%02d", w.Clock()/60, w.Clock()%60) }

// dateText writes a date in words: "28 March 2027".
func dateText(d timing.Date) string { return d.Start(time.UTC).Format("2 January 2006") }
