package segment

// Nearest returns the word that was probably meant: the one that is at most so many
// letters away; "" if none is.
func Nearest(typed string, words []string, most int) string {
	best := ""
	for _, w := range words {
		if d := distance(typed, w); d <= most {
			best, most = w, d-1
		}
	}
	return best
}

// distance counts the letters to add, drop or replace to turn a into b. Long words
// are as far as they are long.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return max(len(a), len(b))
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
