package sqlite

import (
	"strconv"
	"strings"
	"testing"

	"partwork/internal/segment"
	"partwork/internal/store"
)

// Whatever package segment lets through, the database takes: its limits of parameters, and
// of terms inside one another, are wider.
func TestTheLargestFiltersAreAsked(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, 8, 5)
	numbers := make([]string, 1000)
	for i := range numbers {
		numbers[i] = strconv.Itoa(i)
	}
	values := "(" + strings.Join(numbers, ", ") + ")"
	for name, text := range map[string]string{
		"numbers":   "age in " + values,
		"texts":     `country in ("` + strings.ReplaceAll(strings.Join(numbers, " "), " ", `","`) + `")`,
		"batches":   "batch in " + values,
		"tags":      "tag in " + values,
		"issues":    "had in " + values,
		"tests":     strings.TrimSuffix(strings.Repeat("age > 3 or ", 200), " or "),
		"both":      strings.TrimSuffix(strings.Repeat("last_sent < 3d ago and ", 200), " and "),
		"nots":      strings.Repeat("not ", 39) + "status = active",
		"groups":    strings.Repeat("(a = 1 or b = 2 and (", 19) + "has tag" + strings.Repeat("))", 19),
		"different": strings.TrimSuffix(strings.Repeat("visit != 2026-11-29 or ", 200), " or "),
	} {
		f, err := segment.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := c.store.CountSegment(t.Context(), store.SubscriberFilter{Where: f, View: segment.View{Now: whenAsked}}); err != nil {
			t.Errorf("%s: %.300v", name, err)
		}
	}
}
