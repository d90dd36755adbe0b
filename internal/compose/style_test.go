package compose

import (
	"regexp"
	"strings"
	"testing"

	"partwork/internal/theme"
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
	{".caption color", ".sheet background-color"},
	{".data th color", ".evidence td background-color"}, {".date color", ".note td background-color"},
}

// WCAG 2 §1.4.3 asks for 4.5, in both schemes.
func TestContrast(t *testing.T) {
	t.Parallel()
	light, dark, found := strings.Cut(layouts(t).style, "@media (prefers-color-scheme: dark)")
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
			if ratio := theme.Contrast(set[pair[0]], set[pair[1]]); ratio < theme.MinContrast {
				t.Errorf("%s: %s on %s has contrast %.2f, want %.1f", scheme, pair[0], pair[1], ratio, theme.MinContrast)
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
