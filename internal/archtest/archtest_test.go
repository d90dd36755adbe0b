package archtest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// rules are the laws of the house. Each has a tree in testdata, in the folder of
// its name, that breaks it.
var rules = map[string]func(*tree) []string{
	"wallsHold":             wallsHold,
	"roomsAreKnown":         roomsAreKnown,
	"librariesAreLetIn":     librariesAreLetIn,
	"librariesAreNeeded":    librariesAreNeeded,
	"standardPackagesStay":  standardPackagesStay,
	"timeIsAnArgument":      timeIsAnArgument,
	"chanceIsAnArgument":    chanceIsAnArgument,
	"onlyMainExits":         onlyMainExits,
	"nothingRunsBeforeMain": nothingRunsBeforeMain,
	"panicsAreExplained":    panicsAreExplained,
	"mainIsADoor":           mainIsADoor,
	"packagesAreExplained":  packagesAreExplained,
}

// TestHouse holds this module to the rules.
func TestHouse(t *testing.T) {
	t.Parallel()
	house := readTree(t, filepath.Join("..", ".."))
	for name, rule := range rules {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, broken := range rule(house) {
				t.Error(broken)
			}
		})
	}
}

// TestRulesCanFail runs every rule on a tree that breaks it, and compares what it
// says with the tree's broken.txt: the rule sees what is wrong, and only that.
func TestRulesCanFail(t *testing.T) {
	t.Parallel()
	for name, rule := range rules {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := filepath.Join("testdata", name)
			got := rule(readTree(t, root))
			slices.Sort(got)
			want, err := os.ReadFile(filepath.Join(root, "broken.txt"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(strings.TrimSpace(string(want)), "\n"), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestHouseHasNoCircles walks the table itself: a line that would let two rooms
// import each other is a mistake even before anybody does.
func TestHouseHasNoCircles(t *testing.T) {
	t.Parallel()
	var visit func(room string, above []string)
	visit = func(room string, above []string) {
		if slices.Contains(above, room) {
			t.Errorf("the house has a circle: %s", strings.Join(append(above, room), " → "))
			return
		}
		if _, known := house[room]; !known {
			t.Errorf("%s lists %q, which has no line of its own", above[len(above)-1], room)
		}
		for _, below := range house[room] {
			visit(below, append(slices.Clone(above), room))
		}
	}
	for room := range house {
		visit(room, nil)
	}
}

// TestUseCasesKeepApart pins the wall that makes the program restartable.
func TestUseCasesKeepApart(t *testing.T) {
	t.Parallel()
	for _, one := range useCases {
		for _, other := range useCases {
			if slices.Contains(house[one], other) {
				t.Errorf("the house lets %s import %s", one, other)
			}
		}
	}
}
