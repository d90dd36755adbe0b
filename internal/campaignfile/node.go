package campaignfile

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// entry is a key with its value, and the line of each.
type entry struct {
	key  string
	line int
	node ast.Node
}

// valueLine is the line on which the value starts.
func (e entry) valueLine() int { return lineOf(e.node, e.line) }

// lineOf returns a node's line, or the given one if the node has none.
func lineOf(node ast.Node, otherwise int) int {
	if node == nil || node.GetToken() == nil || node.GetToken().Position == nil {
		return otherwise
	}
	return node.GetToken().Position.Line
}

// mappingEntries returns the keys of a mapping in their order. No body at all
// is an empty mapping.
func mappingEntries(spot spot, body ast.Node) ([]entry, bool) {
	var pairs []*ast.MappingValueNode
	switch node := body.(type) {
	case nil:
		return nil, true
	case *ast.MappingNode:
		pairs = node.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{node}
	default:
		spot.on(lineOf(body, 1)).errorf(RuleSyntax, `write "key: value" lines, with a space after the colon`,
			"found %s; expected keys with values", describe(body))
		return nil, false
	}
	var entries []entry
	for _, pair := range pairs {
		line := lineOf(pair.Key, spot.line)
		if !plain(pair.Key) {
			spot.on(line).errorf(RuleSyntax, "write a plain word before the colon",
				"found %s as a key; expected a plain word", describe(pair.Key))
			continue
		}
		entries = append(entries, entry{pair.Key.GetToken().Value, line, pair.Value})
	}
	return entries, true
}

// plain reports whether a key is a simple word, quoted or not.
func plain(key ast.Node) bool {
	switch key.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
		return key.GetToken() != nil
	default:
		return false
	}
}

// describe names what a person wrote, not what YAML calls it.
func describe(node ast.Node) string {
	switch n := node.(type) {
	case nil, *ast.NullNode:
		return "no value"
	case *ast.StringNode:
		return "the text " + excerpt(n.Value)
	case *ast.LiteralNode:
		return "the text " + excerpt(n.Value.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "the number " + strings.Trim(excerpt(n.GetToken().Value), `"`)
	case *ast.BoolNode:
		return "the switch " + n.GetToken().Value
	case *ast.SequenceNode:
		return "a list"
	case *ast.MappingNode, *ast.MappingValueNode, *ast.MappingKeyNode:
		return "a nested group of keys"
	case *ast.AnchorNode:
		return `a YAML anchor ("&name")`
	case *ast.AliasNode:
		return `a YAML alias ("*name")`
	case *ast.TagNode:
		return `a YAML tag ("!name")`
	case *ast.MergeKeyNode:
		return `a YAML merge ("<<")`
	default:
		return "something else"
	}
}
