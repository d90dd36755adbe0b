package app_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// figuresFrom names the output of the benchmarks; `make figures` sets it.
var figuresFrom = flag.String("figures", "", "write the figures in this output of benchmarks into README.md")

const (
	readme       = "../../README.md"
	figuresBegin = "<!-- figures: written by `make figures` -->\n"
	figuresEnd   = "<!-- end of figures -->\n"
	figuresHead  = "| what | Partwork | beside it |\n|---|---|---|\n"
)

// figureRow is a line of the table. Units in braces stand for what the benchmark
// measured; a name that ends with an equals sign is the one of several benchmarks that
// sent the most.
type figureRow struct{ bench, work, figure, beside string }

var figureRows = []figureRow{
	{
		"BenchmarkSend/connections=",
		"sending 10 KB personalized messages, each marked and settled durably (`synchronous=FULL`), at the best number of connections",
		"{msg/s} messages/s, {cpu-µs/msg} µs CPU each, {peak-MiB} MiB peak",
		"Postfix's `smtp-source`, one ready-made message, no ledger: {smtp-source-msg/s} messages/s; go-mail's `Send`, no ledger: {go-mail-msg/s}",
	},
	{
		"BenchmarkSend/connections=4", "the same over 4 connections", "{msg/s} messages/s",
		"`smtp-source`: {smtp-source-msg/s} messages/s; `Send`: {go-mail-msg/s}",
	},
	{
		"BenchmarkSendDelayed", "the same over 8 connections to a relay that is 20 ms away", "{msg/s} messages/s",
		"`Send`: {go-mail-msg/s} messages/s; without its `NOOP` and `RSET`: {go-mail-tuned-msg/s}",
	},
	{
		"BenchmarkPages", "one-click leaves, 16 at a time, each a durable commit, while the sender runs at full speed on the same cores",
		"{one-click/s} a second, 99 of 100 within {one-click-p99-ms} ms; {sent-meanwhile/s} messages a second leave meanwhile", "without the sender: {one-click-alone/s} a second, {one-click-alone-p99-ms} ms",
	},
	{
		"BenchmarkPages", "the preferences page meanwhile, planned for each look",
		"{preferences/s} a second, 99 of 100 within {preferences-p99-ms} ms", "without the sender: {preferences-alone/s} a second, {preferences-alone-p99-ms} ms",
	},
	{"BenchmarkMillion", "sending to 1,000,000 readers over 32 connections", "{peak-MiB} MiB peak", ""},
	{"BenchmarkStart/readers=1000000", "`serve`, from its start until it is ready, 1,000,000 readers", "{start-ms} ms", ""},
	{
		"BenchmarkSize", "the database after 50 issues to 1,000,000 readers",
		"{GB/1M×50} GB, extrapolated in a straight line from {deliveries} deliveries of {B/delivery} bytes", "",
	},
	{"BenchmarkGoMail/welcome", "composing one personalized letter of 30 KB", "{ns/msg}", "go-mail, from its parts: {go-mail-ns/msg}"},
	{"BenchmarkForesight/plan3", "`plan` of an inserted issue, 100,000 readers half-way through eight", "{ns/op}, {peak-MiB} MiB peak", ""},
	{"BenchmarkForesight/forecast3", "`forecast --readers` for them", "{ns/op}, {peak-MiB} MiB peak", ""},
	{
		"BenchmarkImportMillion/sorted", "`import` of 1,000,000 CSV rows, validated and deduplicated, sorted by address", "{rows/s} rows/s, {peak-MiB} MiB peak",
		"`sqlite3 .import`, one table, no checks: {sqlite3-rows/s} rows/s",
	},
	{
		"BenchmarkImportMillion/shuffled", "the same rows, shuffled", "{rows/s} rows/s, {peak-MiB} MiB peak",
		"`sqlite3 .import`: {sqlite3-rows/s} rows/s",
	},
	{
		"BenchmarkSendWhileImporting/rate=500", "sending at `rate: 500` while another process imports them", "{msg/s} messages/s",
		"without the import: {alone-msg/s} messages/s",
	},
}

// TestFigures holds the table of figures in the README to what the benchmarks can
// measure, and with -figures writes it anew. What was not measured keeps its line.
func TestFigures(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(page), figuresBegin)
	table, after, ended := strings.Cut(rest, figuresEnd)
	if !begun || !ended {
		t.Fatalf("%s has no table of figures between %q and %q", readme, figuresBegin, figuresEnd)
	}
	lines := make(map[string]string) // by the work
	for line := range strings.Lines(strings.TrimPrefix(table, figuresHead)) {
		work, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		lines[work] = line
	}
	results := readFigures(t)
	written := figuresHead
	for _, row := range figureRows {
		if line := row.line(results); line != "" {
			lines[row.work] = line
		}
		written += lines[row.work]
		delete(lines, row.work)
	}
	for work := range lines {
		t.Errorf("%s has figures of %q, which no benchmark measures", readme, work)
	}
	if *figuresFrom == "" || t.Failed() {
		return
	}
	if err := os.WriteFile(readme, []byte(before+figuresBegin+written+figuresEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// readFigures reads the output of benchmarks: for each name its figures by unit.
func readFigures(t *testing.T) map[string]map[string]float64 {
	t.Helper()
	results := make(map[string]map[string]float64)
	if *figuresFrom == "" {
		return results
	}
	output, err := os.ReadFile(*figuresFrom)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(output)) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := regexp.MustCompile(`-\d+$`).ReplaceAllString(fields[0], "")
		results[name] = make(map[string]float64)
		for i := 2; i+1 < len(fields); i += 2 {
			if value, err := strconv.ParseFloat(fields[i], 64); err == nil {
				results[name][fields[i+1]] = value
			}
		}
	}
	return results
}

// line writes a row, or nothing if its benchmark did not run. A rival that was not
// there is not written about.
func (row figureRow) line(results map[string]map[string]float64) string {
	found := results[row.bench]
	for name, figures := range results {
		if strings.HasSuffix(row.bench, "=") && strings.HasPrefix(name, row.bench) && figures["msg/s"] > found["msg/s"] {
			found = figures
		}
	}
	if found == nil {
		return ""
	}
	var beside []string
	for part := range strings.SplitSeq(row.beside, "; ") {
		if text, ok := fillIn(part, found); ok {
			beside = append(beside, text)
		}
	}
	figure, _ := fillIn(row.figure, found)
	return fmt.Sprintf("| %s | %s | %s |\n", row.work, figure, strings.Join(beside, "; "))
}

// fillIn puts figures in the place of their units, and reports whether all were
// there.
func fillIn(text string, figures map[string]float64) (string, bool) {
	complete := true
	filled := regexp.MustCompile(`\{[^}]+\}`).ReplaceAllStringFunc(text, func(unit string) string {
		unit = strings.Trim(unit, "{}")
		value, ok := figures[unit]
		complete = complete && ok
		if strings.Contains(unit, "ns/") {
			return inTime(time.Duration(value))
		}
		return inThousands(value)
	})
	return filled, complete
}

// inTime writes a duration with two digits, in a unit that suits it.
func inTime(d time.Duration) string {
	switch {
	case d < 10*time.Microsecond:
		return fmt.Sprintf("%.1f µs", float64(d)/1e3)
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.0f µs", float64(d)/1e3)
	case d < time.Second:
		return fmt.Sprintf("%.0f ms", float64(d)/1e6)
	default:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
}

// inThousands writes a number with commas, large ones with three digits that count.
func inThousands(value float64) string {
	if value < 100 {
		return strconv.FormatFloat(value, 'g', 2, 64)
	}
	step := 1.0
	for value/step >= 1000 {
		step *= 10
	}
	digits := strconv.FormatFloat(float64(int(value/step+0.5))*step, 'f', 0, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func TestFiguresAreWrittenForPeople(t *testing.T) {
	t.Parallel()
	for value, want := range map[float64]string{
		0.5: "0.5", 4.26: "4.3", 52: "52", 136.4: "136", 1234: "1,230", 999.7: "1,000", 6360: "6,360", 529_412: "529,000", 1e6: "1,000,000",
	} {
		if got := inThousands(value); got != want {
			t.Errorf("%v is written %s, want %s", value, got, want)
		}
	}
	row := figureRow{"B/n=", "work", "{msg/s} messages/s", "a: {a-msg/s}; b: {b-msg/s}"}
	got := row.line(map[string]map[string]float64{"B/n=4": {"msg/s": 1000, "a-msg/s": 7, "b-msg/s": 8}, "B/n=9": {"msg/s": 2000, "b-msg/s": 9}})
	if want := "| work | 2,000 messages/s | b: 9 |\n"; got != want {
		t.Errorf("the row is %q, want %q", got, want)
	}
}
