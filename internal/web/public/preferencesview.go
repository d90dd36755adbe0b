package public

import (
	"html/template"
	"io/fs"
	"net/http"
	"time"

	"partwork/internal/audience"
	"partwork/internal/timing"
	"partwork/internal/wording"
)

// outcome is what became of a wish; the zero value is that of a page that was only
// looked at.
type outcome struct {
	// Done and Refused are the wish; one of them at most is not empty.
	Done, Refused audience.WishKind
	// Written is what stood in the field of a refused wish.
	Written string
}

// preferencesView is what preferences.html and restart.html may show.
type preferencesView struct {
	Lang, Dir, Root string // as in values
	words           *wording.Tongue
	audience.Preferences
	outcome
	// Zones are suggestions for the time zone, IANA names, and ZoneOptions the same as
	// options of a list, which are written out once: they are most of the page.
	Zones       []string
	ZoneOptions template.HTML
}

// When says when the next one comes: "Tuesday, March 31, at 9:00". The year is
// there if it is not that of the pauses that could begin today.
func (v preferencesView) When() string {
	return v.words.Moment(v.Due, v.Due.Year() != v.FirstEnd.Start(time.UTC).Year())
}

// Paused says when the pause ends; empty if there is none.
func (v preferencesView) Paused() string { return v.date(v.PausedUntil) }

// First and Last are the bounds of a pause in words.
func (v preferencesView) First() string { return v.date(v.FirstEnd) }

// Last is explained at First.
func (v preferencesView) Last() string { return v.date(v.LastEnd) }

// Before counts the issues before the next one.
func (v preferencesView) Before() int { return max(0, v.Next-1) }

// Until is the value of the date field: what was typed, the end of the pause, or
// four weeks ahead.
func (v preferencesView) Until() string {
	switch {
	case v.Refused == audience.WishPause:
		return v.Written
	case !v.PausedUntil.IsZero():
		return v.PausedUntil.String()
	case v.FirstEnd.IsZero():
		return ""
	}
	return v.FirstEnd.AddDays(27).String()
}

// ZoneField is the value of the field for the time zone.
func (v preferencesView) ZoneField() string {
	if v.Refused == audience.WishZone {
		return v.Written
	}
	return v.Zone
}

// date writes a date as a reader would; empty for none.
func (v preferencesView) date(d timing.Date) string {
	if d.IsZero() {
		return ""
	}
	return v.words.Date(d.Start(time.UTC))
}

// preferencesPage returns what renders a page for one reader. It fails if the
// template does, with any of what it may have to show.
func preferencesPage(files fs.FS, name string, v values) (func(preferencesView) (page, error), error) {
	t, err := readFile(files, name, v.words)
	if err != nil {
		return nil, err
	}
	names, options := timing.Names(), zoneOptions()
	show := func(view preferencesView) (page, error) {
		view.Lang, view.Dir, view.Root, view.words, view.Zones, view.ZoneOptions = v.Lang, v.Dir, v.Root, v.words, names, options
		body, err := execute(t, name, view)
		return htmlPage(http.StatusOK, body), err
	}
	for _, sample := range samples() {
		if _, err := show(sample); err != nil {
			return nil, err
		}
	}
	fold(t, v.words)
	return show, nil
}

// samples are views that between them have a template show all it can.
func samples() []preferencesView {
	var out []preferencesView
	day := timing.NewDate(2026, time.March, 25)
	for _, stage := range []audience.Stage{
		audience.StageComing, audience.StageLeaving, audience.StageWaiting, audience.StageHalted, audience.StageFinished, audience.StageOut,
	} {
		p := audience.Preferences{Stage: stage, Next: 5, Of: 8, Pace: 2, Zone: "Europe/London", FirstEnd: day, LastEnd: day, Due: day.Start(time.UTC)}
		out = append(out, preferencesView{Preferences: p})
		p.ZoneIsTheirs, p.PausedUntil, p.Ahead = true, day, "x"
		out = append(out, preferencesView{Preferences: p})
		for _, kind := range []audience.WishKind{
			audience.WishPause, audience.WishResume, audience.WishPace, audience.WishZone, audience.WishNext, audience.WishRestart,
		} {
			out = append(out, preferencesView{Preferences: p, outcome: outcome{Done: kind}}, preferencesView{Preferences: p, outcome: outcome{Refused: kind}})
		}
	}
	return out
}
