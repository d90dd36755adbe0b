package config

import (
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"partwork/internal/timing"
)

// kindOf names the type of a field for people.
func kindOf(f field) string {
	if f.values != "" {
		return strings.ReplaceAll(f.values, "|", ", ")
	}
	switch f.target.Interface().(type) {
	case int:
		return "whole number"
	case float64:
		return "number"
	case bool:
		return "true, false"
	case time.Duration:
		return "duration"
	case Secret:
		return "secret"
	case timing.Date:
		return "date"
	case Networks:
		return "networks"
	case Database:
		return "path or URL"
	default:
		return "text"
	}
}

// set gives the field the value that text means, or returns what is expected of it
// and leaves the field alone.
func (f field) set(text string) (expected string) {
	if f.values != "" && !slices.Contains(strings.Split(f.values, "|"), text) {
		return "expected one of " + kindOf(f)
	}
	switch p := f.target.Addr().Interface().(type) {
	case *string:
		*p = text
	case *TLSMode:
		*p = TLSMode(text)
	case *Rewrites:
		*p = Rewrites(text)
	case *LogFormat:
		*p = LogFormat(text)
	case *Secret:
		*p = NewSecret(text)
	case *slog.Level:
		return setParsed(p, text, parseLevel, "expected a level")
	case *int:
		return setParsed(p, text, strconv.Atoi, "expected a whole number")
	case *float64:
		return setParsed(p, text, parseNumber, "expected a number such as 10 or 0.5")
	case *bool:
		return setParsed(p, text, parseBool, "expected true or false")
	case *time.Duration:
		return setParsed(p, text, parseDuration, "expected a duration such as 30s, 10m, 1h30m or 2d")
	case *timing.Date:
		return setParsed(p, text, parseDate, "expected a date such as 2026-12-01")
	case *Networks:
		return setParsed(p, text, parseNetworks, networksExpected)
	case *Database:
		return setParsed(p, text, ParseDatabase, "expected a file name or a postgres:// URL")
	default:
		panic(fmt.Sprintf("config: key %s has an unknown type %T", f.key, p)) // A field of the struct that set was not taught.
	}
	return ""
}

func setParsed[T any](p *T, text string, parse func(string) (T, error), expected string) string {
	v, err := parse(text)
	if err != nil {
		return expected
	}
	*p = v
	return ""
}

func parseLevel(text string) (level slog.Level, err error) {
	err = level.UnmarshalText([]byte(text))
	return level, err
}

// parseNumber refuses what strconv takes beyond decimal fractions.
func parseNumber(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err == nil && (math.IsNaN(v) || math.IsInf(v, 0) || strings.ContainsAny(text, "xXpP_")) {
		err = strconv.ErrSyntax
	}
	return v, err
}

// parseBool takes the two words of YAML 1.2, not the twenty of YAML 1.1.
func parseBool(text string) (bool, error) {
	if text != "true" && text != "false" {
		return false, strconv.ErrSyntax
	}
	return text == "true", nil
}

// parseDuration is time.ParseDuration after an optional number of days of 24 hours:
// "2d", "1d12h".
func parseDuration(text string) (time.Duration, error) {
	const day, maxDays = 24 * time.Hour, 36500
	days, rest, found := strings.Cut(text, "d")
	if !found {
		return time.ParseDuration(text)
	}
	n, err := strconv.ParseUint(days, 10, 16)
	if err != nil || n > maxDays {
		return 0, strconv.ErrRange
	}
	d := time.Duration(n) * day
	if rest == "" {
		return d, nil
	}
	more, err := time.ParseDuration(rest)
	if err != nil || more < 0 || more >= day {
		return 0, strconv.ErrSyntax
	}
	return d + more, nil
}

// parseDate takes the empty text for no date.
func parseDate(text string) (timing.Date, error) {
	if text == "" {
		return 0, nil
	}
	return timing.ParseDate(text)
}
