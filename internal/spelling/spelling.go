// Package spelling finds the word that was probably meant by one that nobody knows, for
// the "did you mean" of messages.
package spelling

// maxWord is the longest word that is compared letter by letter, in characters. Longer
// ones are no typing errors, and the work grows with the product of the lengths.
const maxWord = 64

// Nearest returns the word that is the least typing errors away from what was typed: the
// first of several, and "" if none is at most so many errors away. Words that fold
// makes equal are zero errors apart; nil compares them as they are.
func Nearest(typed string, words []string, most int, fold func(string) string) string {
	if fold == nil {
		fold = func(s string) string { return s }
	}
	typed = fold(typed)
	best := ""
	for _, w := range words {
		if d := Distance(typed, fold(w)); d <= most {
			best, most = w, d-1
		}
	}
	return best
}

// Distance counts the characters to add, drop, replace or swap with their neighbor to turn
// a into b (the optimal string alignment). Words of more than 64 characters are as far
// from all others as the longer one is long.
func Distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	if len(from) > maxWord || len(to) > maxWord {
		if a == b {
			return 0
		}
		return max(len(from), len(to))
	}
	older, last, row := make([]int, len(to)+1), make([]int, len(to)+1), make([]int, len(to)+1)
	for j := range last {
		last[j] = j
	}
	for i := range from {
		row[0] = i + 1
		for j := range to {
			cost := 1
			if from[i] == to[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && from[i] == to[j-1] && from[i-1] == to[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
		older, last, row = last, row, older
	}
	return last[len(to)]
}
