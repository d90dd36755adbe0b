package campaignfile

import (
	"strconv"
	"strings"

	"partwork/internal/spelling"
)

// nearest returns the word most like the given one, or "" if none is near.
func nearest(word string, words []string) string {
	return spelling.Nearest(word, words, max(1, len(word)/3), fold)
}

// fold makes reply-to, Reply_To and replyTo the same word.
func fold(s string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(s))
}

// listWords writes words as a choice: "a", "b" or "c".
func listWords(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strconv.Quote(w)
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " or " + quoted[len(quoted)-1]
}

// excerpt quotes the beginning of a value, for messages of bearable length.
func excerpt(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return strconv.Quote(s)
}
