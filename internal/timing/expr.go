package timing

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Bits of robfig/cron's fields: the mark of "*", and all twelve months.
const (
	starBit    = 1 << 63
	everyMonth = 0x1ffe
)

// star reports whether a field was "*".
func star(field uint64) bool { return field&starBit != 0 }

// parseExpr checks an expression, hands it to robfig/cron and returns both the
// expression with single spaces and what the library made of it.
func parseExpr(expr string) (string, cron.SpecSchedule, error) {
	if err := refusePrefix(expr); err != nil {
		return "", cron.SpecSchedule{}, err
	}
	parts := strings.Fields(expr)
	if len(parts) != len(cronFields) {
		return "", cron.SpecSchedule{}, fmt.Errorf(
			"expected five fields (minute, hour, day of month, month, day of week), found %d", len(parts))
	}
	clean := strings.Join(parts, " ")
	for i, f := range cronFields {
		canonical, err := f.canonical(parts[i])
		if err != nil {
			return "", cron.SpecSchedule{}, fmt.Errorf("%s: %w", f.name, err)
		}
		parts[i] = canonical
	}
	spec, err := parseRobfig(strings.Join(parts, " "))
	return clean, spec, err
}

// refusePrefix refuses what the library would take but a series must not have.
func refusePrefix(expr string) error {
	s := strings.ToUpper(strings.TrimSpace(expr))
	switch {
	case s == "":
		return errors.New("it is empty; write for example 0 9 * * TUE")
	case strings.HasPrefix(s, "TZ=") || strings.HasPrefix(s, "CRON_TZ="):
		return errors.New("a schedule has no time zone of its own; set timezone instead")
	case strings.HasPrefix(s, "@EVERY"):
		return errors.New("a schedule names times of the day, not elapsed time; write for example 0 9 * * TUE")
	case strings.HasPrefix(s, "@"):
		if five, ok := descriptor(s); ok {
			return fmt.Errorf("write the five fields instead: %s", five)
		}
		return errors.New("expected five fields, for example 0 9 * * TUE")
	}
	return nil
}

// descriptor returns the five fields for an upper-case "@" word.
func descriptor(word string) (string, bool) {
	switch word {
	case "@YEARLY", "@ANNUALLY":
		return "0 0 1 1 *", true
	case "@MONTHLY":
		return "0 0 1 * *", true
	case "@WEEKLY":
		return "0 0 * * SUN", true
	case "@DAILY", "@MIDNIGHT":
		return "0 0 * * *", true
	case "@HOURLY":
		return "0 * * * *", true
	}
	return "", false
}

// parseRobfig parses five canonical fields. The library is known to panic on
// input that never gets this far; recover keeps that true for what is not known.
func parseRobfig(expr string) (spec cron.SpecSchedule, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the parser failed: %v", r)
		}
	}()
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
	parsed, err := parser.Parse(expr)
	if err != nil {
		return cron.SpecSchedule{}, err
	}
	s, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return cron.SpecSchedule{}, fmt.Errorf("the parser returned a %T", parsed)
	}
	spec = *s
	spec.Location = time.UTC
	return spec, nil
}

// cronField describes one of the five fields.
type cronField struct {
	name     string
	min, max int
	names    []string // names[i] stands for min+i
}

var cronFields = [5]cronField{
	{"minute", 0, 59, nil},
	{"hour", 0, 23, nil},
	{"day of month", 1, 31, nil},
	{"month", 1, 12, []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}},
	{"day of week", 0, 7, []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}},
}

// canonical checks a field and returns it in the library's dialect: numbers
// only, Sunday as 0.
func (f cronField) canonical(field string) (string, error) {
	items := strings.Split(field, ",")
	for i, item := range items {
		canonical, err := f.item(item)
		if err != nil {
			return "", err
		}
		items[i] = canonical
	}
	return strings.Join(items, ","), nil
}

// item rewrites one entry of a list: "*", "a", "a-b", each with or without
// "/step".
func (f cronField) item(item string) (string, error) {
	base, step, hasStep := strings.Cut(item, "/")
	every := 1
	if hasStep {
		n, err := strconv.Atoi(step)
		if err != nil || n < 1 || n > f.max || !digits(step) {
			return "", fmt.Errorf("the step in %q must be a number from 1 to %d", item, f.max)
		}
		every = n
	}
	if base == "*" || base == "?" {
		return strings.Replace(item, "?", "*", 1), nil
	}
	from, to, err := f.bounds(base)
	if err != nil {
		return "", err
	}
	if hasStep && !strings.Contains(base, "-") {
		to = max(from, f.last())
	}
	return f.list(from, to, every), nil
}

// bounds returns the two ends of "a" or "a-b".
func (f cronField) bounds(base string) (from, to int, err error) {
	lo, hi, isRange := strings.Cut(base, "-")
	if from, err = f.value(lo); err != nil {
		return 0, 0, err
	}
	if !isRange {
		return from, from, nil
	}
	if to, err = f.value(hi); err != nil {
		return 0, 0, err
	}
	if f.max == 7 && to == 0 && from > 0 {
		to = 7 // FRI-SUN
	}
	if from > to {
		return 0, 0, fmt.Errorf("the range %q runs backwards; write two ranges with a comma", base)
	}
	return from, to, nil
}

// value reads a number or a name.
func (f cronField) value(s string) (int, error) {
	for i, name := range f.names {
		if strings.EqualFold(s, name) {
			return f.min + i, nil
		}
	}
	n, err := strconv.Atoi(s)
	switch {
	case (err != nil || !digits(s)) && f.names != nil:
		return 0, fmt.Errorf("%q is neither a number nor one of %s", s, strings.Join(f.names, " "))
	case err != nil || !digits(s):
		return 0, fmt.Errorf("%q is not a number", s)
	case n < f.min || n > f.max:
		return 0, fmt.Errorf("%d is not between %d and %d", n, f.min, f.max)
	}
	return n, nil
}

// last is the field's greatest value in the library's dialect.
func (f cronField) last() int {
	if f.max == 7 {
		return 6
	}
	return f.max
}

// list writes the values of a range one by one, Sunday as 0.
func (f cronField) list(from, to, step int) string {
	var b strings.Builder
	for n := from; n <= to; n += step {
		if n > from {
			b.WriteByte(',')
		}
		if n > f.last() {
			b.WriteByte('0')
		} else {
			b.WriteString(strconv.Itoa(n))
		}
	}
	return b.String()
}

// digits reports whether s consists of ASCII digits only.
func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
