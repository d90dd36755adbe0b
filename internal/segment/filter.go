package segment

import "slices"

// Filter selects people. The zero value selects everybody.
type Filter struct {
	root Node
}

// Node is a part of a filter: [And], [Or], [Not] or [Test].
type Node interface{ node() }

// And selects whom each of its terms selects. It has at least two, and none of them
// is an And.
type And struct{ Terms []Node }

// Or selects whom any of its terms selects. It has at least two, and none of them is
// an Or.
type Or struct{ Terms []Node }

// Not selects whom its term does not.
type Not struct{ Term Node }

// Test looks at one thing that is known of a person.
type Test struct {
	Field Field
	Op    Op
	// Values has one value, several with In, and none with Has and Missing. They are
	// of kinds that suit the field.
	Values []Value
}

func (And) node()  {}
func (Or) node()   {}
func (Not) node()  {}
func (Test) node() {}

// Op says how a test compares.
type Op string

// The operators. Ne is true wherever Eq is not, and Missing wherever Has is not.
const (
	Eq       Op = "="
	Ne       Op = "!="
	Lt       Op = "<"
	Le       Op = "<="
	Gt       Op = ">"
	Ge       Op = ">="
	Contains Op = "contains"
	In       Op = "in"
	Has      Op = "has"
	Missing  Op = "missing"
)

// Root returns the filter's outermost part; nil if it selects everybody.
func (f Filter) Root() Node { return f.root }

// Empty reports whether the filter selects everybody because it says nothing.
func (f Filter) Empty() bool { return f.root == nil }

// Tests returns the filter's tests, from left to right.
func (f Filter) Tests() []Test { return tests(f.root) }

func tests(n Node) (list []Test) {
	switch n := n.(type) {
	case And:
		for _, term := range n.Terms {
			list = append(list, tests(term)...)
		}
	case Or:
		for _, term := range n.Terms {
			list = append(list, tests(term)...)
		}
	case Not:
		return tests(n.Term)
	case Test:
		return []Test{n}
	}
	return list
}

// Uses reports whether a test looks at the field of that name.
func (f Filter) Uses(name string) bool {
	return slices.ContainsFunc(f.Tests(), func(t Test) bool { return t.Field.Name == name && t.Field.Kind != Attribute })
}

// Ages reports whether the answer about a person can change by nothing but time.
func (f Filter) Ages() bool {
	return slices.ContainsFunc(f.Tests(), func(t Test) bool {
		return slices.ContainsFunc(t.Values, func(v Value) bool { return v.Kind == Age || v.Kind == Today })
	})
}
