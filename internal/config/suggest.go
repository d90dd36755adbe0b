package config

import (
	"slices"
	"strings"

	"partwork/internal/spelling"
)

// nearest returns the candidate that name was probably meant to be, or "".
func nearest(name string, candidates []string) string {
	if len(name) > 64 {
		return ""
	}
	return spelling.Nearest(name, candidates, max(2, len(name)/3), normalKey)
}

func normalKey(key string) string {
	return strings.ReplaceAll(strings.ToLower(key), "-", "_")
}

// fixUnknown says what to do about a key that is unknown in a section, which is ""
// at the top.
func fixUnknown(section, name string, fields []field) string {
	var here []string
	for _, key := range append(collectionsIn(section), keysIn(section, fields)...) {
		if slices.Contains(here, key) {
			continue
		}
		if normalKey(key) == normalKey(name) {
			return "did you mean " + key + "?"
		}
		here = append(here, key)
	}
	for _, f := range fields {
		parent, leaf := splitKey(f.key)
		if leaf == name && parent != "" {
			return "did you mean " + f.key + "? Indent it under " + parent + ":"
		}
		if leaf == name {
			return "did you mean the " + leaf + " at the left margin?"
		}
	}
	if key := nearest(name, here); key != "" {
		return "did you mean " + key + "?"
	}
	return "the keys here are " + strings.Join(here, ", ")
}

// keysIn returns the keys and sections directly inside a section.
func keysIn(section string, fields []field) []string {
	var keys []string
	for _, f := range fields {
		rest := f.key
		if section != "" {
			var inside bool
			if rest, inside = strings.CutPrefix(f.key, section+"."); !inside {
				continue
			}
		}
		name, _, _ := strings.Cut(rest, ".")
		if len(keys) == 0 || keys[len(keys)-1] != name {
			keys = append(keys, name)
		}
	}
	return keys
}

func splitKey(key string) (parent, leaf string) {
	if i := strings.LastIndexByte(key, '.'); i >= 0 {
		return key[:i], key[i+1:]
	}
	return "", key
}
