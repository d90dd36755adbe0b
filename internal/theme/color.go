package theme

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Pair is a color on light and on dark screens, each as "#rrggbb".
type Pair struct{ Light, Dark string }

// MinContrast is the least contrast of text with what it stands on (WCAG 2 §1.4.3).
const MinContrast = 4.5

// defaults are the colors of the built-in theme, in the order in which they are
// listed.
var defaults = []struct {
	name        string
	light, dark string
}{
	{"page", "#f3f1ec", "#14171a"},
	{"sheet", "#ffffff", "#1d2125"},
	{"text", "#22262b", "#e4e6e8"},
	{"heading", "#14181c", "#f4f5f6"},
	{"muted", "#4a4f57", "#b4bac1"},
	{"link", "#0b5d66", "#86cfd6"},
	{"accent", "#0d5c63", "#5fb8bf"},
	{"button", "#0d5c63", "#86cfd6"},
	{"button_text", "#ffffff", "#0d2326"},
	{"line", "#d9d5cb", "#3b4148"},
	{"line_strong", "#b9b4a8", "#5b626a"},
	{"evidence", "#e7f2f2", "#15323a"},
	{"evidence_label", "#0a535a", "#9adbe0"},
	{"evidence_bar", "#0d6e76", "#5fb8bf"},
	{"safety", "#fcefe6", "#3b2415"},
	{"safety_label", "#8a3407", "#f7bd94"},
	{"safety_bar", "#b8490f", "#e58a4f"},
	{"ask", "#eceefa", "#262b4b"},
	{"ask_label", "#34429a", "#c0c8fb"},
	{"ask_bar", "#4454b5", "#8f9cf0"},
	{"note", "#f1f1f0", "#2a2f35"},
	{"note_label", "#454a51", "#cbd0d6"},
	{"note_bar", "#6d7278", "#8c939b"},
}

// readable are the texts and what they stand on.
var readable = [][2]string{
	{"muted", "page"}, {"link", "page"}, {"text", "page"},
	{"text", "sheet"}, {"heading", "sheet"}, {"link", "sheet"}, {"muted", "sheet"},
	{"button_text", "button"},
	{"evidence_label", "evidence"}, {"text", "evidence"}, {"link", "evidence"}, {"muted", "evidence"},
	{"safety_label", "safety"}, {"text", "safety"}, {"link", "safety"}, {"muted", "safety"},
	{"ask_label", "ask"}, {"text", "ask"}, {"link", "ask"}, {"muted", "ask"},
	{"note_label", "note"}, {"text", "note"}, {"link", "note"}, {"muted", "note"},
}

// colorForm is a color as people write it, and its short form.
var colorForm = regexp.MustCompile(`^#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})$`)

// parseColor returns a color in its long form and small letters.
func parseColor(s string) (string, error) {
	if !colorForm.MatchString(s) {
		return "", fmt.Errorf(`%q is no color; write it in quotes, such as "#0d5c63"`, s)
	}
	s = strings.ToLower(s)
	if len(s) == 4 {
		s = "#" + strings.Repeat(s[1:2], 2) + strings.Repeat(s[2:3], 2) + strings.Repeat(s[3:4], 2)
	}
	return s, nil
}

// Contrast returns the contrast of two colors such as "#1d2125", from 1 to 21 (WCAG 2
// §1.4.3), or 0 if one of them is no color.
func Contrast(a, b string) float64 {
	la, ok1 := luminance(a)
	lb, ok2 := luminance(b)
	if !ok1 || !ok2 {
		return 0
	}
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// luminance is the relative luminance of WCAG 2.
func luminance(color string) (float64, bool) {
	digits, found := strings.CutPrefix(color, "#")
	n, err := strconv.ParseUint(digits, 16, 24)
	if err != nil || !found || len(digits) != 6 {
		return 0, false
	}
	channel := func(shift int) float64 {
		v := float64(n>>shift&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0), true
}
