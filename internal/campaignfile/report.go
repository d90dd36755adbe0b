package campaignfile

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"partwork/internal/drip"
)

// report collects the findings of one campaign, or of the campaigns folder.
type report struct {
	opts     Options
	findings []drip.Finding
}

func newReport(opts Options) *report { return &report{opts: opts} }

// spot is a line of a file about which something can be reported. Line 0 means
// the whole file.
type spot struct {
	report *report
	file   string
	line   int
}

// at returns the spot at a line of a file below the campaigns folder.
func (r *report) at(file string, line int) spot { return spot{r, file, line} }

// on returns the spot at another line of the same file.
func (s spot) on(line int) spot { return spot{s.report, s.file, line} }

// String names the spot as findings do.
func (s spot) String() string {
	return fmt.Sprintf("%s:%d", path.Join(s.report.opts.Name, s.file), s.line)
}

func (s spot) errorf(rule, fix, format string, args ...any) {
	s.add(drip.SeverityError, rule, fix, fmt.Sprintf(format, args...))
}

func (s spot) warnf(rule, fix, format string, args ...any) {
	s.add(drip.SeverityWarning, rule, fix, fmt.Sprintf(format, args...))
}

func (s spot) add(severity drip.Severity, rule, fix, message string) {
	s.report.findings = append(s.report.findings, drip.Finding{
		File:     path.Join(s.report.opts.Name, s.file),
		Line:     s.line,
		Severity: severity,
		Rule:     rule,
		Message:  message,
		Fix:      fix,
	})
}

// failed reports whether one of the findings is an error.
func (r *report) failed() bool {
	return slices.ContainsFunc(r.findings, func(f drip.Finding) bool {
		return f.Severity == drip.SeverityError
	})
}

// sorted returns the findings by file and line, and otherwise as reported.
func (r *report) sorted() []drip.Finding {
	slices.SortStableFunc(r.findings, func(a, b drip.Finding) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		return a.Line - b.Line
	})
	return r.findings
}
