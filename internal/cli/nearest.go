package cli

import "partwork/internal/spelling"

// nearest returns the word that was probably meant, or "".
func nearest(typed string, words []string) string {
	return spelling.Nearest(typed, words, max(1, len(typed)/3), nil)
}
