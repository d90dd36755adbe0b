package compose

import (
	"encoding/json"
	"slices"
	"strings"
)

// Fields are merge fields with their values, by path. They are few, so looking through
// them takes no longer than a map would, and making them asks for memory once, not twice.
// As JSON they are an object.
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

// MarshalJSON writes an object whose keys are the paths, as it would of a map.
func (f Fields) MarshalJSON() ([]byte, error) {
	out := append(make([]byte, 0, 64), '{')
	for i := range f {
		if i > 0 {
			out = append(out, ',')
		}
		for j, text := range [2]string{f[i].Path, f[i].Value} {
			if j > 0 {
				out = append(out, ':')
			}
			quoted, err := json.Marshal(text)
			if err != nil {
				return nil, err
			}
			out = append(out, quoted...)
		}
	}
	return append(out, '}'), nil
}

// UnmarshalJSON reads an object.
func (f *Fields) UnmarshalJSON(data []byte) error {
	var values map[string]string
	if err := json.Unmarshal(data, &values); err != nil {
		return err
	}
	*f = make(Fields, 0, len(values))
	for path, value := range values {
		*f = append(*f, Field{path, value})
	}
	slices.SortFunc(*f, func(a, b Field) int { return strings.Compare(a.Path, b.Path) })
	return nil
}
