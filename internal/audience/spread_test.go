package audience_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/store"
)

// Spread people begin in about equal parts over the whole time, and the report counts
// them as they were enrolled.
func TestSpreadPeopleBeginOverTheWholeTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var list strings.Builder
	list.WriteString("email,timezone\n")
	for i := range 400 {
		fmt.Fprintf(&list, "p%d@example.org,%s\n", i, []string{"UTC", ""}[i%2])
	}
	const spread = 7 * 24 * time.Hour
	opts := audience.ImportOptions{Consent: "c", Campaign: w.target(), Spread: spread, DryRun: true}
	dry := w.imported(t, list.String(), opts)
	opts.DryRun = false
	report := w.imported(t, list.String(), opts)
	if !maps.Equal(dry.Starts, report.Starts) {
		t.Errorf("the dry run said %v, it was %v", dry.Starts, report.Starts)
	}
	people, err := w.store.Subscribers(t.Context(), store.SubscriberFilter{})
	if err != nil {
		t.Fatal(err)
	}
	starts := make(map[audience.Start]int)
	var days [7]int
	for _, p := range people {
		after := w.enrollmentOf(t, p.ID).Floor.Sub(w.now)
		if after < 0 || after >= spread || after%time.Hour != 0 {
			t.Fatalf("somebody begins %s after the import", after)
		}
		starts[audience.Start{Zone: p.Timezone, After: after}]++
		days[after/(24*time.Hour)]++
	}
	if len(people) != 400 || !maps.Equal(starts, report.Starts) {
		t.Errorf("%d people begin at %v, the report has %v", len(people), starts, report.Starts)
	}
	for day, n := range days {
		if n < 25 || n > 100 {
			t.Errorf("%d of 400 begin on day %d: %v", n, day, days)
		}
	}
	if _, err := w.Import(t.Context(), strings.NewReader("email\n"), audience.ImportOptions{Spread: spread}); err == nil {
		t.Error("people are spread over the slots of no campaign")
	}
}
