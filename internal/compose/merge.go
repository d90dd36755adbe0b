package compose

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"partwork/internal/drip"
)

// The fields that are not attributes of the reader.
const (
	fieldSubscriber  = "Subscriber."
	fieldName        = "Subscriber.Name"
	fieldEmail       = "Subscriber.Email"
	fieldTimezone    = "Subscriber.Timezone"
	fieldTitle       = "Campaign.Title"
	fieldNumber      = "Issue.Number"
	fieldCount       = "Issue.Count"
	fieldUnsubscribe = "Links.Unsubscribe"
	fieldConfirm     = "Links.Confirm"
	fieldPreferences = "Links.Preferences"
	fieldView        = "Links.View"
	fieldSeries      = "Series"

	// fieldDate and a number is the date of an entry of the series; only the
	// list of the series makes such slots.
	fieldDate = "Date."
)

// fieldForm is the whole language between the braces.
var fieldForm = regexp.MustCompile(`^\s*\.([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_-]*)*)\s*(?:\|\s*default\s+"((?:[^"\\]|\\["\\])*)"\s*)?$`)

// errBraces says what a field looks like.
var errBraces = errors.New(`is no merge field; write {{.Subscriber.Name}} or {{.Subscriber.Name | default "there"}}`)

// scanner cuts the fields out of a text.
type scanner struct {
	slots   *slots
	allowed func(path string) error
	// report is told of what is no field, and needs of a field that must have a
	// value for every reader.
	report func(line int, message string)
	needs  func(line int, path string)
}

// scan returns text with each field replaced by the mark of its slot. A field that
// is wrong is reported and leaves nothing behind. "\{{" is left as it is.
func (s scanner) scan(text string) string {
	var out strings.Builder
	line := 1
	for {
		at := strings.Index(text, "{{")
		if at < 0 {
			out.WriteString(text)
			return out.String()
		}
		line += strings.Count(text[:at], "\n")
		out.WriteString(text[:at])
		if escaped(text[:at]) {
			out.WriteString("{{")
			text = text[at+2:]
			continue
		}
		inner, rest, closed := closeField(text[at+2:])
		sl, err := s.field(inner, closed)
		if err != nil {
			s.report(line, fmt.Sprintf("%s %s", quoteField(inner), err))
		} else {
			if !sl.optional && !certain(sl.path) {
				s.needs(line, sl.path)
			}
			out.WriteString(s.slots.mark(sl))
		}
		text = rest
	}
}

// field reads what stands between the braces.
func (s scanner) field(inner string, closed bool) (slot, error) {
	m := fieldForm.FindStringSubmatchIndex(inner)
	if m == nil || !closed {
		return slot{}, errBraces
	}
	sl := slot{path: inner[m[2]:m[3]]}
	if err := s.allowed(sl.path); err != nil {
		return slot{}, err
	}
	if m[4] >= 0 {
		sl.optional = true
		sl.fallback = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(inner[m[4]:m[5]])
	}
	return sl, nil
}

// closeField splits text after the first "}}" outside of a quoted default. An
// unclosed field ends with its line.
func closeField(text string) (inner, rest string, closed bool) {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\n':
			return text[:i], text[i:], false
		case quoted && text[i] == '\\':
			i++
		case text[i] == '"':
			quoted = !quoted
		case !quoted && strings.HasPrefix(text[i:], "}}"):
			return text[:i], text[i+2:], true
		}
	}
	return text, "", false
}

// escaped reports whether text ends in an odd number of backslashes.
func escaped(text string) bool {
	return (len(text)-len(strings.TrimRight(text, `\`)))%2 == 1
}

// quoteField shows a field in a message, cut to a bearable length.
func quoteField(inner string) string { return "{{" + clean(inner, 60) + "}}" }

// usesSeries reports whether the text holds the list of the series.
func usesSeries(markdown string) bool {
	found := false
	s := scanner{
		slots:   &slots{},
		allowed: func(path string) error { found = found || path == fieldSeries; return nil },
		report:  func(int, string) {},
		needs:   func(int, string) {},
	}
	s.scan(markdown)
	return found
}

// allowedIn returns the rule for the fields of b.
func allowedIn(b *Bundle) func(path string) error {
	known := []string{fieldTitle, fieldConfirm}
	if !b.Confirmation() {
		known = []string{fieldTitle, fieldNumber, fieldCount, fieldUnsubscribe, fieldSeries}
	}
	if b.Preferences {
		known = append(known, fieldPreferences)
	}
	if b.View {
		known = append(known, fieldView)
	}
	return func(path string) error {
		for _, k := range known {
			if path == k {
				return nil
			}
		}
		attribute, ok := strings.CutPrefix(path, fieldSubscriber)
		if ok && !strings.Contains(attribute, ".") && !b.Confirmation() {
			return nil
		}
		return unknownField(known, b.Confirmation())
	}
}

// unknownField lists what there is.
func unknownField(known []string, confirmation bool) error {
	names := make([]string, 0, len(known)+2)
	if !confirmation {
		names = append(names, ".Subscriber.Name", ".Subscriber.<attribute>")
	}
	for _, k := range known {
		names = append(names, "."+k)
	}
	return fmt.Errorf("is not known here; there are %s", strings.Join(names, ", "))
}

// certain reports whether every reader has a value for the field.
func certain(path string) bool {
	return !strings.HasPrefix(path, fieldSubscriber) || path == fieldEmail
}

// findings collects what is wrong with a text.
type findings struct {
	list []drip.Finding
	file string
	// offset is added to every line that is not 0.
	offset int
}

// add records a finding; line 0 means the whole file.
func (f *findings) add(severity drip.Severity, line int, rule, message, fix string) {
	if line > 0 {
		line += f.offset
	}
	f.list = append(f.list, drip.Finding{
		File: f.file, Line: line, Severity: severity, Rule: rule, Message: message, Fix: fix,
	})
}

// broken reports whether one of the findings is an error.
func (f *findings) broken() bool {
	for i := range f.list {
		if f.list[i].Severity == drip.SeverityError {
			return true
		}
	}
	return false
}
