package compose

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"text/template"
	"time"

	"partwork/internal/drip"
	"partwork/internal/wording"
)

// The sections of the texts that messages need.
const (
	textsOfMail  = "mail"
	textsOfDates = "calendar"
)

// textScore says what a mark made of dots does: "2 of 4".
const textScore = "mail.score"

// before are the texts of versions that had none of their own.
var before = map[string]string{
	"mail.sources": "Sources", "mail.this_one": "(this email)",
	"mail.evidence": "Evidence", "mail.safety": "Safety", "mail.ask": "Ask your team", "mail.note": "Note",
}

// text returns a text of the version that has no places to fill in.
func (b *Bundle) text(name string) string {
	if b.Version < versionWording {
		return before[name]
	}
	return strings.ReplaceAll(b.Texts[name], "**", "")
}

// dateText writes a day as the list of the series shows it: "Tuesday, March 24".
func (b *Bundle) dateText(day time.Time) string {
	if _, ok := b.Texts[textsOfDates+".day"]; !ok {
		return day.Format(DateForm)
	}
	return wording.Pinned(b.Language, b.Texts).Day(day)
}

// DateText writes a reader's date for the list of the series, in the language of the
// edition. Only the day of the time counts.
func (e *Edition) DateText(day time.Time) string { return e.bundle.dateText(day) }

// DateText writes a day for the list of the series in the language of a campaign.
func (l *Layouts) DateText(c *drip.Campaign, day time.Time) string { return l.words(c).Day(day) }

// words returns the texts in the language of a campaign.
func (l *Layouts) words(c *drip.Campaign) *wording.Tongue {
	words, _ := l.book.In(c.Spoken())
	return words
}

// frame returns the texts for the frame of a campaign's messages.
func (l *Layouts) frame(c *drip.Campaign) map[string]string {
	words, spoken := l.book.In(c.Spoken())
	texts := words.Under(textsOfMail)
	if !spoken {
		delete(texts, textScore) // figures alone are understood in every language
	}
	return texts
}

// discreet returns the neutral words of discreet campaigns.
func (l *Layouts) discreet(c *drip.Campaign) (subject, preheader string) {
	words := l.words(c)
	subject, _ = words.Text("mail.discreet_subject")
	preheader, _ = words.Text("mail.discreet_preheader")
	return strings.NewReplacer("{number}", "{{.Issue.Number}}", "{count}", "{{.Issue.Count}}").Replace(subject), preheader
}

// confirmation returns the letter that asks to confirm, in the language of a campaign.
func (l *Layouts) confirmation(c *drip.Campaign) letter {
	return l.spoken(l.confirmations, c)
}

// spoken returns the one of some letters that is in the language of a campaign.
func (l *Layouts) spoken(letters map[string]letter, c *drip.Campaign) letter {
	if one, ok := letters[l.words(c).Tag()]; ok {
		return one
	}
	return letters[""]
}

// letterFile returns the name of a letter in a language, or, for "", of the one for all
// languages that have none.
func letterFile(file, tag string) string {
	if tag == "" {
		return file
	}
	return strings.TrimSuffix(file, ".md") + "." + tag + ".md"
}

// loadLetters reads a letter in all languages that it is there in.
func loadLetters(fsys fs.FS, book *wording.Book, file string) (map[string]letter, error) {
	letters := make(map[string]letter)
	for _, tag := range append([]string{""}, book.Languages()...) {
		name := letterFile(file, tag)
		text, err := readText(fsys, name)
		if tag != "" && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		one, err := parseLetter(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		one.file = name
		letters[tag] = one
	}
	return letters, nil
}

// sayer returns the function "say" of a layout: {{say "mail.leave"}}, and with places to
// fill in {{say "mail.count" "number" .Number "count" .Count}}. What is filled in is
// escaped already.
func (b *Bundle) sayer(name string) func(name string, values ...any) (string, error) {
	inHTML := name == fileHTML
	return func(name string, values ...any) (string, error) {
		words, ok := b.Texts[name]
		if !ok {
			return "", fmt.Errorf("there is no text %q for emails", name)
		}
		asIs := func(s string) string { return s }
		if inHTML {
			return wording.Fill(wording.Bold(escape(words)), asIs, values...)
		}
		said, err := wording.Fill(strings.ReplaceAll(words, "**", ""), asIs, values...)
		return strings.Join(wrap(said, textWidth), "\n"), err
	}
}

// layoutTemplate parses a trusted layout file; the error names file and line.
func (b *Bundle) layoutTemplate(name, text string) (*template.Template, error) {
	t, err := template.New(name).Option("missingkey=error").Funcs(template.FuncMap{"say": b.sayer(name)}).Parse(text)
	if err != nil {
		return nil, fmt.Errorf("layout: %w", err)
	}
	return t, nil
}
