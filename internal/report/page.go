package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"time"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"style":      func() template.CSS { return template.CSS(pageStyle) },
	"day":        date,
	"instant":    func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") },
	"number":     Number,
	"share":      Share,
	"why":        Why,
	"churnWeeks": func() int { return ChurnWeeks },
	"quiet":      quiet,
	"growth":     growth,
	"turnover":   turnover,
	"bars":       bars,
	"zones":      zones,
}).Parse(pageText))

// WritePage writes a report as one HTML file with its pictures inside. It loads
// nothing, and no script is in it.
func WritePage(w io.Writer, r *Report) error {
	if err := page.Execute(w, r); err != nil {
		return fmt.Errorf("write the page of a report: %w", err)
	}
	return nil
}

// Number writes 1234567 as 1,234,567.
func Number(n int) string {
	text := strconv.Itoa(n)
	first := len(text) % 3
	if n < 0 {
		first = (len(text)-1)%3 + 1
	}
	out := text[:first]
	for i := first; i < len(text); i += 3 {
		if out != "" && out != "-" {
			out += ","
		}
		out += text[i : i+3]
	}
	return out
}

// Share writes hundredths, with a digit more where there are few.
func Share(hundredths float64) string {
	if hundredths > 0 && hundredths < 10 {
		return strconv.FormatFloat(hundredths, 'f', 1, 64) + "%"
	}
	return strconv.FormatFloat(hundredths, 'f', 0, 64) + "%"
}

// Why writes why somebody is stuck, as [StuckReader.Why] has it, in words.
func Why(reason string) string {
	switch reason {
	case "unplanned":
		return "due, and not planned"
	case "waiting":
		return "waits to be sent"
	case "unknown":
		return "of unknown fate: settle it"
	}
	return reason
}

// zoneBar is a zone with the length of its bar, in hundredths of the longest. The line
// of all others has no bar.
type zoneBar struct {
	Name    string
	Readers int
	Width   string
}

// mostZones is how many zones are shown; the others are one line.
const mostZones = 11

// zones returns the bars of the most frequent zones; the list begins with these.
func zones(list []Zone) []zoneBar {
	shown := list
	if len(list) > mostZones+1 {
		shown = list[:mostZones]
	}
	var bars []zoneBar
	for _, z := range shown {
		name := z.Zone
		if name == "" {
			name = "none of their own"
		}
		bars = append(bars, zoneBar{name, z.Readers, of100(float64(z.Readers), float64(max(list[0].Readers, 1)))})
	}
	if others := list[len(shown):]; len(others) > 0 {
		readers := 0
		for _, z := range others {
			readers += z.Readers
		}
		bars = append(bars, zoneBar{Name: strconv.Itoa(len(others)) + " others", Readers: readers})
	}
	return bars
}

// quiet reports whether there was nobody in any of the weeks: a picture of that shows
// nothing.
func quiet(weeks []Week) bool {
	return len(weeks) > 0 && !slices.ContainsFunc(weeks, func(w Week) bool {
		return w.Joined+w.Left+w.Finished+w.Readers > 0
	})
}
