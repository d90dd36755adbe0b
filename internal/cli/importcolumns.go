package cli

import (
	"strconv"
	"time"

	"partwork/internal/audience"
)

// maxSpread is the longest time over which people of one import may begin.
const maxSpread = 366 * 24 * time.Hour

// parse reads the flags that have a form of their own.
func (l *listImport) parse() error {
	for _, text := range l.maps {
		m, err := audience.ParseMapping(text)
		if err != nil {
			return usagef("", "--map: %v", err)
		}
		l.columns = append(l.columns, m)
	}
	var ok bool
	if l.over, ok = parseSpread(l.spread); !ok {
		return usagef("write hours, days or weeks, such as 12h, 7d or 4w, up to a year", "--spread %q is no time", l.spread)
	}
	return nil
}

// parseSpread reads hours, days or weeks; nothing is zero.
func parseSpread(text string) (time.Duration, bool) {
	if text == "" {
		return 0, true
	}
	unit, ok := map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[text[len(text)-1]]
	n, err := strconv.Atoi(text[:len(text)-1])
	if !ok || err != nil || n < 1 || time.Duration(n) > maxSpread/unit {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

// showList says what the list turned out to be, where that is worth a line.
func (e *env) showList(r audience.ImportReport) {
	if r.Format != "" {
		e.say("the list: %s", printable(r.Format))
	}
	if len(r.NotKept) > 0 {
		columns := ""
		for i, name := range r.NotKept {
			if i > 0 {
				columns += ", "
			}
			columns += name
		}
		e.say("columns that are not kept: %s", printable(columns))
	}
}
