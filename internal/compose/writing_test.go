package compose

import (
	"os"
	"regexp"
	"testing"

	"partwork/internal/drip"
)

// example is an example of the guide, what it becomes for Anna, and perhaps what it
// becomes for a stranger.
var example = regexp.MustCompile("(?s)````markdown\n(.*?)````\n```text\n(.*?)```\n(?:```text [^\n]+\n(.*?)```\n)?")

// What the guide for authors says is what happens.
func TestGuideForAuthors(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/WRITING.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := example.FindAllStringSubmatch(string(guide), -1)
	if len(examples) < 9 {
		t.Fatalf("the guide has %d examples", len(examples))
	}
	for _, ex := range examples {
		c := campaign(ex[1])
		c.Images = []drip.Image{pot(t, "img/pots.png", 300, 200)}
		b := NewBundle(c, 0, layouts(t))
		if got := body(t, send(t, b, with(c, "city", "York", "plan", "gold"))); got+"\n" != ex[2] {
			t.Errorf("%s\nbecomes\n%s\nand not\n%s", ex[1], got, ex[2])
		}
		stranger := Reader{Email: addr("reader@example.net"), Number: 1, Count: 1}
		if got := body(t, send(t, b, stranger)); ex[3] != "" && got+"\n" != ex[3] {
			t.Errorf("%s\nbecomes for a stranger\n%s\nand not\n%s", ex[1], got, ex[3])
		}
	}
}
