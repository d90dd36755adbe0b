package campaignfile

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Rename gives a file of a campaign's folder another name.
type Rename struct{ From, To string }

// maxName is the most bytes that the name of a file may have on the usual file
// systems.
const maxName = 255

// Reorder returns the renames that put the issue file at position from to position
// to, both counted from 0, and leave the others in their order. The names are those
// of all issue files, in their order, which is that of the names.
//
// The numbers that names begin with stay where they are, and the issues move
// through them; if they are no numbers that can be kept, all are numbered afresh.
// Without a move, from equal to to, that is done only if they cannot be kept.
//
// The renames are to be done one by one. After each of them no two files have had
// the same name, and the issues are either in the old order (before the first) or
// in the new one (after it): whoever stops halfway leaves nothing but odd numbers,
// which the next Reorder mends.
func Reorder(names []string, from, to int) ([]Rename, error) {
	if !slices.IsSorted(names) || from < 0 || to < 0 || from >= len(names) || to >= len(names) {
		return nil, errors.New("reorder: names out of order, or a position that is none")
	}
	wanted := moved(names, from, to)
	targets := targetsOf(names, wanted)
	for _, target := range targets {
		if len(target) > maxName {
			return nil, fmt.Errorf("the name %s would be longer than a file's may be", excerpt(target))
		}
	}
	var steps []Rename
	if from != to && !slices.IsSorted(wanted) {
		between, ok := nameBetween(wanted, to, targets[to])
		if !ok {
			return nil, fmt.Errorf("there is no name for %s between those of its neighbors; rename them first, to 01-….md, 02-….md and so on", names[from])
		}
		steps = append(steps, Rename{names[from], between})
		wanted[to] = between
	}
	return append(steps, renumber(wanted, targets)...), nil
}

// moved returns the names with one at another position.
func moved(names []string, from, to int) []string {
	out := slices.Delete(slices.Clone(names), from, from+1)
	return slices.Insert(out, to, names[from])
}

// renumber gives files, which are in their order, the names of targets, which are
// in the same order. Names that grow are given from the end, and those that shrink
// from the beginning: then every file stays between its neighbors all the time, and
// no name is ever taken.
func renumber(names, targets []string) []Rename {
	var steps []Rename
	for i := len(names) - 1; i >= 0; i-- {
		if targets[i] > names[i] {
			steps = append(steps, Rename{names[i], targets[i]})
		}
	}
	for i, name := range names {
		if targets[i] < name {
			steps = append(steps, Rename{name, targets[i]})
		}
	}
	return steps
}

// targetsOf returns the names that files in the wanted order are to have: those
// numbers that the names have, in their order, if they can be kept.
func targetsOf(names, wanted []string) []string {
	numbers := make([]string, len(names))
	keep := true
	for i, name := range names {
		numbers[i], _ = splitName(name, len(names))
		keep = keep && numbers[i] != "" && len(numbers[i]) == len(numbers[0]) &&
			(i == 0 || numbers[i-1] < numbers[i]) && !strings.Contains(name, Stopgap)
	}
	targets := make([]string, len(wanted))
	for i, name := range wanted {
		_, rest := splitName(name, len(names))
		number := numbers[i]
		if !keep {
			number = fmt.Sprintf("%0*d", digitsFor(len(names)), i+1)
		}
		targets[i] = number + rest
	}
	return targets
}

// digitsFor is how many digits number so many issues: two at least.
func digitsFor(issues int) int { return max(2, len(strconv.Itoa(issues))) }

// Stopgap stands in the name of a file that [Reorder] has underway, before what it
// keeps of its name.
const Stopgap = "~~"

// splitName returns the number that a name begins with, and the rest of it. Digits
// that are too many to number the issues, such as those of a year, are no number.
func splitName(name string, issues int) (number, rest string) {
	number = leadingDigits.FindString(name)
	if len(number) > max(3, digitsFor(issues)) {
		number = ""
	}
	rest = name[len(number):]
	if at := strings.LastIndex(rest, Stopgap); at >= 0 {
		return number, "-" + rest[at+len(Stopgap):]
	}
	if number == "" {
		rest = "-" + rest
	}
	return number, rest
}

var leadingDigits = regexp.MustCompile(`^[0-9]+`)

// nameBetween returns a name for the file at a position of the wanted order that is
// sorted between those of its neighbors: the target if it is, and otherwise one for
// the time being.
func nameBetween(wanted []string, at int, target string) (string, bool) {
	lower, upper := "", ""
	if at > 0 {
		lower = wanted[at-1]
	}
	if at+1 < len(wanted) {
		upper = wanted[at+1]
	}
	_, rest := splitName(target, len(wanted))
	word := strings.TrimLeft(rest, "-_ ")
	candidates := []string{
		target,
		leadingDigits.FindString(lower) + Stopgap + word,
		strings.TrimSuffix(lower, ".md") + Stopgap + word,
		lower + Stopgap + word,
		"00" + Stopgap + word, "0-" + word, "-" + word,
	}
	for _, name := range candidates {
		if name > lower && (upper == "" || name < upper) && len(name) <= maxName && !notAnIssue(name) && strings.HasSuffix(name, ".md") {
			return name, true
		}
	}
	return "", false
}
