package timing

import (
	"fmt"
	"strconv"
	"strings"
)

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
