package wording

import (
	"fmt"
	"html"
	"html/template"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/language"
)

// Tongue has all texts in one language. It is read only.
type Tongue struct {
	tag   string
	texts map[string]string
	// whole are texts that HTML made without values, by their names: most are asked for
	// that way, with every look at a page.
	whole sync.Map
}

// Tag returns the language's tag of BCP 47.
func (t *Tongue) Tag() string { return t.tag }

// Dir returns the direction in which the language is written, "ltr" or "rtl".
func (t *Tongue) Dir() string {
	script, _ := language.Make(t.tag).Script()
	switch script.String() {
	case "Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa":
		return "rtl"
	}
	return "ltr"
}

// Text returns a text as it stands in its file, with its places to fill in, and false if
// there is none of that name.
func (t *Tongue) Text(name string) (string, bool) {
	words, ok := t.texts[name]
	return words, ok
}

// Under returns the texts whose names begin with a section and a dot, by their names.
func (t *Tongue) Under(section string) map[string]string {
	out := make(map[string]string)
	for name, words := range t.texts {
		if strings.HasPrefix(name, section+".") {
			out[name] = words
		}
	}
	return out
}

// Say returns a text without markup. The values come in pairs, the name of a place and
// what to fill in. It is an error if there is no such text, or if the places and the
// values do not go together.
func (t *Tongue) Say(name string, values ...any) (string, error) {
	words, ok := t.texts[name]
	if !ok {
		return "", unknown(name)
	}
	return Fill(strings.ReplaceAll(words, "**", ""), func(s string) string { return s }, values...)
}

// HTML returns a text as HTML. What is filled in is escaped, unless it is HTML itself.
// The errors are those of Say.
func (t *Tongue) HTML(name string, values ...any) (template.HTML, error) {
	words, ok := t.texts[name]
	if !ok {
		return "", unknown(name)
	}
	if len(values) == 0 {
		if made, ok := t.whole.Load(name); ok {
			return made.(template.HTML), nil
		}
	}
	s, err := Fill(Bold(html.EscapeString(words)), html.EscapeString, values...)
	made := template.HTML(s) //nolint:gosec // all of it is escaped
	if len(values) == 0 && err == nil {
		t.whole.Store(name, made)
	}
	return made, err
}

func unknown(name string) error { return fmt.Errorf("there is no text %q in %s", name, folder) }

// Bold turns **words** into an element.
func Bold(words string) string {
	parts := strings.Split(words, "**")
	var out strings.Builder
	for i, part := range parts {
		switch {
		case i == 0:
		case i%2 == 1:
			out.WriteString("<strong>")
		default:
			out.WriteString("</strong>")
		}
		out.WriteString(part)
	}
	return out.String()
}

// Fill fills in the places of a text, and escapes what it fills in, if that is not HTML.
func Fill(words string, escape func(string) string, values ...any) (string, error) {
	if len(values)%2 != 0 {
		return "", fmt.Errorf("the text %q is given %d values; expected pairs of a name and a value", words, len(values))
	}
	given := make(map[string]string, len(values)/2)
	for i := 0; i < len(values); i += 2 {
		value := fmt.Sprint(values[i+1])
		if _, ready := values[i+1].(template.HTML); !ready {
			value = escape(value)
		}
		given["{"+fmt.Sprint(values[i])+"}"] = value
	}
	lacking := ""
	filled := place.ReplaceAllStringFunc(words, func(at string) string {
		value, ok := given[at]
		if !ok && lacking == "" {
			lacking = at
		}
		return value
	})
	switch {
	case lacking != "":
		return "", fmt.Errorf("the text %q is given no %s", words, lacking)
	case len(given) != len(places(words)):
		return "", fmt.Errorf("the text %q has no place for all that it is given; it has %s", words, listed(places(words)))
	}
	return filled, nil
}

// fill is Fill for texts of this package's own choosing, whose places are known.
func (t *Tongue) fill(name string, values ...any) string {
	s, err := t.Say(name, values...)
	if err != nil {
		panic("wording: " + err.Error()) // Load has compared the places with those that ship.
	}
	return s
}

// Day writes a date without its year, such as "Tuesday, March 24".
func (t *Tongue) Day(d time.Time) string { return t.date("calendar.day", d) }

// Date writes a date with its year.
func (t *Tongue) Date(d time.Time) string {
	return t.fill("calendar.date", "weekday", t.weekday(d), "day", d.Day(), "month", t.month(d), "year", d.Year())
}

// Moment writes a date and a time of day, such as "Tuesday, March 24, at 9:00"; with the
// year if that is asked for.
func (t *Tongue) Moment(at time.Time, year bool) string {
	day := t.Day(at)
	if year {
		day = t.Date(at)
	}
	return t.fill("calendar.moment", "date", day, "time", strconv.Itoa(at.Hour())+at.Format(":04"))
}

func (t *Tongue) date(name string, d time.Time) string {
	return t.fill(name, "weekday", t.weekday(d), "day", d.Day(), "month", t.month(d))
}

// weekday names the day of the week; the list of the file begins with Monday.
func (t *Tongue) weekday(d time.Time) string {
	return t.texts["calendar.weekdays."+strconv.Itoa((int(d.Weekday())+6)%7+1)]
}

func (t *Tongue) month(d time.Time) string {
	return t.texts["calendar.months."+strconv.Itoa(int(d.Month()))]
}
