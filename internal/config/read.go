package config

import (
	"fmt"
	"slices"

	"github.com/goccy/go-yaml/ast"
)

// readFile sets what the file sets. It returns false if the file is no YAML, so that
// nothing more can be said of it.
func (l *loader) readFile(text []byte) bool {
	top, problem := parseYAML(text)
	if problem != nil {
		l.reportLine(problem.line, "", problem.message, problem.fix)
		return false
	}
	if top != nil {
		l.readMapping("", top)
	}
	return true
}

func (l *loader) readMapping(section string, m ast.MapNode) {
	for it := m.MapRange(); it.Next() && len(l.findings) < maxFindings; {
		name := it.Key().GetToken().Value
		key := name
		if section != "" {
			key = section + "." + name
		}
		l.readKey(section, name, key, it.KeyValue())
	}
}

func (l *loader) readKey(section, name, key string, pair *ast.MappingValueNode) {
	line := lineOf(pair.Key.GetToken())
	collection, many := collectionOf(key)
	i := slices.IndexFunc(l.fields, func(f field) bool { return f.key == key })
	if i < 0 && !l.sections[key] && !many {
		l.reportLine(line, "", "unknown key "+quote(name), fixUnknown(section, name, l.fields))
		return
	}
	if first, twice := l.origins[key]; twice {
		l.reportLine(line, key, fmt.Sprintf("set twice, first on line %d", first.line), "remove one")
		return
	}
	l.origins[key] = origin{line: line}
	if many {
		l.readCollection(collection, pair.Value)
		return
	}
	if i < 0 {
		l.readSection(key, pair.Value)
		return
	}
	l.readValue(l.fields[i], pair.Value)
}

func (l *loader) readSection(key string, value ast.Node) {
	switch v := value.(type) {
	case ast.MapNode:
		l.readMapping(key, v)
	case *ast.NullNode: // a section with everything in it commented out
	default:
		l.report(key, "it has keys of its own and takes no value", "write the keys on the next lines, indented")
	}
}

func (l *loader) readValue(f field, value ast.Node) {
	text, ok := scalar(value)
	switch {
	case ok:
		l.set(f, text)
	case l.readNetworks(f, value):
	case isMap(value):
		l.report(f.key, "it takes a value, not keys", "write the value behind the colon")
	case isList(value):
		l.report(f.key, "it takes a value, not a list", `write one value behind the colon; put one that begins with "-" in quotes`)
	default:
		l.report(f.key, "it has no value", `write one, remove the line, or put the word null in quotes`)
	}
}

func isMap(node ast.Node) bool {
	_, ok := node.(ast.MapNode)
	return ok
}

func (l *loader) set(f field, text string) {
	expected := f.set(text)
	switch {
	case expected == "":
	case f.secret() || f.key == "database": // A database URL has a password in it.
		l.report(f.key, "the value cannot be used", expected)
	default:
		l.report(f.key, quote(text)+" cannot be used", expected)
	}
}
