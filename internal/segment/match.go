package segment

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Match reports whether the filter selects the person. It selects everybody if it is
// the zero value.
func (f Filter) Match(who *Facts, view View) bool {
	return f.root == nil || match(f.root, who, view)
}

func match(n Node, who *Facts, view View) bool {
	switch n := n.(type) {
	case And:
		return !slices.ContainsFunc(n.Terms, func(term Node) bool { return !match(term, who, view) })
	case Or:
		return slices.ContainsFunc(n.Terms, func(term Node) bool { return match(term, who, view) })
	case Not:
		return !match(n.Term, who, view)
	case Test:
		return n.match(who, view)
	}
	return false
}

// match reports whether the test is true of the person.
func (t Test) match(who *Facts, view View) bool {
	switch t.Op {
	case Ne:
		t.Op = Eq
		return !t.match(who, view)
	case Missing:
		t.Op = Has
		return !t.match(who, view)
	}
	switch t.Field.Kind {
	case Text:
		return t.matchText(who.text(t.Field.Name))
	case Number:
		return who.Batch != 0 && (t.Op == Has || slices.ContainsFunc(t.Values, func(v Value) bool { return compare(t.Op, float64(who.Batch), v.Number) }))
	case Instant:
		return slices.ContainsFunc(who.instants(t.Field.Name, view), func(at time.Time) bool {
			return t.Op == Has || t.Span(view).Holds(at)
		})
	case Words, Series:
		words := who.words(t.Field.Name, view)
		return t.Op == Has && len(words) > 0 || slices.ContainsFunc(t.Values, func(v Value) bool { return slices.Contains(words, v.Text) })
	default:
		return t.matchAttribute(who.Attributes[t.Field.Name], view)
	}
}

// text returns the value of a Text field.
func (who *Facts) text(name string) string {
	switch name {
	case FieldEmail:
		return who.Email
	case FieldName:
		return who.Name
	}
	return who.Zone
}

// instants returns the values of an Instant field that are known.
func (who *Facts) instants(name string, view View) (list []time.Time) {
	add := func(t time.Time) {
		if !t.IsZero() {
			list = append(list, t)
		}
	}
	switch name {
	case FieldAdded:
		add(who.Added)
	case FieldJoined:
		for _, p := range who.Parts {
			if view.sees(p.Campaign) {
				add(p.JoinedAt)
			}
		}
	case FieldLastSent:
		var last time.Time
		for _, s := range who.Sent {
			if view.sees(s.Campaign) && s.At.After(last) {
				last = s.At
			}
		}
		add(last)
	}
	return list
}

// words returns the values of a Words or Series field.
func (who *Facts) words(name string, view View) (list []string) {
	switch name {
	case FieldTag:
		return who.Tags
	case FieldStatus:
		if who.Suppressed {
			list = append(list, StatusSuppressed)
		}
		for _, p := range who.Parts {
			if view.sees(p.Campaign) {
				list = append(list, p.State)
			}
		}
		return list
	case FieldHad:
		for _, s := range who.Sent {
			if view.sees(s.Campaign) {
				list = append(list, s.Issue, s.Campaign+"/"+s.Issue)
			}
		}
		return list
	}
	for _, p := range who.Parts {
		if p.State == name || name == FieldEnrolled && p.State != FieldLeft {
			list = append(list, p.Campaign)
		}
	}
	return list
}

// matchText looks at a text, in which the case of the letters A to Z does not count.
func (t Test) matchText(text string) bool {
	if text == "" || t.Op == Has {
		return text != ""
	}
	text = fold(text)
	return slices.ContainsFunc(t.Values, func(v Value) bool {
		if t.Op == Contains {
			return strings.Contains(text, fold(v.Text))
		}
		return text == fold(v.Text)
	})
}

// matchAttribute looks at the value of an attribute, nil if there is none.
func (t Test) matchAttribute(have any, view View) bool {
	if t.Op == Has {
		return have != nil && have != ""
	}
	return slices.ContainsFunc(t.Values, func(v Value) bool {
		switch v.Kind {
		case Decimal:
			n, ok := asNumber(have)
			return ok && compare(t.Op, n, v.Number)
		case Bool:
			yes, ok := asBool(have)
			return ok && yes == v.True
		case Day, Today, Age:
			day, ok := asDay(have)
			from, to := t.Dates(view, v)
			return ok && (from == "" || day >= from) && (to == "" || day < to)
		}
		text, _ := have.(string)
		one := Test{Op: t.Op, Values: []Value{v}}
		return one.matchText(text)
	})
}

// asNumber returns the number that an attribute is; lists may have it as a text.
func asNumber(have any) (float64, bool) {
	switch have := have.(type) {
	case float64:
		return have, true
	case json.Number:
		n, _ := have.Float64() // one that is too large is infinite, as it is for the database
		return n, true
	case string:
		n, err := strconv.ParseFloat(have, 64)
		return n, plainNumber(have) && err == nil
	}
	return 0, false
}

// asBool returns whether an attribute is true or false.
func asBool(have any) (yes, ok bool) {
	switch have := have.(type) {
	case bool:
		return have, true
	case string:
		low := fold(have)
		return low == "true", low == "true" || low == "false"
	}
	return false, false
}

// asDay returns the day that an attribute begins with, alone or followed by a time
// of day (RFC 3339, and the blank that spreadsheets write).
func asDay(have any) (string, bool) {
	const form = "dddd-dd-dd"
	text, _ := have.(string)
	if len(text) < len(form) || len(text) > len(form) && text[len(form)] != 'T' && text[len(form)] != ' ' {
		return "", false
	}
	for i := range len(form) {
		if digit := text[i] >= '0' && text[i] <= '9'; digit != (form[i] == 'd') || !digit && text[i] != '-' {
			return "", false
		}
	}
	return text[:len(form)], true
}

func compare(op Op, a, b float64) bool {
	switch c := cmp.Compare(a, b); op {
	case Lt:
		return c < 0
	case Le:
		return c <= 0
	case Gt:
		return c > 0
	case Ge:
		return c >= 0
	default:
		return c == 0
	}
}

// fold makes small letters of A to Z, as LOWER does in databases without a locale.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
