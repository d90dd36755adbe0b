package compose

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// contrastPairs are texts and what they stand on.
var contrastPairs = [][2]string{
	{".title color", "body background-color"}, {".count color", "body background-color"},
	{".small color", "body background-color"}, {".leave color", "body background-color"},
	{".footer a color", "body background-color"},
	{".sheet color", ".sheet background-color"}, {"h1 color", ".sheet background-color"},
	{"h2 color", ".sheet background-color"}, {"h3 color", ".sheet background-color"},
	{"a color", ".sheet background-color"}, {"blockquote color", ".sheet background-color"},
	{".date color", ".sheet background-color"}, {".data th color", ".sheet background-color"},
	{".sheet color", "pre background-color"}, {".button a color", ".button a background-color"},
	{".evidence .label color", ".evidence td background-color"}, {".safety .label color", ".safety td background-color"},
	{".ask .label color", ".ask td background-color"}, {".note .label color", ".note td background-color"},
	{".sheet color", ".evidence td background-color"}, {".sheet color", ".safety td background-color"},
	{".sheet color", ".ask td background-color"}, {".sheet color", ".note td background-color"},
	{"a color", ".evidence td background-color"}, {"a color", ".safety td background-color"},
	{"a color", ".ask td background-color"}, {"a color", ".note td background-color"},
	{".data th color", ".evidence td background-color"}, {".date color", ".note td background-color"},
}

// WCAG 2 §1.4.3 asks for 4.5, in both schemes.
func TestContrast(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../templates/" + fileStyle)
	if err != nil {
		t.Fatal(err)
	}
	light, dark, found := strings.Cut(string(b), "@media (prefers-color-scheme: dark)")
	if !found {
		t.Fatal("there is no dark scheme")
	}
	base := colors(light)
	night := colors(light)
	for k, v := range colors(dark) {
		night[k] = v
	}
	for scheme, set := range map[string]map[string]string{"light": base, "dark": night} {
		for _, pair := range contrastPairs {
			ratio, err := contrast(set[pair[0]], set[pair[1]])
			if err != nil || ratio < 4.5 {
				t.Errorf("%s: %s on %s has contrast %.2f (%v), want 4.5", scheme, pair[0], pair[1], ratio, err)
			}
			if scheme == "dark" && (set[pair[0]] == base[pair[0]] || set[pair[1]] == base[pair[1]]) {
				t.Errorf("%s or %s has no dark color", pair[0], pair[1])
			}
		}
	}
}

var (
	ruleForm  = regexp.MustCompile(`(?m)^\s*([^{}@/\n]+?) \{ (.*) \}$`)
	colorForm = regexp.MustCompile(`(?:^|; )(color|background-color): (#[0-9a-f]{6})`)
)

// colors maps "selector property" to colors.
func colors(css string) map[string]string {
	out := map[string]string{}
	for _, rule := range ruleForm.FindAllStringSubmatch(css, -1) {
		for _, c := range colorForm.FindAllStringSubmatch(rule[2], -1) {
			out[rule[1]+" "+c[1]] = c[2]
		}
	}
	return out
}

// contrast is the ratio of WCAG 2 for two colors such as "#1d2125".
func contrast(a, b string) (float64, error) {
	la, err1 := luminance(a)
	lb, err2 := luminance(b)
	if err1 != nil || err2 != nil {
		return 0, fmt.Errorf("no colors: %q and %q", a, b)
	}
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05), nil
}

// luminance is the relative luminance of WCAG 2.
func luminance(color string) (float64, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(color, "#"), 16, 24)
	if err != nil {
		return 0, err
	}
	channel := func(shift int) float64 {
		v := float64(n>>shift&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0), nil
}
