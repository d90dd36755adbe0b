package wording

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"partwork/internal/drip"
)

// The limits of a file and of a text, in bytes.
const (
	maxFile = 256 << 10
	maxText = 4 << 10
)

// text is one text of a file.
type text struct {
	words string
	line  int
}

// reader reads the file of one language and collects what is wrong with it.
type reader struct {
	file  string
	texts map[string]text
	found []drip.Finding
}

// read reads a file into texts by their names, such as "leave.title"; the third entry of
// a list has a name such as "calendar.months.3". A file to skip has none.
func read(fsys fs.FS, file string, skip func(file string, data []byte) bool) (map[string]text, []drip.Finding) {
	r := reader{file: file, texts: make(map[string]text)}
	data, err := fs.ReadFile(fsys, file)
	switch {
	case err != nil:
		r.wrong(0, "the file cannot be read", "let the program read it, or remove it")
	case len(data) > maxFile:
		r.wrong(0, fmt.Sprintf("the file has %d bytes; at most %d are allowed", len(data), maxFile), "make it shorter")
	case !skip(file, data):
		r.parse(data)
	}
	return r.texts, r.found
}

// wrong notes an error.
func (r *reader) wrong(line int, message, fix string) {
	r.found = append(r.found, drip.Finding{
		File: r.file, Line: line, Severity: drip.SeverityError, Rule: Rule, Message: message, Fix: fix,
	})
}

func (r *reader) parse(data []byte) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		r.wrong(1, "the file is not YAML: "+strings.ReplaceAll(strings.TrimSpace(yaml.FormatError(err, false, false)), "\n", " "), "")
		return
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return // comments only
	}
	r.each(file.Docs[0].Body, func(section string, value ast.Node) {
		r.each(value, func(key string, value ast.Node) {
			name := section + "." + key
			list, ok := value.(*ast.SequenceNode)
			if !ok {
				r.text(name, value)
				return
			}
			for i, entry := range list.Values {
				r.text(name+"."+strconv.Itoa(i+1), entry)
			}
		})
	})
}

// each calls f for the entries of a mapping.
func (r *reader) each(node ast.Node, f func(key string, value ast.Node)) {
	var entries []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		entries = n.Values
	case *ast.MappingValueNode:
		entries = []*ast.MappingValueNode{n}
	case *ast.NullNode:
		return
	default:
		r.wrong(lineOf(node), fmt.Sprintf("expected names and texts, found %q", strings.TrimSpace(node.String())),
			"write a section such as leave:, and below it, indented, a name and its text")
		return
	}
	var seen []string
	for _, e := range entries {
		key := e.Key.GetToken().Value
		if slices.Contains(seen, key) {
			r.wrong(lineOf(e.Key), fmt.Sprintf("%q is there twice", key), "keep one of them")
			continue
		}
		seen = append(seen, key)
		f(key, e.Value)
	}
}

// lineOf returns the line on which a node begins.
func lineOf(n ast.Node) int {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 1
}

// text reads a single text.
func (r *reader) text(name string, value ast.Node) {
	line := lineOf(value)
	var words string
	switch n := value.(type) {
	case *ast.StringNode:
		words = n.Value
	case *ast.LiteralNode:
		words = n.Value.Value
	default:
		r.wrong(line, name+": expected a text", "write it in quotes")
		return
	}
	words = strings.Join(strings.Fields(words), " ")
	if fix := faulty(words); fix != "" {
		r.wrong(line, fmt.Sprintf("%s: the text cannot be used", name), fix)
		return
	}
	r.texts[name] = text{words: words, line: line}
}

// place is a place in a text for what is filled in.
var place = regexp.MustCompile(`\{[a-z_]+\}`)

// faulty says what to do about a text that cannot be used, or returns "".
func faulty(words string) string {
	switch {
	case words == "":
		return "write a text"
	case len(words) > maxText:
		return fmt.Sprintf("write %d bytes at most", maxText)
	case strings.ContainsAny(place.ReplaceAllString(words, ""), "{}"):
		return "keep braces for places to fill in, such as {number}"
	case strings.Count(words, "**")%2 != 0:
		return "close the bold words with a second **"
	case strings.ContainsFunc(words, unseen):
		return "remove characters that cannot be seen"
	}
	return ""
}

// unseen reports whether a character has no place in a text: controls, and what turns
// the direction of what follows, in which a text could hide.
func unseen(r rune) bool {
	return r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfffd
}

// places returns the places of a text to fill in, sorted.
func places(words string) []string {
	found := place.FindAllString(words, -1)
	slices.Sort(found)
	return slices.Compact(found)
}
