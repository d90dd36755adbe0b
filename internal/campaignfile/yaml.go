package campaignfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds on YAML. The parser's work grows with the square of tokens and nesting,
// so a hostile 64 KiB would keep it busy for half a minute; no campaign comes
// near these.
const (
	maxYAML    = 32 << 10 // bytes
	maxTokens  = 8000
	maxNesting = 8 // brackets, or list items on one line
)

// parseMapping reads text as one YAML mapping of plain keys. What is wrong is
// reported at spot's file; false means that there is nothing to go on with.
func parseMapping(spot spot, text []byte) ([]entry, bool) {
	body, ok := parseDocument(spot, text)
	if !ok {
		return nil, false
	}
	return mappingEntries(spot, body)
}

// parseDocument reads text as one YAML document and returns its root, which is
// nil if there is nothing in it.
func parseDocument(spot spot, text []byte) (ast.Node, bool) {
	if len(text) > maxYAML {
		spot.on(1).errorf(RuleSyntax, "shorten it", "there are more than %d KiB of YAML", maxYAML>>10)
		return nil, false
	}
	file, err := parseSafely(text)
	if err != nil {
		reportSyntax(spot, text, err)
		return nil, false
	}
	return onlyDocument(spot, file)
}

// parseSafely bounds the parser's work, and turns its panics into errors: one
// broken file must not end the process.
func parseSafely(text []byte) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the YAML parser failed: %v", r)
		}
	}()
	tokens := lexer.Tokenize(string(text))
	if err := checkTokens(tokens); err != nil {
		return nil, err
	}
	// Keys that stand twice are reported with both lines later.
	return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
}

// checkTokens refuses what would keep the parser busy.
func checkTokens(tokens token.Tokens) error {
	brackets, items, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			items, line = 0, t.Position.Line
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			brackets++
		case token.SequenceEndType, token.MappingEndType:
			brackets--
		case token.SequenceEntryType:
			items++
		}
		if max(brackets, items) > maxNesting {
			return &yaml.SyntaxError{Message: "it is nested too deeply", Token: t}
		}
	}
	if len(tokens) > maxTokens {
		return fmt.Errorf("there are more than %d words and signs", maxTokens)
	}
	return nil
}

// reportSyntax reports the parser's error in one line. The parser's own
// formatter is not used: it quotes the file, and it panics for nil.
func reportSyntax(spot spot, text []byte, err error) {
	spot = spot.on(1)
	message := firstLine(err.Error())
	if syntax, ok := errors.AsType[*yaml.SyntaxError](err); ok {
		message = firstLine(syntax.Message)
		if token := syntax.Token; token != nil && token.Position != nil {
			spot = spot.on(token.Position.Line)
		}
	}
	fix := `write "key: value" lines; put values with : # [ { & * ! or @ in double quotes`
	if bytes.ContainsRune(nthLine(text, spot.line), '\t') {
		fix = "put spaces in the place of the tab on this line"
	}
	spot.errorf(RuleSyntax, fix, "this is not valid YAML: %s", message)
}

// nthLine returns a line of text, counted from 1.
func nthLine(text []byte, n int) []byte {
	for ; n > 1; n-- {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return line
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// onlyDocument returns the root of a file that has exactly one document.
func onlyDocument(spot spot, file *ast.File) (ast.Node, bool) {
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case doc.Body.Type() == ast.DirectiveType:
			spot.on(lineOf(doc.Body, 1)).errorf(RuleSyntax, "remove the line", "YAML directives are not used here")
			return nil, false
		case body != nil:
			spot.on(lineOf(doc.Body, 1)).errorf(RuleSyntax, `remove the line "---"`,
				"a second YAML document starts here; expected only one")
			return nil, false
		default:
			body = doc.Body
		}
	}
	return body, true
}
