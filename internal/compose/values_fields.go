package compose

import (
	"slices"
	"strings"
)

// Fields are merge fields with their values, by path. They are few, so looking through
// them takes no longer than a map would, and making them asks for memory once, not twice.
type Fields []Field

// Field is a merge field and a reader's value for it.
type Field struct {
	// Path is such as "Subscriber.Name".
	Path, Value string
}

// of returns the value at a path, or "".
func (f Fields) of(path string) string {
	for i := range f {
		if f[i].Path == path {
			return f[i].Value
		}
	}
	return ""
}

// fieldsOf returns the fields of a map, sorted by path.
func fieldsOf(values map[string]string) Fields {
	if len(values) == 0 {
		return nil
	}
	f := make(Fields, 0, len(values))
	for path, value := range values {
		f = append(f, Field{path, value})
	}
	slices.SortFunc(f, func(a, b Field) int { return strings.Compare(a.Path, b.Path) })
	return f
}
