package timing

import (
	"errors"
	"fmt"
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
