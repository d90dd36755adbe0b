package sqlite

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"partwork/internal/drip"
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

// A number that is too large for a float64 costs nobody anything, not even the person
// whose it is: filters, and with them everything that is planned, see it as the database does.
func TestAnAttributeMayBeLargerThanAnyNumber(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, 8, 3)
	if err := c.store.write(t.Context(), func(tx *tx) error {
		_, err := tx.exec(`UPDATE subscribers SET attributes = '{"age":1e400,"depth":-1e400,"big":12345678901234567890,"price":1.50,"small":42,"country":"DE","donor":true}' WHERE id = 2`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	known, err := c.store.Facts(t.Context(), []drip.SubscriberID{1, 2, 3}, false)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%v", known[1].Attributes); got != "map[age:1e400 big:12345678901234567890 country:DE depth:-1e400 donor:true price:1.50 small:42]" {
		t.Errorf("known are %s", got)
	}
	for text, want := range map[string]bool{
		"big > 12345678901234": true, "price = 1.5": true, "price > 1.5": false, "small = 42": true,
		"age > 3": true, "age < 3": false, "depth < 3": true, "has age": true, "age = 3": false, "country = de": true, "donor = true": true,
	} {
		f, err := segment.Parse("has depth and " + text)
		if err != nil {
			t.Fatal(err)
		}
		view := segment.View{Now: whenAsked}
		n, err := c.store.CountSegment(t.Context(), store.SubscriberFilter{Where: f, View: view})
		if err != nil || (n == 1) != want || f.Match(&known[1], view) != want {
			t.Errorf("%s: the database counts %d (%v), want %v", text, n, err, want)
		}
	}
}
