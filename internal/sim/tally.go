package sim

import (
	"fmt"
	"hash/fnv"
	"time"
)

// Tally sums histories up. Its JSON is what `partwork simulate --json` prints.
type Tally struct {
	// Seeds is the number of histories, Days the days of trouble in each.
	Seeds int `json:"seeds"`
	Days  int `json:"days"`
	// Sent and the others are sums of those of [Result].
	Sent       int `json:"sent"`
	Crashes    int `json:"crashes"`
	Duplicates int `json:"duplicates"`
	Lost       int `json:"lost"`
	// Violations counts rules that were broken.
	Violations    int `json:"violations"`
	Unknown       int `json:"unknown"`
	Confirmations int `json:"confirmations"`
	PowerLosses   int `json:"power_losses"`
	Restores      int `json:"restores"`
	Undone        int `json:"undone"`
	PassedOver    int `json:"passed_over"`
	Edits         int `json:"edits"`
	Readers       int `json:"readers"`
	Transitions   int `json:"dst_transitions"`
	Steps         int `json:"steps"`
	// Years is how long all histories were, on their own clocks.
	Years float64 `json:"virtual_years"`
	// Hash is the same for two runs that were the same.
	Hash string `json:"hash"`
	// Broken are the violations, in the order of their seeds.
	Broken []Violation `json:"broken"`
}

// Sum adds up histories in the order of their seeds.
func Sum(results []Result) Tally {
	t := Tally{Seeds: len(results), Broken: []Violation{}}
	sum := fnv.New64a()
	minutes := 0 // a Duration ends at 292 years, and so would their sum
	for i := range results {
		r := &results[i]
		t.Days = r.Days
		t.Sent += r.Sent
		t.Crashes += r.Crashes
		t.Duplicates += r.Duplicates
		t.Lost += r.Lost
		t.Violations += len(r.Violations)
		t.Unknown += r.Unknown
		t.Confirmations += r.Confirmations
		t.PowerLosses += r.PowerLosses
		t.Restores += r.Restores
		t.Undone += r.Undone
		t.PassedOver += r.PassedOver
		t.Edits += r.Edits
		t.Readers += r.Readers
		t.Transitions += r.Transitions
		t.Steps += r.Steps
		minutes += int(r.Lived / time.Minute)
		_, _ = fmt.Fprintln(sum, r.Seed, r.Hash)
		t.Broken = append(t.Broken, r.Violations...)
	}
	t.Years = float64(minutes) / (365.25 * 24 * 60)
	t.Hash = fmt.Sprintf("%016x", sum.Sum64())
	return t
}
