package config

import (
	"cmp"
	"slices"
)

// environment is the File of findings about variables.
const environment = "environment"

// loader fills a Config and remembers where each value came from.
type loader struct {
	cfg      *Config
	file     string
	fields   []field
	sections map[string]bool
	origins  map[string]origin
	findings Findings
}

// origin is where a key was set last.
type origin struct {
	line     int
	variable string // its name, or empty for the file
}

func newLoader(file string) *loader {
	cfg := Default()
	fields := fieldsOf(cfg)
	return &loader{
		cfg: cfg, file: file, fields: fields,
		sections: sectionsOf(fields), origins: make(map[string]origin),
	}
}

// report adds a finding about a key, at the place where it was set.
func (l *loader) report(key, message, fix string) {
	at := l.origins[key]
	f := Finding{File: l.file, Line: at.line, Key: key, Message: message, Fix: fix}
	if at.variable != "" || l.file == "" {
		f.File = environment
		f.Key = cmp.Or(at.variable, key)
	}
	l.findings = append(l.findings, f)
}

func (l *loader) reportLine(line int, key, message, fix string) {
	l.findings = append(l.findings, Finding{File: l.file, Line: line, Key: key, Message: message, Fix: fix})
}

// sort puts the file before the environment, and the file in order.
func (l *loader) sort() {
	rank := func(f Finding) int {
		if f.File == environment {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(l.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Line, b.Line))
	})
}

// wasSet reports whether the file or the environment set the key, well or not.
func (l *loader) wasSet(key string) bool {
	_, ok := l.origins[key]
	return ok
}
