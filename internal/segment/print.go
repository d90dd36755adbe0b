package segment

import (
	"strings"

	"partwork/internal/spelling"
)

// String writes the filter in its canonical form: parsed again, it gives the same
// filter and the same text. It is empty if the filter is.
func (f Filter) String() string {
	if f.root == nil {
		return ""
	}
	var b strings.Builder
	write(&b, f.root)
	return b.String()
}

func write(b *strings.Builder, n Node) {
	switch n := n.(type) {
	case And:
		writeChain(b, n.Terms, " and ")
	case Or:
		writeChain(b, n.Terms, " or ")
	case Not:
		b.WriteString("not ")
		writeTerm(b, n.Term)
	case Test:
		n.write(b)
	}
}

func writeChain(b *strings.Builder, terms []Node, between string) {
	for i, term := range terms {
		if i > 0 {
			b.WriteString(between)
		}
		writeTerm(b, term)
	}
}

// writeTerm puts a chain in parentheses, also where it could do without: so one
// sees what belongs together.
func writeTerm(b *strings.Builder, n Node) {
	switch n.(type) {
	case And, Or:
		b.WriteByte('(')
		write(b, n)
		b.WriteByte(')')
	default:
		write(b, n)
	}
}

func (t Test) write(b *strings.Builder) {
	name := t.Field.label()
	switch {
	case t.Op == Has || t.Op == Missing:
		b.WriteString(string(t.Op) + " " + name)
	case t.Op == Eq && t.Field.Name == FieldTag && t.Field.Kind == Words:
		b.WriteString("tag:" + t.Values[0].String())
	case t.Op == Eq && t.Field.Kind == Series:
		b.WriteString(name + " in " + t.Values[0].String())
	case t.Op == In:
		b.WriteString(name + " in (")
		for i, v := range t.Values {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(v.String())
		}
		b.WriteByte(')')
	default:
		b.WriteString(name + " " + string(t.Op) + " " + t.Values[0].String())
	}
}

// String writes the test as a filter of its own.
func (t Test) String() string { return Filter{t}.String() }

// label is the field's name as the parser takes it: that of an attribute may look
// like something else.
func (f Field) label() string {
	if f.Kind != Attribute {
		return f.Name
	}
	_, known := fieldNamed(f.Name)
	_, alias := aliases[f.Name]
	slip := len(f.Name) > 3 && spelling.Nearest(f.Name, fieldNames(), 1, nil) != ""
	if known || alias || slip || keyword(f.Name) != "" {
		return "attr:" + f.Name
	}
	return f.Name
}
