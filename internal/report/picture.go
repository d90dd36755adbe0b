package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The pictures have lengths in hundredths of their width and heights in pixels, so that
// what is written in them is as large on a telephone as on a wide screen.

// growthPicture is how many were reading, week by week.
type growthPicture struct {
	Alt string
	// Line are the corners of the line and Area those of what is below it, in a box of
	// 100 by 100.
	Line, Area string
	// Alone says that the line is but one point, at Height.
	Alone  bool
	Height string
	Rungs  []rung
	Dates  []dateMark
}

// rung is a line across a picture, at a number of hundredths from its top.
type rung struct{ Top, Label string }

// dateMark is a date below a picture.
type dateMark struct{ Left, Anchor, Label string }

// growth returns the picture of the readers by week.
func growth(weeks []Week) growthPicture {
	most := 0
	for _, w := range weeks {
		most = max(most, w.Readers)
	}
	top := nice(most)
	first, last := weeks[0], weeks[len(weeks)-1]
	p := growthPicture{
		Alt:   "Reading: " + Number(first.Readers) + " in the week of " + date(first.From) + ", " + Number(last.Readers) + " in the week of " + date(last.From),
		Alone: len(weeks) == 1, Height: of100(float64(top-last.Readers), float64(top)), Dates: dateMarks(weeks),
	}
	for _, n := range []int{top, top / 2, 0} {
		p.Rungs = append(p.Rungs, rung{of100(float64(top-n), float64(top)), Number(n)})
	}
	var corners []string
	for i, w := range weeks {
		corners = append(corners, middle(i, len(weeks))+","+of100(float64(top-w.Readers), float64(top)))
	}
	p.Line = strings.Join(corners, " ")
	p.Area = middle(0, len(weeks)) + ",100 " + p.Line + " " + middle(len(weeks)-1, len(weeks)) + ",100"
	return p
}

// turnoverPicture is how many came and went, week by week.
type turnoverPicture struct {
	Alt   string
	Parts []turnoverPart
	// Ground is where the bars begin; Up and Down say what the longest are.
	Ground, Up, Down string
}

// turnoverPart is a part of a week's bar.
type turnoverPart struct{ Class, Left, Top, Width, Height string }

// turnover returns the picture of those who came, above the ground, and those who went,
// below it.
func turnover(weeks []Week) turnoverPicture {
	var p turnoverPicture
	up, down, joined, left, finished := 0, 0, 0, 0, 0
	for _, w := range weeks {
		up, down = max(up, w.Joined), max(down, w.Left+w.Finished)
		joined, left, finished = joined+w.Joined, left+w.Left, finished+w.Finished
	}
	p.Alt = "In these weeks " + Number(joined) + " joined, " + Number(left) + " left and " + Number(finished) + " finished"
	all := float64(max(up+down, 1))
	p.Ground = of100(float64(up), all)
	p.Up, p.Down = Number(up), Number(down)
	step := 100 / float64(len(weeks))
	for i, w := range weeks {
		add := func(class string, top, n int) {
			if n > 0 {
				p.Parts = append(p.Parts, turnoverPart{
					class, decimal(step*float64(i) + step*.15), of100(float64(top), all), decimal(min(step*.7, 8)), of100(float64(n), all),
				})
			}
		}
		add("sent", up-w.Joined, w.Joined)
		add("lost", up, w.Left)
		add("skipped", up+w.Left, w.Finished)
	}
	return p
}

// dateMarks returns at most five dates, the first and the last among them.
func dateMarks(weeks []Week) []dateMark {
	var marks []dateMark
	places := min(len(weeks), 5)
	for k := range places {
		i := 0
		if places > 1 {
			i = k * (len(weeks) - 1) / (places - 1)
		}
		mark := dateMark{middle(i, len(weeks)), "middle", weeks[i].From.Format("2 Jan")}
		switch {
		case len(weeks) < 3: // there is room beside each
		case k == 0:
			mark.Left, mark.Anchor = "0", "start"
		case k == places-1:
			mark.Left, mark.Anchor = "100", "end"
		}
		marks = append(marks, mark)
	}
	return marks
}

// middle returns the middle of one of n places of the same width, in hundredths.
func middle(i, n int) string { return of100(float64(i)+.5, float64(n)) }

// of100 returns n in hundredths of all.
func of100(n, all float64) string { return decimal(100 * n / all) }

// decimal writes a number with at most two digits after the point.
func decimal(n float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(n, 'f', 2, 64), "0"), ".")
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// nice returns the least of 2, 4, 10, 20, 40, 100 … that is not less than n, so that
// half of it is a round number.
func nice(n int) int {
	for power := 1; power < 1e17; power *= 10 {
		for _, times := range []int{2, 4, 10} {
			if top := times * power; top >= n {
				return top
			}
		}
	}
	return n
}

// bar is what became of an issue, as a bar.
type bar struct {
	Issue
	Parts []barPart
}

// barPart is a part of a bar, in hundredths of the longest.
type barPart struct{ Class, Left, Width string }

// thinnest is how wide a part of a bar is at least, so that a few lost among a million are
// seen.
const thinnest = .4

// bars returns the bars of the issues. The longest is that of the issue that was due for
// the most.
func bars(issues []Issue) []bar {
	most := max(slices.MaxFunc(issues, func(a, b Issue) int { return cmp.Compare(a.Due, b.Due) }).Due, 1)
	list := make([]bar, 0, len(issues))
	for _, is := range issues {
		b := bar{Issue: is}
		before := 0
		for _, part := range []struct {
			class string
			n     int
		}{
			{"sent", is.Sent - is.Late}, {"late", is.Late}, {"open", is.Waiting + is.Deferred}, {"lost", is.Refused + is.Unknown}, {"skipped", is.Skipped},
		} {
			if part.n > 0 {
				b.Parts = append(b.Parts, barPart{
					part.class, of100(float64(before), float64(most)), decimal(max(100*float64(part.n)/float64(most), thinnest)),
				})
			}
			before += part.n
		}
		list = append(list, b)
	}
	return list
}

// Name returns what an issue is called.
func (is *Issue) Name() string { return cmp.Or(is.Subject, is.Issue) }

// Tally says what became of an issue: the picture says it to those who see colors.
func (is *Issue) Tally() string {
	text := Number(is.Sent) + " of " + Number(is.Due) + " sent"
	for _, part := range []struct {
		n    int
		what string
	}{
		{is.Late, " of them late"}, {is.Waiting, " on their way"}, {is.Deferred, " put off"},
		{is.Unknown, " unknown"}, {is.Refused, " refused"}, {is.Skipped, " skipped"},
	} {
		if part.n > 0 {
			text += ", " + Number(part.n) + part.what
		}
	}
	return text
}

// LeftShare returns how many of those who were sent an issue left after it, in
// hundredths; zero if nobody was.
func (is *Issue) LeftShare() float64 {
	if is.Sent == 0 {
		return 0
	}
	return 100 * float64(is.LeftAfter) / float64(is.Sent)
}
