package campaignfile

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// words looks for days and dates in the texts of an issue, in its language.
func (d *doubter) words(i int, lines map[string]int) {
	is := &d.campaign.Issues[i]
	book, ok := phraseBook(d.campaign.Spoken())
	if !ok {
		return
	}
	for _, text := range []struct {
		words string
		line  int
	}{
		{is.Subject, lines["subject"]},
		{is.Preheader, lines["preheader"]},
		{prose(is.Body), is.BodyLine},
	} {
		r := copyReader{doubter: d, issue: i, text: plainWords(text.words), line: text.line, book: book, seen: map[int]bool{}}
		for at, paragraph := range paragraphs(r.text) {
			r.claims(at, paragraph)
			r.dates(at, paragraph)
		}
	}
}

// paragraphs yields the paragraphs of a text, and where each begins. Whatever is said in
// one phrase is said within one of them, and most hold nothing to look at: looking for
// phrases costs far more than looking for what each of them must contain.
func paragraphs(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		start, at := 0, 0
		for line := range strings.Lines(text) {
			if strings.TrimSpace(line) == "" {
				if start < at && !yield(start, text[start:at]) {
					return
				}
				start = at + len(line)
			}
			at += len(line)
		}
		if start < at {
			yield(start, text[start:at])
		}
	}
}

// copyReader reads one text of an issue.
type copyReader struct {
	*doubter
	issue int
	text  string
	line  int // on which the text starts
	book  phrases
	seen  map[int]bool // where the days end that were looked at
}

// claims looks for phrases that say on which day something of the series comes, in a
// paragraph that begins somewhere in the text.
func (r *copyReader) claims(start int, paragraph string) {
	day, tomorrow := r.book.mentions(paragraph)
	for _, phrase := range r.book.claims {
		if needed := phrase.claim == claimTomorrow; needed && !tomorrow || !needed && !day {
			continue
		}
		for _, at := range phrase.find.FindAllStringSubmatchIndex(paragraph, -1) {
			end, day := at[1], time.Weekday(0)
			if phrase.claim != claimTomorrow {
				end = at[3]
				day, _ = r.book.weekday(paragraph[at[2]:end])
			}
			problem := r.wrong(phrase.claim, day)
			if problem != "" && !r.seen[start+end] {
				r.at(start+at[0]).warnf(RuleWeekday, `name no day ("next time"), or one that is right for every reader`,
					"the text says %s, but %s", excerpt(strings.Join(strings.Fields(paragraph[at[0]:end]), " ")), problem)
			}
			r.seen[start+end] = true
		}
	}
}

// wrong says why a claim is not true; "" if it may be.
func (r *copyReader) wrong(claim claim, day time.Weekday) string {
	onJoin := r.issue == 0 && r.campaign.First != drip.FirstNextSlot
	switch {
	case claim == claimToday && onJoin:
		return "the first issue leaves on whatever day somebody joins"
	case claim == claimToday && (!r.days[day] || len(r.weekdays()) > 1), claim == claimSlot && !r.days[day]:
		return "the series leaves on " + listed(r.weekdays())
	case claim == claimTomorrow && r.campaign.Schedule.Interval() > 24*time.Hour:
		return "the series never leaves on two days in a row"
	case claim == claimTomorrow && r.issue+1 < len(r.campaign.Issues) && r.campaign.Issues[r.issue+1].SkipSlots > 0:
		return "the next issue has skip_slots"
	default:
		return ""
	}
}

// weekdays names the days of the schedule.
func (d *doubter) weekdays() []string {
	var names []string
	for i := range d.days {
		if day := time.Weekday((i + 1) % 7); d.days[day] {
			names = append(names, day.String()+"s")
		}
	}
	return names
}

// listed writes "Mondays, Tuesdays and Fridays", or "every day" for a whole week.
func listed(names []string) string {
	switch n := len(names); n {
	case 1:
		return names[0]
	case 7:
		return "every day of the week"
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

// dates looks for dates in the future, in a paragraph. Whoever joins later reads about
// them as if they were still to come.
func (r *copyReader) dates(start int, paragraph string) {
	if r.today.IsZero() || !r.namesComingYear(paragraph) {
		return
	}
	is := &r.campaign.Issues[r.issue]
	for _, form := range r.book.dates {
		for _, at := range form.find.FindAllStringSubmatchIndex(paragraph, -1) {
			date, ok := form.read(r.book, paragraph, at)
			if !ok || date <= r.today || foreseen(is, date) {
				continue
			}
			r.at(start+at[0]).warnf(RuleDated,
				fmt.Sprintf("leave the date out, or let review_by: %s remind you to change it", date),
				"the text names %s, but readers who join later get it after that day", dateText(date))
		}
	}
}

// namesComingYear reports whether one of the next years is named at all.
func (r *copyReader) namesComingYear(text string) bool {
	this := r.today.Start(time.UTC).Year()
	year, digits := 0, 0
	for i := range len(text) + 1 {
		if i < len(text) && text[i] >= '0' && text[i] <= '9' {
			digits++
			year = (10*year + int(text[i]-'0')) % 1e4
			continue
		}
		if digits == 4 && year >= this && year < this+20 {
			return true
		}
		year, digits = 0, 0
	}
	return false
}

// leadTime is how long before a date its announcement may begin.
const leadTime = 31

// foreseen reports whether the front matter knows of a date in the text: the
// issue is held until about then, or is to be looked at again before.
func foreseen(is *drip.Issue, date timing.Date) bool {
	held := !is.NotBefore.IsZero() && is.NotBefore <= date && date-is.NotBefore <= leadTime
	return held || !is.ReviewBy.IsZero() && is.ReviewBy <= date
}

// at returns the spot of an offset of the text.
func (r *copyReader) at(offset int) spot {
	line := r.line + strings.Count(r.text[:offset], "\n")
	return r.report.at(r.campaign.Issues[r.issue].File, line)
}
