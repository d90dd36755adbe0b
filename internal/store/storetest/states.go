package storetest

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"partwork/internal/drip"
)

// CompareStates fails the test unless the states in Go, those in the CHECK constraints
// of a database's schema and those in the diagrams and tables of docs/STATES.md are
// the same. It also holds the reasons and classes in the schema against Go.
func CompareStates(t *testing.T, sql, statesPage string) {
	t.Helper()
	page := readFile(t, statesPage)
	diagrams := regexp.MustCompile("(?s)```mermaid\n(.*?)```").FindAllStringSubmatch(page, -1)
	if len(diagrams) != 2 {
		t.Fatalf("%s has %d diagrams, want 2", statesPage, len(diagrams))
	}
	tables := strings.Split(page, "\n## ")
	for i, noun := range []struct {
		table  string
		states []string
	}{
		{"enrollments", texts(drip.EnrollmentStates())},
		{"deliveries", texts(drip.DeliveryStates())},
	} {
		compare(t, noun.table+" CHECK", checked(t, sql, noun.table, "state"), noun.states)
		compare(t, noun.table+" diagram", drawn(t, diagrams[i][1]), noun.states)
		compare(t, noun.table+" table in the page", tabled(tables[i+1]), noun.states)
	}
	compare(t, "attempts.class CHECK", checked(t, sql, "attempts", "class"), texts(drip.Classes()))
	compare(t, "deliveries.reason CHECK", checked(t, sql, "deliveries", "reason"), texts([]drip.DeliveryReason{
		drip.ReasonLeft, drip.ReasonSuppressed, drip.ReasonBehind, drip.ReasonRemoved,
		drip.ReasonNotForThem, drip.ReasonRecipient, drip.ReasonMessage, drip.ReasonGaveUp,
	}))
	compare(t, "enrollments.left_reason CHECK", checked(t, sql, "enrollments", "left_reason"), texts([]drip.LeaveReason{
		drip.LeftByReader, drip.LeftByAdmin, drip.LeftByStop, drip.LeftToRestart, drip.LeftSuppressed,
	}))
	compare(t, "enrollments.start CHECK", checked(t, sql, "enrollments", "start"), texts([]drip.Start{
		drip.StartOnJoin, drip.StartAtSlot,
	}))
	compare(t, "consents.source CHECK", checked(t, sql, "consents", "source"), texts([]drip.ConsentSource{
		drip.ConsentImport, drip.ConsentAdmin, drip.ConsentConfirmed,
	}))
	compare(t, "suppressions.reason CHECK", checked(t, sql, "suppressions", "reason"), texts([]drip.SuppressionReason{
		drip.SuppressedByReader, drip.SuppressedByAdmin, drip.SuppressedByBounce,
		drip.SuppressedByComplaint, drip.SuppressedByErasure,
	}))
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// checked returns the words that a column's own CHECK allows.
func checked(t *testing.T, sql, table, column string) []string {
	t.Helper()
	_, body, ok := strings.Cut(sql, "CREATE TABLE "+table+" (")
	if !ok {
		t.Fatalf("there is no table %s", table)
	}
	pattern := fmt.Sprintf(`\n  %s +\w+[^,\n]*CHECK \(%s IN \(([^)]*)\)\)`, column, column)
	match := regexp.MustCompile(pattern).FindStringSubmatch(body)
	if match == nil {
		t.Fatalf("%s.%s has no CHECK", table, column)
	}
	return strings.Split(strings.ReplaceAll(match[1], "'", ""), ", ")
}

// drawn returns the states that a diagram's arrows touch.
func drawn(t *testing.T, diagram string) []string {
	t.Helper()
	var states []string
	for _, line := range strings.Split(strings.TrimSpace(diagram), "\n")[1:] {
		match := regexp.MustCompile(`^ +(\S+) --> (\w+|\[\*\])(: .*)?$`).FindStringSubmatch(line)
		if match == nil {
			t.Errorf("this line of a diagram cannot be read: %s", line)
			continue
		}
		states = append(states, match[1], match[2])
	}
	return slices.DeleteFunc(states, func(s string) bool { return s == "[*]" })
}

// tabled returns the states in the first column of a section's table.
func tabled(section string) []string {
	var states []string
	for _, match := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(section, -1) {
		states = append(states, match[1])
	}
	return states
}

// compare holds two sets against each other.
func compare(t *testing.T, what string, got, want []string) {
	t.Helper()
	got, want = slices.Clone(got), slices.Clone(want)
	slices.Sort(got)
	slices.Sort(want)
	if got = slices.Compact(got); !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
