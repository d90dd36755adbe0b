package drip

import "fmt"

// Severity ranks findings.
type Severity string

// The severities. An error makes `check` exit 3 and keeps the last good version
// in force; a warning is only shown.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Finding is something wrong or doubtful in a file that a person wrote.
type Finding struct {
	// File is the path as the person knows it, Line counts from 1; 0 means the
	// whole file.
	File string `json:"file"`
	Line int    `json:"line"`
	// Severity, and Rule: the short stable name of the rule.
	Severity Severity `json:"severity"`
	Rule     string   `json:"rule"`
	// Message says what was found and what was expected; Fix what to do, and
	// may be empty.
	Message string `json:"message"`
	Fix     string `json:"fix"`
}

// String returns "file:line: message (fix)".
func (f Finding) String() string {
	place := f.File
	if f.Line > 0 {
		place = fmt.Sprintf("%s:%d", f.File, f.Line)
	}
	s := place + ": "
	if f.Severity == SeverityWarning {
		s += "warning: "
	}
	s += f.Message
	if f.Fix != "" {
		s += " (" + f.Fix + ")"
	}
	return s
}
