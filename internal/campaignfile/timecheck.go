package campaignfile

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/timing"
)

// Doubts returns what is allowed but probably not meant: times that do not exist,
// settings that contradict each other, and texts that name a day on which they do
// not arrive. All findings are warnings. Loading does not look for them, because
// it happens every few seconds; this is for people who ask.
func Doubts(fsys fs.FS, c *drip.Campaign, opts Options) []drip.Finding {
	f := newFolder(fsys, c.ID, opts)
	f.campaign = c
	d := doubter{folder: f, lines: f.keyLines(campaignFile, false), today: opts.Today}
	d.walk()
	d.settings()
	if c.Schedule.Interval() > time.Hour {
		d.clockChanges()
	}
	for i := range c.Issues {
		lines := f.keyLines(path.Base(c.Issues[i].File), true)
		d.issue(i, lines)
		d.words(i, lines)
	}
	return f.report.sorted()
}

// doubter looks at a campaign that is right by the letter.
type doubter struct {
	*folder
	lines map[string]int // of campaign.yaml
	today timing.Date    // zero if unknown
	walls []timing.Wall  // the schedule's times of about a year, at least three
	days  [7]bool        // the days of the week on which they are
}

// keyLines returns the line of every key of a file that was read before.
func (f *folder) keyLines(name string, issue bool) map[string]int {
	silent := newFolder(f.fsys, f.dir, Options{})
	lines := map[string]int{}
	text, ok := silent.text(name)
	if !ok {
		return lines
	}
	if issue {
		parts, _ := splitFrontMatter(text)
		text = parts.yaml
	}
	entries, _ := parseMapping(silent.report.at(name, 1), text)
	for _, e := range entries {
		lines[e.key] = e.valueLine()
	}
	return lines
}

// mostWalls bounds the walk. It is a month of a schedule that comes every hour.
const mostWalls = 800

// walk notes when the schedule comes within a year. Quiet dates do not count.
func (d *doubter) walk() {
	wall := d.start().Wall() - 1
	end := wall.Add(365 * day)
	for len(d.walls) < mostWalls && (wall < end || len(d.walls) < 3) {
		wall = d.campaign.Schedule.Next(wall)
		d.walls = append(d.walls, wall)
		d.days[wall.Date().Weekday()] = true
	}
}

// start is the date from which the calendar is looked at.
func (d *doubter) start() timing.Date {
	if d.today.IsZero() {
		return timing.NewDate(2026, time.January, 1)
	}
	return d.today
}

// on returns the spot of a key of campaign.yaml; of the schedule if the key is
// not there, because its default comes from the schedule.
func (d *doubter) on(key string) spot {
	line, ok := d.lines[key]
	if !ok {
		line = d.lines["schedule"]
	}
	return d.report.at(d.file(campaignFile), line)
}

// settings looks at the distances and dates of the campaign.
func (d *doubter) settings() {
	c := d.campaign
	if c.Schedule.Interval() <= time.Hour {
		if c.MinGap < 6*time.Hour {
			d.on("schedule").warnf(RuleOften, `write the minute and the hour, such as "0 9 * * TUE" for Tuesdays at 09:00`,
				"the schedule %q comes every %s, so readers get the whole series within hours", c.Schedule,
				strings.TrimPrefix(spanText(c.Schedule.Interval()), "1 ")) // an hour at most: "minute", not "1 minute"
		}
	} else {
		d.distances()
	}
	d.lateHours()
	d.quiet()
}

// distances compares min_gap and max_late with the distances of slots.
func (d *doubter) distances() {
	c := d.campaign
	usable, free, longest := 0, d.walls[0], time.Duration(0)
	for i, wall := range d.walls {
		if wall >= free {
			usable++
			// It leaves a little after its slot, never at the very second.
			free = wall.Add(c.MinGap + time.Second)
		}
		if i > 0 {
			longest = max(longest, time.Duration(wall-d.walls[i-1])*time.Second)
		}
	}
	if 2*usable <= len(d.walls)+1 {
		d.on("min_gap").warnf(RuleMinGap, "write min_gap: auto, or a schedule with only the slots that you want",
			"min_gap is %s and counts from when an issue left, so of %d slots in a row a reader can use only %d",
			spanText(c.MinGap), len(d.walls), usable)
	}
	if c.MaxLate > longest {
		d.on("max_late").warnf(RuleMaxLate, "write max_late: auto, which is half of the schedule's interval",
			"max_late is %s, but slots are at most %s apart: an issue could leave later than the slot of the next one",
			spanText(c.MaxLate), spanText(longest))
	}
}

// lateHours looks for a slot after which a late issue could leave.
func (d *doubter) lateHours() {
	c := d.campaign
	if c.MaxLate <= calendar.Grace {
		return // late issues are not wanted
	}
	for _, wall := range d.walls {
		if c.LateHours.Opens(wall.Add(calendar.Grace)) <= wall.Add(c.MaxLate) {
			return
		}
	}
	d.on("late_hours").warnf(RuleLateHours, "change late_hours, or let max_late reach them",
		"no issue that is late can ever leave: late_hours are %s, and no slot has any of them in the %s (max_late) after it",
		c.LateHours, spanText(c.MaxLate))
}

// quiet looks for a slot that is not on a quiet date, as planning does.
func (d *doubter) quiet() {
	if d.campaign.Quiet.Empty() {
		return
	}
	bare := *d.campaign
	bare.Issues = []drip.Issue{{}}
	joined := d.start().Start(time.UTC)
	step := calendar.Plan(&bare, calendar.Passage{
		State: drip.EnrollmentActive, Start: drip.StartAtSlot, JoinedAt: joined, Floor: joined, Zone: d.rulingZone(""),
	}, joined)
	if step.Reason.Code == calendar.CodeNoSlot {
		d.on("quiet").warnf(RuleQuiet, "leave some days of the schedule for sending",
			"every slot of the schedule %q is on a quiet date, so nothing is ever sent", d.campaign.Schedule)
	}
}

// spanText writes a length of time in its biggest units: "3 days 12 hours".
func spanText(d time.Duration) string {
	text := ""
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{day, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		n := d / unit.size
		d -= n * unit.size
		switch {
		case n == 1:
			text += " 1 " + unit.name
		case n > 1:
			text += fmt.Sprintf(" %d %ss", n, unit.name)
		}
	}
	if text == "" {
		return d.String()
	}
	return text[1:]
}
