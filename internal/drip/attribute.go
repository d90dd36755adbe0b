package drip

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// AttributeType says how an attribute is kept and compared.
type AttributeType string

// The types. Text is the zero value.
const (
	TextAttribute   AttributeType = ""
	NumberAttribute AttributeType = "number"
	BoolAttribute   AttributeType = "bool"
	DateAttribute   AttributeType = "date" // kept as a text like 2026-11-29, which sorts
)

// dateForms are how dates are written without any doubt which day is meant.
var dateForms = []string{time.DateOnly, time.RFC3339, time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04", "2006/01/02"}

// Read returns the text of a value as it is kept: a number as JSON writes it
// (RFC 8259 §6), true or false, a date like 2026-11-29. The error says what was
// expected, and repeats nothing of the value.
func (t AttributeType) Read(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	switch t {
	case TextAttribute:
		return typed, nil
	case NumberAttribute:
		if isNumber(typed) {
			return typed, nil
		}
		return "", fmt.Errorf("expected a number such as 42 or 3.5")
	case BoolAttribute:
		switch strings.ToLower(typed) {
		case "true", "yes", "y", "1", "on":
			return "true", nil
		case "false", "no", "n", "0", "off":
			return "false", nil
		}
		return "", fmt.Errorf("expected true or false, yes or no, 1 or 0")
	case DateAttribute:
		for _, form := range dateForms {
			if at, err := time.Parse(form, typed); err == nil {
				return at.Format(time.DateOnly), nil
			}
		}
		return "", fmt.Errorf("expected a date such as 2026-11-29")
	default:
		return "", fmt.Errorf("%q is no type of attribute; use number, bool or date", string(t))
	}
}

// isNumber reports whether a text is a number of JSON that can be reckoned with: 1e400 is
// none, because nothing that reads it later has room for it (RFC 8259 §6).
func isNumber(s string) bool {
	if s == "" || s[0] != '-' && (s[0] < '0' || s[0] > '9') || !json.Valid([]byte(s)) {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}
