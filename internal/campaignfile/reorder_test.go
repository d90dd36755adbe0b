package campaignfile

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReorder(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		names    []string
		from, to int
		want     []string // the names afterwards
	}{
		{"to the front", []string{"01-a.md", "02-b.md", "03-c.md"}, 2, 0, []string{"01-c.md", "02-a.md", "03-b.md"}},
		{"to the end", []string{"01-a.md", "02-b.md", "03-c.md"}, 0, 2, []string{"01-b.md", "02-c.md", "03-a.md"}},
		{"in the middle", []string{"01-a.md", "02-b.md", "03-c.md", "04-d.md"}, 3, 1, []string{"01-a.md", "02-d.md", "03-b.md", "04-c.md"}},
		{"nowhere", []string{"01-a.md", "02-b.md"}, 1, 1, []string{"01-a.md", "02-b.md"}},
		{"numbers with room stay as they are", []string{"10-a.md", "20-b.md", "30-c.md"}, 2, 1, []string{"10-a.md", "20-c.md", "30-b.md"}},
		{"only what is in the way is renamed", []string{"01-a.md", "02-b.md", "03-c.md", "04-d.md"}, 1, 2, []string{"01-a.md", "02-c.md", "03-b.md", "04-d.md"}},
		{"names without numbers get some", []string{"apple.md", "pear.md"}, 1, 0, []string{"01-pear.md", "02-apple.md"}},
		{"a number twice", []string{"01-a.md", "01-b.md", "02-c.md"}, 2, 0, []string{"01-c.md", "02-a.md", "03-b.md"}},
		{"numbers of several lengths", []string{"10-a.md", "9-b.md"}, 1, 0, []string{"01-b.md", "02-a.md"}},
		{"years are no numbers", []string{"2026-03-spring.md", "2026-06-summer.md"}, 1, 0, []string{"01-2026-06-summer.md", "02-2026-03-spring.md"}},
		{"numbers alone", []string{"01.md", "02.md"}, 1, 0, []string{"01.md", "02.md"}},
		{"underscores, blanks and other scripts", []string{"01_a b.md", "02 ربيع.md", "03.冬.md"}, 2, 0, []string{"01.冬.md", "02_a b.md", "03 ربيع.md"}},
		{"the same word twice", []string{"01-a.md", "02-a.md"}, 0, 1, []string{"01-a.md", "02-a.md"}},
		{"what was stopped halfway is tidied", []string{"01-a.md", "01~~d.md", "02-b.md"}, 1, 1, []string{"01-a.md", "02-d.md", "03-b.md"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, renames := reorder(t, tc.names, tc.from, tc.to)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%v\n%s", renames, diff)
			}
		})
	}
}

// reorder does the renames one by one and holds what Reorder promises.
func reorder(t *testing.T, names []string, from, to int) ([]string, []Rename) {
	t.Helper()
	renames, err := Reorder(names, from, to)
	if err != nil {
		t.Fatalf("%q from %d to %d: %v", names, from, to, err)
	}
	wanted := moved(names, from, to)
	files := map[string]string{} // the first name of each file, by its present one
	for _, name := range names {
		files[name] = name
	}
	for _, r := range renames {
		was, ok := files[r.From]
		if _, taken := files[r.To]; !ok || taken {
			t.Fatalf("%q from %d to %d: %v: there is %v, taken %v", names, from, to, r, ok, taken)
		}
		delete(files, r.From)
		files[r.To] = was
		var order []string
		for _, name := range sortedKeys(files) {
			order = append(order, files[name])
		}
		if !slices.Equal(order, wanted) {
			t.Fatalf("%q from %d to %d: after %v of %v the order is %q", names, from, to, r, renames, order)
		}
		if notAnIssue(r.To) || !strings.HasSuffix(r.To, ".md") || len(r.To) > maxName {
			t.Fatalf("%q is no name of an issue", r.To)
		}
	}
	return sortedKeys(files), renames
}

func sortedKeys(files map[string]string) []string {
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// TestReorderAnything moves files of random names to random places, and again from
// wherever the renames were stopped. The seed is fixed.
func TestReorderAnything(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	refused := 0
	for range 3000 {
		names := randomNames(random)
		from, to := random.IntN(len(names)), random.IntN(len(names))
		renames, err := Reorder(names, from, to)
		if err != nil {
			refused++
			continue
		}
		after, _ := reorder(t, names, from, to)
		if len(renames) > 1 {
			halfway := slices.Clone(names)
			for _, r := range renames[:1+random.IntN(len(renames)-1)] {
				halfway[slices.Index(halfway, r.From)] = r.To
			}
			slices.Sort(halfway)
			// The words behind the numbers are in the order that was asked for.
			again, _ := reorder(t, halfway, to, to)
			if diff := cmp.Diff(words(after), words(again)); diff != "" {
				t.Fatalf("%q from %d to %d, stopped at %q: %s", names, from, to, halfway, diff)
			}
		}
	}
	if refused > 30 {
		t.Errorf("%d of 3000 were refused", refused)
	}
}

// words drops numbers and what parts them from the rest.
func words(names []string) []string {
	var out []string
	for _, name := range names {
		out = append(out, strings.TrimLeft(name, "0123456789-_.~ "))
	}
	return out
}

func randomNames(random *rand.Rand) []string {
	names := map[string]string{}
	style := random.IntN(4)
	for i := range 1 + random.IntN(12) {
		word := []string{"a", "b", "b", "zebra", "Äpfel", "冬", "x~y", "md"}[random.IntN(8)]
		name := fmt.Sprintf("%02d-%s.md", i+1, word)
		switch style {
		case 1:
			name = fmt.Sprintf("%d%s%s.md", random.IntN(30), []string{"-", "_", "", "~~"}[random.IntN(4)], word)
		case 2:
			name = fmt.Sprintf("%s%d.md", word, random.IntN(30))
		case 3:
			name = fmt.Sprintf("%03d-%s.md", (i+1)*10, word)
		}
		names[name] = ""
	}
	return sortedKeys(names)
}

func TestReorderRefuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 251) + ".md"
	for _, names := range [][]string{{"a.md", long}, {"b.md", "a.md"}} {
		if renames, err := Reorder(names, 1, 0); err == nil {
			t.Errorf("%q: %v", names, renames)
		}
	}
	for _, at := range [][2]int{{0, 2}, {2, 0}, {-1, 0}, {0, -1}} {
		if renames, err := Reorder([]string{"01-a.md", "02-b.md"}, at[0], at[1]); err == nil {
			t.Errorf("%v: %v", at, renames)
		}
	}
}
