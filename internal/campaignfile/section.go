package campaignfile

import (
	"slices"
	"strconv"

	"github.com/goccy/go-yaml/ast"
)

// section is a mapping of known keys, read key by key. Every problem is
// reported where it stands, and reading goes on with the default.
type section struct {
	spot    spot // the first line, for keys that are missing
	entries map[string]entry
	// misspelled are the known keys that an unknown one was probably meant to
	// be; that they are missing is no second finding.
	misspelled map[string]bool
}

// newSection sorts entries by key and reports those that are unknown or stand
// twice.
func newSection(spot spot, entries []entry, known []string) *section {
	s := &section{spot, map[string]entry{}, map[string]bool{}}
	for _, e := range entries {
		first, again := s.entries[e.key]
		switch {
		case again:
			spot.on(e.line).errorf(RuleDuplicateKey, "keep one of the two",
				"the key %q stands here again; it was first on line %d", e.key, first.line)
		case !slices.Contains(known, e.key):
			s.misspelled[reportUnknown(spot.on(e.line), e.key, known)] = true
		default:
			s.entries[e.key] = e
		}
	}
	return s
}

// reportUnknown returns the key that was probably meant, or "".
func reportUnknown(spot spot, key string, known []string) string {
	fix := "remove it; the keys are " + listWords(known)
	near := nearest(key, known)
	if near != "" {
		fix = "did you mean " + strconv.Quote(near) + "?"
	}
	spot.errorf(RuleUnknownKey, fix, "the key %s is unknown here", excerpt(key))
	return near
}

// at returns the spot of a key's value, or of the section if there is none.
func (s *section) at(key string) spot {
	e, ok := s.entries[key]
	if !ok {
		return s.spot
	}
	return s.spot.on(e.valueLine())
}

// require reports the key if it is missing.
func (s *section) require(key, example string) {
	if _, ok := s.entries[key]; !ok && !s.misspelled[key] {
		s.spot.errorf(RuleMissingKey, "add a line such as "+key+": "+example, "the key %q is missing", key)
	}
}

// text returns a text. False means that there is none, which was reported if
// the key is there. The fix says what to write instead of something else; if it
// is empty, quotes are proposed.
func (s *section) text(key, fix string) (string, bool) {
	e, ok := s.entries[key]
	if !ok {
		return "", false
	}
	return textOf(s.at(key), key, fix, e.node)
}

// textOf returns the text of a node, and reports everything else.
func textOf(spot spot, what, fix string, node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	}
	if fix == "" {
		fix = quotesFix(node)
	}
	spot.errorf(RuleWrongType, fix, "%s is %s; expected a text", what, describe(node))
	return "", false
}

// quotesFix proposes quotes for what would be a text with them.
func quotesFix(node ast.Node) string {
	switch n := node.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return "put it in quotes: " + strconv.Quote(n.GetToken().Value)
	default:
		return "write a text"
	}
}

// flag returns true or false, and false if the key is missing.
func (s *section) flag(key string) bool {
	e, ok := s.entries[key]
	if !ok {
		return false
	}
	if n, ok := e.node.(*ast.BoolNode); ok {
		return n.Value
	}
	s.at(key).errorf(RuleWrongType, "write true or false, without quotes",
		"%s is %s; expected true or false", key, describe(e.node))
	return false
}

// number returns a whole number from least to most, or the default.
func (s *section) number(key string, otherwise, least, most int) int {
	e, ok := s.entries[key]
	if !ok {
		return otherwise
	}
	n, ok := e.node.(*ast.IntegerNode)
	if !ok {
		s.at(key).errorf(RuleWrongType, "write a whole number, without quotes",
			"%s is %s; expected a whole number", key, describe(e.node))
		return otherwise
	}
	digits := n.GetToken().Value
	value, err := strconv.Atoi(digits)
	if err != nil || value < least || value > most {
		s.at(key).errorf(RuleRange, "write a number in that range",
			"%s is %s; expected a whole number from %d to %d", key, excerpt(digits), least, most)
		return otherwise
	}
	return value
}

// list returns the texts of a list with their spots; none if the key is missing.
func (s *section) list(key, fix string) (texts []string, spots []spot) {
	e, ok := s.entries[key]
	if !ok {
		return nil, nil
	}
	items, ok := e.node.(*ast.SequenceNode)
	if !ok {
		s.at(key).errorf(RuleWrongType, fix,
			"%s is %s; expected a list", key, describe(e.node))
		return nil, nil
	}
	for _, item := range items.Values {
		spot := s.spot.on(lineOf(item, e.valueLine()))
		if text, ok := textOf(spot, "an item of "+key, fix, item); ok {
			texts, spots = append(texts, text), append(spots, spot)
		}
	}
	return texts, spots
}

// choice returns one of the words, or the first of them if the key is missing.
func (s *section) choice(key string, words ...string) string {
	fix := "write " + listWords(words)
	text, ok := s.text(key, fix)
	if !ok {
		return words[0]
	}
	if !slices.Contains(words, text) {
		s.at(key).errorf(RuleChoice, fix, "%s is %s; expected %s", key, excerpt(text), listWords(words))
		return words[0]
	}
	return text
}

// parsed returns what parse makes of a text, or the default. What parse
// objects to is reported under the given rule.
func parsed[T any](s *section, key, rule, fix string, otherwise T, parse func(string) (T, error)) T {
	text, ok := s.text(key, fix)
	if !ok {
		return otherwise
	}
	value, err := parse(text)
	if err != nil {
		s.at(key).errorf(rule, fix, "%s: %s", key, err)
		return otherwise
	}
	return value
}
