package timing

import (
	"slices"
	"testing"
	"time"
)

func TestNames(t *testing.T) {
	t.Parallel()
	names := Names()
	if len(names) < 300 || !slices.IsSorted(names) {
		t.Errorf("%d zones, sorted: %t", len(names), slices.IsSorted(names))
	}
	for _, name := range names {
		if _, err := NewZones().Load(name); err != nil {
			t.Error(err)
		}
	}
}

func TestRulesFingerprintTheClocks(t *testing.T) {
	t.Parallel()
	mark := Rules()
	if len(mark) != 16 || mark != Rules() {
		t.Errorf("the fingerprint is %q, and then %q", mark, Rules())
	}
	// It must reach changes within its years, which Names alone would not tell.
	london, err := NewZones().Load("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	first := periodEnd(time.Date(rulesFrom, 1, 1, 0, 0, 0, 0, time.UTC).In(london))
	if first.Year() != rulesFrom {
		t.Errorf("the first change looked at is %v", first)
	}
}
