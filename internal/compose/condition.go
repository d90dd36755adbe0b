package compose

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// test says what a condition asks of a reader's value.
type test uint8

const (
	testNone    test = iota // the slot is no condition
	testPresent             // there is a value
	testEqual               // the value is a certain text, upper or lower case
)

// condition is a choice between two texts.
type condition struct {
	// text is the condition as its author wrote it.
	text string
	line int
	slot int
	path string
	// turned says that there is an {{else}}; while the condition is scanned, that
	// it was passed.
	turned bool
}

// grants reports whether within the branch being scanned every reader has a value
// for the path: they would not get the branch otherwise.
func (c *condition) grants(path string) bool {
	return c != nil && !c.turned && c.path == path
}

// wordForm finds the words that make conditions, and conditionForm is the whole of
// what an {{if}} may say.
var (
	wordForm      = regexp.MustCompile(`^\s*(if|else|end)\b`)
	conditionForm = regexp.MustCompile(`^\s*if\s+(?:\.([A-Za-z][A-Za-z0-9_.-]*)|eq\s+\.([A-Za-z][A-Za-z0-9_.-]*)\s+"((?:[^"\\]|\\["\\])+)")\s*$`)
)

// errCondition says what a condition looks like.
var errCondition = errors.New(`is no condition; write {{if .Subscriber.city}} or {{if eq .Subscriber.plan "gold"}}`)

// conditionWord returns the word of a condition with which the text between the
// braces begins, or "".
func conditionWord(inner string) string {
	if m := wordForm.FindStringSubmatch(inner); m != nil {
		return m[1]
	}
	return ""
}

// branch reads one of the three marks of a condition. It returns the mark, and the
// condition that is open behind it. With an error, what was open stays open.
func (s scanner) branch(word, inner string, line int, open *condition) (string, *condition, error) {
	switch {
	case word == "if" && open != nil:
		return "", open, fmt.Errorf("stands within %s of line %d, and conditions cannot be nested; write {{end}} first, "+
			"or give the readers an attribute that says both", open.text, open.line)
	case word == "if":
		sl, err := s.question(inner)
		if err != nil {
			// Its {{else}} and {{end}} have done nothing wrong.
			return "", &condition{text: quoteField(inner), line: line, slot: -1}, err
		}
		n := s.slots.number(sl)
		return markOf(pieceIf, n), &condition{text: quoteField(strings.TrimSpace(inner)), line: line, slot: n, path: sl.path}, nil
	case open == nil:
		return "", nil, errors.New("has no {{if …}} before it")
	case word == "else" && strings.TrimSpace(inner) != "else":
		return "", open, errors.New("is more than a condition can say; write {{end}} and another {{if …}}")
	case word == "else" && open.turned:
		return "", open, fmt.Errorf("is the second one of %s of line %d", open.text, open.line)
	case word == "else":
		open.turned = true
		return markOf(pieceElse, 0), open, nil
	case strings.TrimSpace(inner) != "end":
		return "", open, errors.New("says more than {{end}}")
	}
	if s.condition != nil && open.slot >= 0 {
		s.condition(*open)
	}
	return markOf(pieceEnd, 0), nil, nil
}

// question reads an {{if …}}.
func (s scanner) question(inner string) (slot, error) {
	m := conditionForm.FindStringSubmatch(inner)
	if m == nil {
		return slot{}, errCondition
	}
	sl := slot{path: m[1], test: testPresent}
	if m[2] != "" {
		sl.path, sl.test = m[2], testEqual
		sl.want = clean(strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(m[3]), maxValue)
	}
	if err := s.allowed(sl.path); err != nil {
		return slot{}, err
	}
	if !strings.HasPrefix(sl.path, fieldSubscriber) || certain(sl.path) {
		return slot{}, errors.New("asks what is the same for every reader; conditions ask for their name, time zone or attributes")
	}
	return sl, nil
}

// verdict returns "" if the condition does not hold for a value, and otherwise
// something else.
func (sl *slot) verdict(value string) string {
	holds := value != ""
	if sl.test == testEqual {
		holds = strings.EqualFold(value, sl.want)
	}
	if holds {
		return "1"
	}
	return ""
}
