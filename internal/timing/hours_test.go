package timing

import (
	"testing"

	"pgregory.net/rapid"
)

func TestHours(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		hours, text string
		in, out     []int
	}{
		{"08:00-20:00", "08:00-20:00", []int{480, 481, 1199}, []int{0, 479, 1200, 1439}},
		{"8:00 - 20:00", "08:00-20:00", []int{480}, []int{1200}},
		{"22:00-02:30", "22:00-02:30", []int{1320, 1439, 0, 149}, []int{150, 720, 1319}},
		{"20:00-24:00", "20:00-24:00", []int{1200, 1439}, []int{0, 1199}},
		{"20:00-00:00", "20:00-24:00", []int{1200, 1439}, []int{0, 1199}},
		{"00:00-06:00", "00:00-06:00", []int{0, 359}, []int{360, 1439}},
		{"00:00-24:00", "00:00-24:00", []int{0, 720, 1439}, nil},
	} {
		h, err := ParseHours(test.hours)
		if err != nil {
			t.Errorf("%s: %v", test.hours, err)
			continue
		}
		for _, minute := range test.in {
			if !h.Contains(minute) {
				t.Errorf("%s does not contain %d", test.hours, minute)
			}
		}
		for _, minute := range test.out {
			if h.Contains(minute) {
				t.Errorf("%s contains %d", test.hours, minute)
			}
		}
		if h.String() != test.text || h.WholeDay() != (test.out == nil) {
			t.Errorf("%s: %s, whole day %t", test.hours, h, h.WholeDay())
		}
	}
	if whole := (Hours{}); !whole.WholeDay() || !whole.Contains(0) || whole.String() != "00:00-24:00" {
		t.Errorf("the zero value is %s", whole)
	}
}

func TestParseHoursRefuses(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"", "08:00", "08:00-", "-20:00", "8-20", "08:00-08:00", "00:00-00:00", "24:00-08:00", "24:00-24:00",
		"08:60-20:00", "08:00-24:01", "25:00-26:00", "08:00-20:00-21:00", "+8:00-20:00", "008:00-20:00", "08:0-20:00",
		"-8:00-20:00", "99999999999999999999:00-20:00",
	} {
		if h, err := ParseHours(bad); err == nil {
			t.Errorf("%q was taken as %s", bad, h)
		}
	}
}

func TestHoursOpenAndClose(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := Hours{int16(rapid.IntRange(0, 1439).Draw(t, "from")), int16(rapid.IntRange(0, 1439).Draw(t, "to"))}
		if h.from == h.to {
			return
		}
		w := Wall(rapid.Int64Range(-1e9, 3e9).Draw(t, "wall"))
		open, shut := h.Opens(w), h.Closes(w)
		if !h.Contains(open.Clock()) || h.Contains(shut.Clock()) {
			t.Fatalf("%s from %s: opens %s, closes %s", h, w, open, shut)
		}
		if inside := h.Contains(w.Clock()); inside != (open == w) || inside == (shut == w) {
			t.Fatalf("%s at %s: opens %s, closes %s", h, w, open, shut)
		}
		for at := w / 60 * 60; at < max(open, shut); at += 60 {
			if at > w && h.Contains(at.Clock()) != h.Contains(w.Clock()) {
				t.Fatalf("%s from %s: opens %s, closes %s, but changes at %s", h, w, open, shut, at)
			}
		}
	})
}
