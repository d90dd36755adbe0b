package campaignfile

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"partwork/internal/timing"
)

// claim is what a phrase says about a day.
type claim int

const (
	claimToday    claim = iota // the issue arrives on that day
	claimSlot                  // an issue arrives on that day
	claimTomorrow              // another issue arrives on the next day
	claimNothing               // it only looks like one of the others
)

// phrases are how a language speaks of days.
type phrases struct {
	language string
	days     []string // from Sunday, in lower case
	months   []string // from January, in lower case; three letters are enough
	tomorrow string
	claims   []phrase
	dates    []dateForm
}

// phrase is a way to say on which day something of the series comes. Its only
// group is the day, unless it is about tomorrow. A day belongs to the first phrase
// that has it.
type phrase struct {
	claim claim
	find  *regexp.Regexp
}

// dateForm is a way to write a date in full. Its groups are the day, the month
// and the year, in the order of parts.
type dateForm struct {
	find  *regexp.Regexp
	parts string
}

// phraseBook returns the phrases of a language tag such as "en-GB". They are few
// on purpose: a warning that is wrong costs more than one that is missing.
func phraseBook(tag string) (phrases, bool) {
	language, _, _ := strings.Cut(strings.ToLower(tag), "-")
	i := slices.IndexFunc(phraseBooks, func(p phrases) bool { return p.language == language })
	if i < 0 {
		return phrases{}, false
	}
	return phraseBooks[i], true
}

// mentions reports whether a text has the name of a day, or the word for tomorrow,
// in it at all. Most have not, and need not be read.
func (p phrases) mentions(text string) (day, tomorrow bool) {
	text = unaccented(strings.ToLower(text))
	day = slices.ContainsFunc(p.days, func(name string) bool { return strings.Contains(text, name) })
	return day, strings.Contains(text, p.tomorrow)
}

// weekday reads the name of a day.
func (p phrases) weekday(word string) (time.Weekday, bool) {
	i := slices.Index(p.days, unaccented(strings.ToLower(word)))
	return time.Weekday(i), i >= 0
}

// month reads the name of a month, or its beginning.
func (p phrases) month(word string) (time.Month, bool) {
	word = unaccented(strings.ToLower(word))
	i := slices.IndexFunc(p.months, func(name string) bool { return len(word) >= 3 && strings.HasPrefix(name, word) })
	return time.Month(i + 1), i >= 0
}

// read returns the date that was found.
func (f dateForm) read(p phrases, text string, at []int) (timing.Date, bool) {
	var day, year int
	var month time.Month
	ok := true
	for i, part := range f.parts {
		word := text[at[2*i+2]:at[2*i+3]]
		switch n, err := strconv.Atoi(word); {
		case part == 'd':
			day = n
		case part == 'y':
			year = n
		case err == nil:
			month = time.Month(n)
		default:
			month, ok = p.month(word)
		}
	}
	date := timing.NewDate(year, month, day)
	same := date.Start(time.UTC)
	return date, ok && same.Month() == month && same.Day() == day
}

// unaccented writes Spanish days without accents, as many people do.
func unaccented(word string) string { return accents.Replace(word) }

var accents = strings.NewReplacer("á", "a", "é", "e")

// said compiles a phrase: a space is any blank, DAY the name of one of the days.
// Case does not count unless the pattern says so.
func said(claim claim, days, pattern string) phrase {
	pattern = strings.ReplaceAll(pattern, " ", `\s+`)
	pattern = strings.ReplaceAll(pattern, "DAY", `(`+days+`)\b`)
	return phrase{claim, regexp.MustCompile(`(?i)` + pattern)}
}

const (
	englishDays = `sunday|monday|tuesday|wednesday|thursday|friday|saturday`
	germanDays  = `sonntag|montag|dienstag|mittwoch|donnerstag|freitag|samstag`
	spanishDays = `domingo|lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado`

	englishMonths = `jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|` +
		`january|february|march|april|june|july|august|september|october|november|december`

	// mail is what a series sends, in English.
	mail = `(?:issue|letter|email|e-mail|lesson|chapter|edition|newsletter)`
	// meet is how writers take their leave in it, and onDay what follows.
	meet  = `(?:(?:see|write to|talk to|meet) you|hear from (?:me|us))(?: again)?`
	onDay = `(?: on| next| this)? DAY`
	// farewell ends the sentence, or the line above a name.
	farewell = `(?:[.!?]|,?\s*(?:\n|$))`
)

// iso is how dates are written everywhere.
var iso = dateForm{regexp.MustCompile(`\b([0-9]{4})-([0-9]{2})-([0-9]{2})\b`), "ymd"}

var phraseBooks = []phrases{
	{
		language: "en",
		days:     strings.Split(englishDays, "|"),
		tomorrow: "tomorrow",
		months: []string{
			"january", "february", "march", "april", "may", "june",
			"july", "august", "september", "october", "november", "december",
		},
		claims: []phrase{
			said(claimNothing, englishDays, `\b(?:if|when|whether|suppose) (?:today(?:'s| is)(?: a)?|it is|it's) DAY`),
			said(claimNothing, englishDays, `\b(?:the|every|each) next DAY`),
			said(claimNothing, englishDays, `\b(?:doctor|nurse|team|clinic|they|he|she)(?:'ll)?(?: [a-z]+){0,2} `+meet+onDay),

			said(claimToday, englishDays, `\btoday(?:'s| is)(?: a)? DAY`),
			said(claimToday, englishDays, `\b(?:it is|it's) DAY(?: again| today)\b`),
			said(claimToday, englishDays, `\bhappy DAY`),

			said(claimSlot, englishDays, `\b`+meet+onDay),
			said(claimSlot, englishDays, `\b(?:this|next) DAY`),
			said(claimSlot, englishDays, `\b(?:next one|(?:next|following|another|new) `+mail+`)\b[^.!?]{0,40}?\b(?:on|next|this) DAY`),
			said(claimSlot, englishDays, `\b(?:an?|one|our|your|new|these|the) (?:new |short |weekly )?`+mail+`s?(?: [a-z]+){0,3}? (?:every|each) DAY`),
			said(claimSlot, englishDays, `(?-i:\bUntil) (?:next |this )?DAY(?:, then| then)?`+farewell),
			said(claimSlot, englishDays, `\b(?:that's (?:it|all)|that is (?:it|all)|goodbye|bye|so long|take care)\b[^.!?]{0,20}?\buntil (?:next )?DAY`),

			said(claimTomorrow, "", `\b`+meet+` tomorrow\b`),
			said(claimTomorrow, "", `\btomorrow's `+mail+`\b`),
			said(claimTomorrow, "", `\b(?:next one|(?:next|another|new) `+mail+`)\b[^.!?]{0,40}?\btomorrow\b`),
			said(claimTomorrow, "", `\btomorrow,? (?:we|we'll|I'll|you get|you'll get|you will get)\b`),
			said(claimTomorrow, "", `(?-i:\bUntil) tomorrow(?:, then| then)?`+farewell),
		},
		dates: []dateForm{
			{regexp.MustCompile(`(?i)\b([0-9]{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(` + englishMonths + `)\.?,?\s+([0-9]{4})\b`), "dmy"},
			{regexp.MustCompile(`(?i)\b(` + englishMonths + `)\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4})\b`), "mdy"},
			iso,
		},
	},
	{
		language: "de",
		days:     strings.Split(germanDays, "|"),
		tomorrow: "morgen",
		months: []string{
			"januar", "februar", "märz", "april", "mai", "juni",
			"juli", "august", "september", "oktober", "november", "dezember",
		},
		claims: []phrase{
			said(claimToday, germanDays, `\bheute ist DAY`),
			said(claimSlot, germanDays, `(?-i:\bBis)(?: zum| am| kommenden| nächsten)? DAY`+farewell),
			said(claimSlot, germanDays, `\bwir (?:sehen|lesen|hören) uns(?: wieder)?(?: am| kommenden| nächsten) DAY`),
			said(claimTomorrow, "", `(?-i:\bBis morgen)`+farewell),
		},
		dates: []dateForm{
			{regexp.MustCompile(`(?i)\b([0-9]{1,2})\.\s*(januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)\s+([0-9]{4})\b`), "dmy"},
			iso,
		},
	},
	{
		language: "es",
		days:     []string{"domingo", "lunes", "martes", "miercoles", "jueves", "viernes", "sabado"},
		tomorrow: "mañana",
		months: []string{
			"enero", "febrero", "marzo", "abril", "mayo", "junio",
			"julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
		},
		claims: []phrase{
			said(claimToday, spanishDays, `\bhoy es DAY`),
			said(claimSlot, spanishDays, `(?-i:\bHasta) el(?: próximo)? DAY`+farewell),
			said(claimSlot, spanishDays, `\bnos vemos el(?: próximo)? DAY`),
			said(claimTomorrow, "", `(?-i:\bHasta) mañana`+farewell),
		},
		dates: []dateForm{
			{regexp.MustCompile(`(?i)\b([0-9]{1,2}) de (enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre) de ([0-9]{4})\b`), "dmy"},
			iso,
		},
	},
}
