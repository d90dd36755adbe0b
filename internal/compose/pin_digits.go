package compose

import (
	"strings"
	"time"
)

// digits are those of a number to the base of 64, by their values.
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"

// appendDigits appends a number in as few digits as it takes, the highest first, at
// least one and at most eleven.
func appendDigits(dst []byte, n uint64) []byte {
	shift := 0
	for n>>shift >= 64 {
		shift += 6
	}
	for ; shift >= 0; shift -= 6 {
		dst = append(dst, digits[n>>shift&63])
	}
	return dst
}

// appendNumber appends a number by groups of five bits.
func appendNumber(dst []byte, n uint64) []byte {
	for ; n >= 32; n >>= 5 {
		dst = append(dst, digits[n&31|32])
	}
	return append(dst, digits[n])
}

// appendText appends a text after its length.
func appendText(dst []byte, s string) []byte {
	return append(appendNumber(dst, uint64(len(s))), s...)
}

// DateForm is the form of the dates in the list of the series, which take the least
// room in a pin.
const DateForm = "Monday, January 2"

// What the two digits of a date in a pin mean. From dateDays on, they are a day of a
// leap year, and for each further weekday one such year more.
const (
	dateNone = iota // there is none
	dateText        // it is the text that follows
	dateDays
	leapYear = 366
)

// appendDate appends one of the dates of the series.
func appendDate(dst []byte, date string) []byte {
	code := dateCode(date)
	dst = append(dst, digits[code>>6], digits[code&63])
	if code == dateText {
		return appendText(dst, date)
	}
	return dst
}

// dateCode returns what the digits of a date mean.
func dateCode(date string) int {
	if date == "" {
		return dateNone
	}
	day, err := time.Parse(DateForm, date) // in the year 0, which has a February 29
	if err != nil {
		return dateText
	}
	for weekday := time.Sunday; weekday <= time.Saturday; weekday++ {
		if code := dateDays + int(weekday)*leapYear + day.YearDay() - 1; dateOf(code) == date {
			return code
		}
	}
	return dateText
}

// dateOf returns the date of a code from dateDays on.
func dateOf(code int) string {
	weekday, day := (code-dateDays)/leapYear, (code-dateDays)%leapYear
	_, rest, _ := strings.Cut(DateForm, ", ")
	return time.Weekday(weekday).String() + ", " + time.Date(0, 1, 1+day, 0, 0, 0, 0, time.UTC).Format(rest)
}

// pinReader reads the text of a pin from its beginning. Once broken is set, nothing
// that it returns means anything.
type pinReader struct {
	rest   string
	broken bool
}

// char takes one character.
func (r *pinReader) char() byte {
	if r.rest == "" {
		r.broken = true
		return 0
	}
	c := r.rest[0]
	r.rest = r.rest[1:]
	return c
}

// digits takes n digits, the highest first.
func (r *pinReader) digits(n int) (value uint64) {
	if n < 1 || n > 11 {
		r.broken = true
	}
	for ; n > 0 && !r.broken; n-- {
		value = value<<6 | r.digit()
	}
	return value
}

// digit takes one digit.
func (r *pinReader) digit() uint64 {
	at := strings.IndexByte(digits, r.char())
	if at < 0 {
		r.broken = true
		return 0
	}
	return uint64(at)
}

// number takes what appendNumber appended.
func (r *pinReader) number() (value uint64) {
	for shift := 0; shift < 64 && !r.broken; shift += 5 {
		digit := r.digit()
		value |= digit & 31 << shift
		if digit < 32 {
			return value
		}
	}
	r.broken = true
	return 0
}

// text takes a text.
func (r *pinReader) text() string {
	n := r.number()
	if r.broken || n > uint64(len(r.rest)) {
		r.broken = true
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

// dates takes the dates of the series.
func (r *pinReader) dates() []string {
	n := r.number()
	if r.broken || n > uint64(len(r.rest)) {
		r.broken = true
		return nil
	}
	dates := make([]string, 0, n)
	for range n {
		switch code := int(r.digits(2)); {
		case code == dateNone:
			dates = append(dates, "")
		case code == dateText:
			dates = append(dates, r.text())
		case code < dateDays+7*leapYear:
			dates = append(dates, dateOf(code))
		default:
			r.broken = true
		}
	}
	return dates
}
