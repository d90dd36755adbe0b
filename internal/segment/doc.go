// Package segment is a small language that selects people:
//
//	tag:newly-diagnosed and country = DE and joined < 30d ago
//
// [Parse] reads it and says, pointing at the character, what it does not
// understand. A [Filter] can be printed in its canonical form, asked about one
// person with [Filter.Match], and walked by a store, which makes a query of it
// that says the same. The package is pure: who is asked about, when, and in view of
// which series are arguments. docs/FILTERS.md has the grammar, and what each field
// means.
//
// Two rules hold everywhere. A test of something that is not known of a person is
// false, whatever it compares with. And "not" turns exactly true into false and
// false into true; "a != b" is "not a = b". So "country != DE" selects those without
// a country as well, and every filter divides all people in two.
package segment
