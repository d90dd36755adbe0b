package segment

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"partwork/internal/spelling"
)

// finish makes a test of its parts, if they suit one another.
func (p *parser) finish(start token, field Field, op Op, operands []operand) (Node, error) {
	if !slices.Contains(ops[field.Kind], op) {
		place := token{at: start.at, end: operands[len(operands)-1].tok.end}
		return nil, p.fault(place, field.Name+" cannot be compared with "+string(op), field.comparisons())
	}
	values := make([]Value, 0, len(operands))
	for _, o := range operands {
		v, problem, fix := suit(field, op, o)
		if problem != "" {
			return nil, p.fault(o.tok, problem, fix)
		}
		if !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	if op == In && len(values) == 1 {
		op = Eq
	}
	return Test{field, op, values}, nil
}

// comparisons says how a field can be compared.
func (f Field) comparisons() string {
	switch f.Kind {
	case Text:
		return f.Name + " is a text: use =, !=, contains or in"
	case Instant:
		return f.Name + " is a point in time: use =, !=, <, <=, > or >=, with a date or with 30d ago"
	case Number:
		return f.Name + " is a number: use =, !=, <, <=, >, >= or in"
	case Series:
		return f.Name + " has the ids of series: use in, = or !="
	}
	return f.Name + " has words: use =, != or in"
}

// suit returns the value as a test of the field needs it, or what is wrong with it.
func suit(field Field, op Op, o operand) (v Value, problem, fix string) {
	v = o.value
	switch field.Kind {
	case Number:
		if v.Kind != Decimal || !whole(v.Number) {
			return v, "found " + excerpt(v.String()) + "; " + field.Name + " is compared with a whole number", "write digits, without quotes"
		}
		return v, "", ""
	case Instant:
		return suitTime(field, op, v)
	case Attribute:
		if op != Contains {
			return suitAttribute(field, op, v)
		}
	}
	if v.Kind == Age {
		return v, field.Name + " is no point in time", field.comparisons()
	}
	return suitText(field, o)
}

// suitTime is suit for points in time.
func suitTime(field Field, op Op, v Value) (Value, string, string) {
	switch {
	case v.Kind == Age && (op == Eq || op == Ne || op == In):
		return v, "an age is reached for a moment only", "write <, <=, > or >= before it: " + field.Name + " < " + v.String() + " means less than that long ago"
	case v.Kind == Age || v.Kind == Day || v.Kind == Today:
		return v, "", ""
	}
	return v, "found " + excerpt(v.Text+nonText(v)) + "; " + field.Name + " is compared with a date or an age",
		"write a date, such as 2026-11-29, or an age, such as 30d ago"
}

// nonText is how a value that is no text was written.
func nonText(v Value) string {
	if v.Kind == String {
		return ""
	}
	return v.String()
}

// suitAttribute is suit for attributes, which are compared as what the value is.
func suitAttribute(field Field, op Op, v Value) (Value, string, string) {
	ordered := op == Lt || op == Le || op == Gt || op == Ge
	switch {
	case v.Kind == Age && !ordered:
		return suitTime(field, op, v)
	case ordered && (v.Kind == String || v.Kind == Bool):
		return v, "found " + excerpt(v.Text+nonText(v)) + "; " + string(op) + " needs a number, a date or an age",
			"texts are compared with =, !=, contains or in"
	case v.Kind == String && v.Text == "":
		return v, "the text is empty", emptyFix(field)
	case v.Kind == String:
		v.Text = norm.NFC.String(v.Text)
	}
	return v, "", ""
}

// suitText is suit for texts and words: whatever was written is a text.
func suitText(field Field, o operand) (v Value, problem, fix string) {
	v = Value{Kind: String, Text: norm.NFC.String(o.tok.text)}
	switch field.Name {
	case FieldTag:
		v.Text = TagName(v.Text)
		if n := utf8.RuneCountInString(v.Text); n == 0 || n > MaxTag {
			return v, "a tag has 1 to " + itoa(MaxTag) + " characters", ""
		}
	case FieldStatus:
		v.Text = strings.ToLower(v.Text)
		if !slices.Contains(statuses, v.Text) {
			fix := "the words are " + strings.Join(statuses, ", ")
			if near := spelling.Nearest(v.Text, statuses, 2, nil); near != "" {
				fix = "did you mean " + near + "?"
			}
			return v, "there is no status " + excerpt(v.Text), fix
		}
	}
	if v.Text == "" {
		return v, "the text is empty", emptyFix(field)
	}
	return v, "", ""
}

// emptyFix says what to write instead of an empty text.
func emptyFix(field Field) string {
	return "missing " + field.label() + " asks for those of whom it is not known"
}
