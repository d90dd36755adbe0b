package segment

import (
	"math"
	"strconv"
	"strings"

	"partwork/internal/timing"
)

// ValueKind says what a value of a filter is.
type ValueKind int

// The kinds of values.
const (
	String  ValueKind = iota + 1 // DE, "two words"
	Decimal                      // 42, -3.5
	Bool                         // true, false
	Day                          // 2026-11-29
	Today                        // today
	Age                          // 30d ago, 4w ago
)

// Value is what a test compares with.
type Value struct {
	Kind ValueKind
	// Text is a String as it was written, without quotes.
	Text string
	// Number is that of a Decimal, of at most maxDigits digits.
	Number float64
	// True is that of a Bool.
	True bool
	// Date is that of a Day.
	Date timing.Date
	// Days is the length of an Age.
	Days int
}

const (
	// maxDigits are the digits that a number may have, so that it is what it says.
	maxDigits = 15
	// maxDays are a hundred years.
	maxDays = 36525
)

// value tells what a word without quotes is. An age is made of two words, by the
// parser.
func value(word string) Value {
	switch strings.ToLower(word) {
	case "true", "false":
		return Value{Kind: Bool, True: strings.EqualFold(word, "true")}
	case "today":
		return Value{Kind: Today}
	}
	if plainNumber(word) {
		n, _ := strconv.ParseFloat(word, 64)
		return Value{Kind: Decimal, Number: n + 0} // no negative zero
	}
	if date, err := timing.ParseDate(word); err == nil {
		return Value{Kind: Day, Date: date}
	}
	return Value{Kind: String, Text: word}
}

// plainNumber reports whether a text is a decimal number as people write it: digits
// with at most one point among them, no more than maxDigits, and no zero before
// another digit, so that 01234 is a postal code.
func plainNumber(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	whole, part, pointed := strings.Cut(digits, ".")
	if len(digits) > maxDigits+1 || whole == "" || pointed && part == "" || len(whole) > 1 && whole[0] == '0' {
		return false
	}
	return allDigits(whole) && allDigits(part) && len(whole)+len(part) <= maxDigits
}

func allDigits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// days reads the length of an age, such as 30d or 4w.
func days(word string) (int, bool) {
	if len(word) < 2 || len(word) > 7 || !allDigits(word[:len(word)-1]) {
		return 0, false
	}
	n, err := strconv.Atoi(word[:len(word)-1])
	if err != nil {
		return 0, false
	}
	switch word[len(word)-1] {
	case 'd', 'D':
	case 'w', 'W':
		n *= 7
	default:
		return 0, false
	}
	return n, n <= maxDays
}

// whole reports whether a number has no fraction.
func whole(n float64) bool { return n == math.Trunc(n) }

// String writes the value as the parser reads it.
func (v Value) String() string {
	switch v.Kind {
	case Decimal:
		return strconv.FormatFloat(v.Number, 'f', -1, 64)
	case Bool:
		return strconv.FormatBool(v.True)
	case Day:
		return v.Date.String()
	case Today:
		return "today"
	case Age:
		return strconv.Itoa(v.Days) + "d ago"
	}
	if bare(v.Text) {
		return v.Text
	}
	return quote(v.Text)
}

// bare reports whether a text can stand without quotes, and is read as the same
// text then.
func bare(s string) bool {
	if s == "" || value(s).Kind != String || keyword(s) != "" {
		return false
	}
	if _, age := days(s); age {
		return false // might be followed by "ago"
	}
	return strings.IndexFunc(s, func(r rune) bool { return !inWord(r) }) < 0
}

// quote writes a text in quotes.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
