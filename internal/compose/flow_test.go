package compose

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTextForAReader holds what the text part makes of values that are there, or are
// not, or are what stands beside them.
func TestTextForAReader(t *testing.T) {
	t.Parallel()
	const city = `{{.Subscriber.city | default ""}}`
	for name, tc := range map[string]struct{ body, value, want string }{
		"AnItemWithoutTextHasNoBlankLineEither": {"- a\n\n- " + city + "\n\n- c\n", "", "- a\n\n- c"},
		"TheNumberOfAnEmptyItemIsKept":          {"1. a\n2. " + city + "\n3. c\n", "", "1. a\n3. c"},
		"NumbersGoToItemsThatAreThere":          {"1. a\n2. {{if .Subscriber.city}}b{{end}}\n3. c\n", "", "1. a\n2. c"},
		"ACellHasNoBlanksAround":                {"| h |\n|---|\n| " + city + " x |\n", "", "h: x"},
		"AHeadingMayBeEmpty":                    {"| " + city + " | h |\n|---|---|\n| x | y |\n", "", "x\nh: y"},
		"ALinkThatIsItsWordsStandsOnce":         {"[https://a.org/" + city + "](https://a.org/" + city + ")\n", "b", "https://a.org/b"},
		"ALinkToAnAddressStandsOnce":            {"[" + city + "@a.org](mailto:" + city + "@a.org)\n", "b", "b@a.org"},
		"ALinkIsBehindItsWords":                 {"[to " + city + "](https://a.org/" + city + ")\n", "b c", "to b c <https://a.org/b%20c>"},
		"ARuleIsAsLongAsTheHeading":             {"## An *" + city + "*\n", "é", "An é\n----"},
		"LinesAreBrokenForTheReader":            {strings.Repeat("word ", 13) + city + " end\n", "York", strings.TrimSpace(strings.Repeat("word ", 13)) + " York\nend"},
		"BarsAreBeforeEveryLine":                {"> " + city + "\n>\n> - x\n>   y\n", "a", "> a\n>\n> - x y"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := campaign("Before.\n\n" + tc.body + "\nAfter.\n")
			r := anna(c, 0)
			r.Attributes = map[string]string{"city": tc.value}
			text := send(t, NewBundle(c, 0, layouts(t)), r).Text
			_, text, _ = strings.Cut(text, "Before.\n\n")
			got, _, _ := strings.Cut(text, "\n\nAfter.")
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
