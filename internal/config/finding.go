package config

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxExcerpt is how many runes of a value or key a finding repeats.
const maxExcerpt = 60

// maxFindings bounds what a hostile or mistaken file can make us say.
const maxFindings = 50

// Finding is one problem of the configuration. No part of it repeats a secret.
type Finding struct {
	// File is the name the file was loaded under, or "environment".
	File string `json:"file"`
	// Line counts from 1; 0 if the problem belongs to no line.
	Line int `json:"line"`
	// Key is the key ("smtp.port") or the variable ("PARTWORK_SMTP_PORT"); it may
	// be empty.
	Key string `json:"key"`
	// Message says what was found.
	Message string `json:"message"`
	// Fix says what to do.
	Fix string `json:"fix"`
}

// String returns the finding on one line: "partwork.yaml:12: smtp.port: … ; fix".
func (f Finding) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		b.WriteString(":" + strconv.Itoa(f.Line))
	}
	if f.Key != "" {
		b.WriteString(": " + f.Key)
	}
	b.WriteString(": " + f.Message)
	if f.Fix != "" {
		b.WriteString("; " + f.Fix)
	}
	return b.String()
}

// Findings are the problems of a configuration, those of the file first and by line.
// As an error it is never empty.
type Findings []Finding

// Error returns the findings, one a line.
func (f Findings) Error() string {
	lines := make([]string, len(f))
	for i, finding := range f {
		lines[i] = finding.String()
	}
	return strings.Join(lines, "\n")
}

// err returns f as an error: nil if there is nothing to say.
func (f Findings) err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// quote returns the beginning of a text in quotes, with what cannot be seen escaped.
func quote(text string) string {
	n := 0
	for i := range text {
		if n == maxExcerpt {
			return strconv.Quote(text[:i]) + "…"
		}
		n++
	}
	return strconv.Quote(strings.ToValidUTF8(text, string(utf8.RuneError)))
}
