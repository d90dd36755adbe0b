package timing

import (
	"slices"
	"testing"
	"time"
)

func TestGaps(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, want := range map[string][]string{
		"Europe/London":       {"2026-03-29T01:00:00 2026-03-29T02:00:00", "2027-03-28T01:00:00 2027-03-28T02:00:00", "2028-03-26T01:00:00 2028-03-26T02:00:00"},
		"Africa/Cairo":        {"2026-04-24T00:00:00 2026-04-24T01:00:00", "2027-04-30T00:00:00 2027-04-30T01:00:00", "2028-04-28T00:00:00 2028-04-28T01:00:00"},
		"Australia/Lord_Howe": {"2026-10-04T02:00:00 2026-10-04T02:30:00", "2027-10-03T02:00:00 2027-10-03T02:30:00", "2028-10-01T02:00:00 2028-10-01T02:30:00"},
		"Asia/Kolkata":        nil,
		"UTC":                 nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, gap := range Gaps(zone(t, name), from, from.AddDate(3, 0, 0)) {
				got = append(got, gap.From.String()+" "+gap.To.String())
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestNamesAreZones checks the list of names against the zones that there are.
func TestNamesAreZones(t *testing.T) {
	t.Parallel()
	names, known := Names(), zoneNames(t)
	if len(names) < 300 || !slices.IsSorted(names) {
		t.Errorf("%d names, sorted %v", len(names), slices.IsSorted(names))
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			t.Errorf("%s is no zone", name)
		}
		zone(t, name)
	}
}
