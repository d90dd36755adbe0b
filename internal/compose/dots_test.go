package compose

import (
	"slices"
	"testing"

	"partwork/internal/testkit"
)

func TestDotsAreAlsoWords(t *testing.T) {
	t.Parallel()
	c := campaign("**●●○○ Early:** six studies. ●●●● ○○○\n●○○○○\n\n`●●○○` ●● ○ ●\n\n| Mark |\n|---|\n| ●○○ |\n")
	m := send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))
	checkMessage(t, m)
	if got, want := body(t, m), "(2 of 4) Early: six studies. (4 of 4) (0 of 3) (1 of 5)\n\n●●○○ ●● ○ ●\n\nMark: 1 of 3"; got != want {
		t.Errorf("the text is\n%s\nwant\n%s", got, want)
	}
	var got []string
	for _, n := range testkit.ParseHTML(t, m.HTML).All("span.dots") {
		got = append(got, n.Attr("role")+" "+n.Attr("aria-label")+" "+n.Text())
	}
	if want := []string{"img 2 of 4 ●●○○", "img 4 of 4 ●●●●", "img 0 of 3 ○○○", "img 1 of 5 ●○○○○", "img 1 of 3 ●○○"}; !slices.Equal(got, want) {
		t.Errorf("the marks are %q, want %q", got, want)
	}
	// In a language without texts of its own, the mark is no word of another one.
	for language, want := range map[string]string{"de": "(2 von 4) Early", "fr": "(2/4) Early"} {
		c.Language = language
		if got := body(t, send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))); got[:len(want)] != want {
			t.Errorf("in %s the text is\n%s", language, got)
		}
	}
}

func TestDotsThatAreNoMark(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"○○●", "●○●○", "●●●●●●●●●●●"} {
		_, found := Compile(NewBundle(campaign("x\n\n"+body+"\n"), 0, layouts(t)))
		if len(found) != 1 || found[0].Rule != "dots" || found[0].Line != 3 {
			t.Errorf("%s: found %v", body, found)
		}
	}
}
