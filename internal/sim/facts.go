package sim

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"partwork/internal/drip"
)

// clock writes calendar milliseconds.
func clock(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04:05.000") }

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// namesOf returns the ids of issues.
func (s *series) namesOf(numbers []drip.IssueNo) []string {
	var ids []string
	for _, no := range numbers {
		ids = append(ids, s.names[no])
	}
	return ids
}

// notBefore returns the least date, in days since 1970, that any version in force
// since a moment set for an issue; 0 if one set none.
func notBefore(s *series, e *entry, moment time.Duration) int64 {
	least := int64(-1)
	for _, v := range s.since(moment) {
		if i := v.campaign.Issue(e.issue); i >= 0 {
			date := int64(v.campaign.Issues[i].NotBefore)
			if date != 0 {
				date -= 719163
			}
			if least < 0 || date < least {
				least = date
			}
		}
	}
	return max(least, 0)
}

// quiet reports whether a day, counted from 1970, is a quiet date: by the words of
// the files and not by what they were parsed into.
func quiet(c *drip.Campaign, date int64) bool {
	t := time.Unix(date*86400, 0).UTC()
	yearly, once := t.Format("01-02"), t.Format("2006-01-02")
	for _, item := range c.Quiet.Items() {
		from, to, ranged := strings.Cut(item, "..")
		if !ranged {
			to = from
		}
		day := yearly
		if strings.Count(from, "-") == 2 {
			day = once
		}
		if from <= day && day <= to {
			return true
		}
	}
	return false
}
