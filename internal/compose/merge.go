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
	fieldImages      = "Links.Images" // only images make such slots

	// fieldDate and a number is the date of an entry of the series; only the
	// list of the series makes such slots.
	fieldDate = "Date."
)

// fieldForm is the whole language between the braces.
var fieldForm = regexp.MustCompile(`^\s*\.([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_-]*)*)\s*(?:\|\s*default\s+"((?:[^"\\]|\\["\\])*)"\s*)?$`)

// errBraces says what a field looks like.
var errBraces = errors.New(`is no merge field; write {{.Subscriber.Name}} or {{.Subscriber.Name | default "there"}}`)

// need is a field that must have a value for every reader, or for those readers
// who get the branch it stands in.
type need struct {
	path string
	line int
	// condition is the number of the condition's slot, -1 outside of any, and
	// holds says in which of its branches the field stands.
	condition int
	holds     bool
}

// scanner cuts the fields out of a text.
type scanner struct {
	slots   *slots
	allowed func(path string) error
	// report is told of what is no field, needs of a field that must have a
	// value, and condition of a condition that has ended. The latter two may be
	// nil.
	report    func(line int, message string)
	needs     func(need)
	condition func(condition)
}

// scan returns text with each field replaced by the mark of its slot, and each
// condition by marks around its branches. What is wrong is reported and leaves
// nothing behind. "\{{" is left as it is.
func (s scanner) scan(text string) string {
	var out strings.Builder
	line, open := 1, (*condition)(nil)
	for {
		at := strings.Index(text, "{{")
		if at < 0 {
			out.WriteString(text)
			if open != nil {
				s.report(open.line, open.text+" has no {{end}}")
			}
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
		mark, err := "", error(nil)
		if word := conditionWord(inner); word != "" && closed {
			mark, open, err = s.branch(word, inner, line, open)
		} else {
			mark, err = s.value(inner, closed, line, open)
		}
		if err != nil {
			s.report(line, fmt.Sprintf("%s %s", quoteField(inner), err))
		}
		out.WriteString(mark)
		text = rest
	}
}

// value returns the mark of a field.
func (s scanner) value(inner string, closed bool, line int, open *condition) (string, error) {
	sl, err := s.field(inner, closed)
	if err != nil {
		return "", err
	}
	if s.needs != nil && !sl.optional && !certain(sl.path) && !open.grants(sl.path) {
		n := need{path: sl.path, line: line, condition: -1}
		if open != nil {
			n.condition, n.holds = open.slot, !open.turned
		}
		s.needs(n)
	}
	return s.slots.mark(sl), nil
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
