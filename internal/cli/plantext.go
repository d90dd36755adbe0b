package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"partwork/internal/app"
	"partwork/internal/calendar"
	"partwork/internal/timing"
)

// mostTurns is how many kinds of changed dates plan tells apart in words.
const mostTurns = 12

// planText writes what an edit changes, and for whom. Dates of the present year
// are written without it.
type planText struct {
	plan app.CampaignPlan
	year int
}

// planLines says what changes in a campaign, the most important first, and then what
// becomes of its readers.
func planLines(plan app.CampaignPlan, now time.Time) (edits, turns []string) {
	t := planText{plan, now.Year()}
	if plan.Effects != nil {
		turns = t.readers(plan.Effects)
	}
	return t.edits(), turns
}

// edits says what changes, a line for each issue.
func (t planText) edits() []string {
	var lines, done []string
	for _, change := range t.plan.Changes {
		switch {
		case change.Issue == "":
			lines = append(lines, t.setting(change))
		case !slices.Contains(done, change.Issue):
			done = append(done, change.Issue)
			lines = append(lines, t.issue(change.Issue))
		}
	}
	return lines
}

// setting says what changes in campaign.yaml.
func (t planText) setting(c app.Change) string {
	switch c.What {
	case "templates":
		return "the templates were edited: every mail looks different from now on"
	case "rules":
		return "no file was edited, but everybody is planned anew: an approval, or new rules of time zones, came since"
	}
	text := fmt.Sprintf("%s: %s → %s", c.What, quoted(c.From), quoted(c.To))
	if c.What == "key" {
		text += "; links and mail filters (List-Id) that name the old key stop working"
	}
	return text
}

// quoted writes a value; nothing is "none".
func quoted(s string) string {
	switch {
	case s == "":
		return "none"
	case strings.ContainsAny(s, " ,*"):
		return strconv.Quote(s)
	}
	return s
}

// issue says what changes in an issue, and who gets it.
func (t planText) issue(id string) string {
	var what []string
	for _, c := range t.plan.Changes {
		if c.Issue == id {
			what = append(what, issueChange(c))
		}
	}
	line := id + " (" + strings.Join(what, ", ") + ")"
	if t.plan.Effects == nil {
		return line
	}
	for _, fate := range t.plan.Effects.Issues {
		if fate.Issue == id {
			if words := t.fate(fate); len(words) > 0 {
				return line + ": " + strings.Join(words, ", ")
			}
		}
	}
	return line
}

// issueChange says what changes in an issue.
func issueChange(c app.Change) string {
	switch c.What {
	case "added":
		return "new, " + nth(c.To)
	case "removed":
		return "removed, it was " + nth(c.From)
	case "moved":
		return "moved from " + nth(c.From) + " to " + nth(c.To)
	case "draft":
		return map[string]string{"true": "a draft now", "false": "no draft any more"}[c.To]
	case "text", "images", "attachments":
		if c.Unapproved {
			return c.What + " edited, but readers get what was approved until this is, too"
		}
		return c.What + " edited"
	case "file":
		return "file renamed"
	}
	return c.What + ": " + quoted(c.From) + " → " + quoted(c.To)
}

// nth writes a place: 1st, 2nd, 3rd.
func nth(place string) string {
	n, _ := strconv.Atoi(place)
	ending := "th"
	if n%100 < 11 || n%100 > 13 {
		ending = map[int]string{1: "st", 2: "nd", 3: "rd"}[n%10]
		if ending == "" {
			ending = "th"
		}
	}
	return place + ending
}

// fate says who gets an issue.
func (t planText) fate(f app.IssueFate) []string {
	var words []string
	say := func(n int, one, many string) {
		if n == 1 {
			words = append(words, "1 "+one)
		} else if n > 1 {
			words = append(words, fmt.Sprintf("%d %s", n, many))
		}
	}
	if len(f.Gets) > 0 {
		later := 0
		for _, g := range f.Gets[1:] {
			later += g.Readers
		}
		on := t.date(f.Gets[0].Date.String())
		say(f.Gets[0].Readers, "gets it "+on, "get it "+on)
		say(later, "later", "later")
	}
	say(f.Misses, "goes on without it", "go on without it")
	say(f.Skip, "is past it and skips it", "are past it and skip it")
	say(f.Others, "does not get it, because it is for others", "do not get it, because it is for others")
	say(f.Waits, "is held up before it", "are held up before it")
	say(f.Through, "is through, and does not get it", "are through, and do not get it")
	say(f.Had, "had it", "had it")
	return words
}

// readers says what becomes of the next issue.
func (t planText) readers(e *app.Effects) []string {
	if e.Readers == 0 {
		return []string{"nobody is in it now"}
	}
	var lines []string
	rest := 0
	for i, turn := range t.turns(e.Next) {
		if i < mostTurns {
			lines = append(lines, strconv.Itoa(turn.Readers)+" "+t.turn(turn))
		} else {
			rest += turn.Readers
		}
	}
	if rest > 0 {
		lines = append(lines, fmt.Sprintf("%d get their next issue on yet other dates (--json tells them apart)", rest))
	}
	if e.FinishLater > 0 {
		lines = append(lines, reach(e.FinishLater)+" later than before")
	}
	if e.FinishEarlier > 0 {
		lines = append(lines, reach(e.FinishEarlier)+" earlier than before")
	}
	if e.Unchanged > 0 {
		lines = append(lines, fmt.Sprintf("%d unchanged", e.Unchanged))
	}
	return lines
}

// reach says how many readers come to the end of the series.
func reach(n int) string {
	if n == 1 {
		return "1 reaches the end"
	}
	return strconv.Itoa(n) + " reach the end"
}

// turns puts together what reads the same, such as what readers of several zones
// get on one local date.
func (t planText) turns(next []app.TurnCount) []app.TurnCount {
	at := make(map[string]int)
	var list []app.TurnCount
	for _, turn := range next {
		plural := turn
		plural.Readers = 2
		text := t.turn(plural)
		if i, known := at[text]; known {
			list[i].Readers += turn.Readers
			continue
		}
		at[text] = len(list)
		list = append(list, turn)
	}
	slices.SortStableFunc(list, func(a, b app.TurnCount) int { return b.Readers - a.Readers })
	return list
}

// turn says what happens to the next issue of some readers; their number comes
// before it.
func (t planText) turn(c app.TurnCount) string {
	one := func(singular, plural string) string {
		if c.Readers == 1 {
			return singular
		}
		return plural
	}
	gets := one("gets", "get")
	switch c.Change {
	case calendar.TurnSame:
		return gets + " the next issue as before; what follows changes"
	case calendar.TurnOther:
		return fmt.Sprintf("%s %s instead of %s next, on %s", gets, c.ToIssue, c.FromIssue, t.date(c.To))
	case calendar.TurnLater, calendar.TurnEarlier:
		return fmt.Sprintf("%s the next issue %s (%s instead of %s)", gets, apart(c), zoned(t.date(c.To), c.ToZone), zoned(t.date(c.From), c.FromZone))
	case calendar.TurnBegins:
		return fmt.Sprintf("who %s %s %s on %s", before(c.Was), gets, c.ToIssue, t.date(c.To))
	case calendar.TurnEnds:
		return fmt.Sprintf("%s; %s would have come on %s", one(isNow(c, "waits", "finishes"), isNow(c, "wait", "finish")), c.FromIssue, t.date(c.From))
	}
	return fmt.Sprintf("who %s %s", before(c.Was), one(isNow(c, "waits", "finishes"), isNow(c, "wait", "finish")))
}

// before says what readers for whom nothing came were doing.
func before(was calendar.Code) string {
	if was == calendar.CodeFinished {
		return "had finished"
	}
	return "waited"
}

// isNow says what readers for whom nothing comes are doing.
func isNow(c app.TurnCount, waits, finish string) string {
	switch c.Is {
	case calendar.CodeFinished:
		return finish + " without it"
	case calendar.CodeDraft:
		return waits + " for " + c.Held + ", a draft"
	case calendar.CodeHeld:
		return waits + " until " + c.Held + " is approved"
	case calendar.CodeReview:
		return waits + " until " + c.Held + " is reviewed again"
	case calendar.CodeNoSlot:
		return waits + " for ever: the schedule has no slot that is not quiet"
	}
	return waits
}

// date writes "Tue 24 Nov", with the hour if there is one, and with the year if it
// is another one.
func (t planText) date(s string) string {
	for layout, format := range map[string]string{"2006-01-02": "Mon 2 Jan", "2006-01-02T15:04": "Mon 2 Jan 15:04"} {
		at, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if at.Year() != t.year {
			format = strings.Replace(format, "Jan", "Jan 2006", 1)
		}
		return at.Format(format)
	}
	return s
}

// zoned adds the zone of a time, if it is given.
func zoned(text, zone string) string { return strings.TrimSpace(text + " " + zone) }

// apart says how much later or earlier the next issue is than before.
func apart(c app.TurnCount) string {
	a, b := instant(c.From, c.FromZone), instant(c.To, c.ToZone)
	word, d := " later", b.Sub(a)
	if d < 0 {
		word, d = " earlier", -d
	}
	days := int(d / (24 * time.Hour))
	switch {
	case days == 1:
		return "a day" + word
	case days == 7:
		return "a week" + word
	case days > 7 && days%7 == 0:
		return count(days/7, "week") + word
	case days > 0:
		return count(days, "day") + word
	}
	return roughly(d) + word
}

// instant reads a local date or time of a plan. Without a zone it is on a clock that
// both sides share.
func instant(text, zone string) time.Time {
	layout := "2006-01-02"
	if len(text) > len(layout) {
		layout = "2006-01-02T15:04"
	}
	loc, err := timing.NewZones().Load(zone)
	if err != nil {
		loc = time.UTC
	}
	at, _ := time.ParseInLocation(layout, text, loc)
	return at
}

// firstOf writes the next delivery of a person, or why there is none.
func firstOf(list []app.Expected, code calendar.Code, held string) string {
	switch {
	case len(list) > 0:
		return zoned(list[0].Issue+" "+wallText(list[0].Local), list[0].Zone)
	case held != "":
		return "waits for " + held
	case code == "":
		return "-"
	}
	return string(code)
}
