package config

import (
	"bytes"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxFile is the most a configuration file may have, in bytes.
const maxFile = 256 << 10

// maxTokens is the most keys, values and signs a file may have. It bounds the parser,
// which takes time and memory in the square of some of them.
const maxTokens = 4000

// maxFlow is how deep braces may nest.
const maxFlow = 8

// syntaxError is a problem that keeps a file from being read at all.
type syntaxError struct {
	line         int
	message, fix string
}

// parseYAML returns the mapping at the top of a file; nil for an empty file.
//
// The tokens are looked at before they are parsed: the parser bounds neither aliases
// nor nesting. Lists have one entry a line and do not nest within a line.
// Only the parser's message is used, not its excerpt: that may show a password.
func parseYAML(text []byte) (ast.MapNode, *syntaxError) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return nil, &syntaxError{0, "the file is not UTF-8 text", "save it as UTF-8"}
	}
	tokens := lexer.Tokenize(string(text))
	if problem := checkTokens(tokens); problem != nil {
		return nil, problem
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, parseProblem(err)
	}
	return onlyMapping(file)
}

func parseProblem(err error) *syntaxError {
	problem := &syntaxError{0, "the file is not valid YAML", "check the indentation, and quote values with signs in them"}
	var y yaml.Error
	if !errors.As(err, &y) {
		return problem
	}
	problem.line = lineOf(y.GetToken())
	switch message := y.GetMessage(); {
	case strings.Contains(message, "'\t'"):
		problem.message, problem.fix = "a tab is used as indentation", "indent with spaces"
	case strings.Contains(message, `"`):
		// It repeats a text of the file, such as a password that begins with "|".
	default:
		problem.message += ": " + strings.Map(printable, message)
	}
	return problem
}

// printable keeps what the parser found in the file from moving the cursor.
func printable(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return unicode.ReplacementChar
}

func onlyMapping(file *ast.File) (ast.MapNode, *syntaxError) {
	var top ast.MapNode
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		m, ok := doc.Body.(ast.MapNode)
		if !ok {
			return nil, &syntaxError{lineOf(doc.Body.GetToken()), "expected keys with values", `write lines like "timezone: Europe/London"`}
		}
		if top != nil {
			return nil, &syntaxError{lineOf(doc.Body.GetToken()), "a second document begins", `remove the "---" before it`}
		}
		top = m
	}
	return top, nil
}

// checkTokens refuses the parts of YAML that a configuration has no use for.
func checkTokens(tokens token.Tokens) *syntaxError {
	if len(tokens) > maxTokens {
		return &syntaxError{lineOf(tokens[maxTokens]), "the file has far more keys than there are", "is it the right file?"}
	}
	depth, line := 0, 0 // line is that of the token before
	for _, tk := range tokens {
		first := lineOf(tk) != line
		line = lineOf(tk)
		switch tk.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType, token.TagType, token.DirectiveType:
			return &syntaxError{lineOf(tk), "anchors, aliases, merge keys, tags and directives are not supported",
				`put a value that begins with & * ! or % in quotes`}
		case token.SequenceStartType:
			return &syntaxError{lineOf(tk), "a list in brackets begins here, and no key takes one",
				`put a value that begins with "[" in quotes; smtp.fallbacks takes one "- " a line`}
		case token.SequenceEntryType:
			if !first || depth > 0 {
				return &syntaxError{lineOf(tk), "a list begins here, and no key takes one",
					`put a value that begins with "-" in quotes; smtp.fallbacks takes one "- " a line`}
			}
		case token.MappingKeyType:
			return &syntaxError{lineOf(tk), `"?" is not supported`, `write "key: value"`}
		case token.MappingStartType:
			if depth++; depth > maxFlow {
				return &syntaxError{lineOf(tk), "braces are nested too deep", "write one key a line, indented"}
			}
		case token.MappingEndType:
			depth--
		}
	}
	return nil
}

// scalar returns the text of a value as it was written, so that "no", "08" and
// "1e3" stay what they are; null and sections have none.
func scalar(node ast.Node) (text string, ok bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return node.GetToken().Value, true
	default:
		return "", false
	}
}

func lineOf(tk *token.Token) int {
	if tk == nil || tk.Position == nil {
		return 0
	}
	return tk.Position.Line
}
