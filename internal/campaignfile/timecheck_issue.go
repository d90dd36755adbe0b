package campaignfile

import "time"

// longBreak is the longest pause before an issue that may be meant.
const longBreak = 180 * day

// issue looks at what holds an issue back.
func (d *doubter) issue(i int, lines map[string]int) {
	is := &d.campaign.Issues[i]
	d.onlyIf(is, lines["only_if"])
	if pause := time.Duration(is.SkipSlots) * d.campaign.Schedule.Interval(); pause > longBreak {
		d.report.at(is.File, lines["skip_slots"]).warnf(RuleSkipSlots, "write a smaller number",
			"skip_slots is %d: readers hear nothing for %s before this issue", is.SkipSlots, spanText(pause))
	}
	if is.NotBefore.IsZero() {
		return
	}
	spot := d.report.at(is.File, lines["not_before"])
	if !d.today.IsZero() && is.NotBefore <= d.today {
		spot.warnf(RuleNotBefore, "remove the line", "not_before is %s, which has passed: it holds nobody back any more", is.NotBefore)
		return
	}
	for _, earlier := range d.campaign.Issues[:i] {
		if earlier.NotBefore > is.NotBefore {
			spot.warnf(RuleNotBefore, "remove the line, or put the two issues the other way round",
				"not_before is %s, but %s comes first and waits until %s: this date holds nobody back",
				is.NotBefore, earlier.ID, earlier.NotBefore)
			return
		}
	}
}
