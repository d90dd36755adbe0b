package testkit

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSelectors(t *testing.T) {
	t.Parallel()
	page := ParseHTML(t, `<main id=m><form class="join big"><input name=email required><input name=name></form>
		<p>One <b>two</b></p><script>no()</script></main><p class=big>three</p>`)
	tests := []struct {
		selector string
		want     int
	}{
		{"p", 2}, {"#m p", 1}, {"main#m", 1}, {".big", 2}, {"form.big.join", 1}, {".bi", 0},
		{"input[name=email]", 1}, {`input[name="email"][required]`, 1}, {"form input", 2},
		{"main form input[name]", 2}, {"p p", 0}, {"#x", 0},
	}
	for _, tt := range tests {
		if got := len(page.All(tt.selector)); got != tt.want {
			t.Errorf("All(%q) has %d elements, want %d", tt.selector, got, tt.want)
		}
	}
	if diff := cmp.Diff("One two", page.One(t, "main p").Text()); diff != "" {
		t.Error(diff)
	}
	if got := page.One(t, "#m").Text(); got != "One two" {
		t.Errorf("text with a script in it is %q", got)
	}
	if got := page.One(t, "form").Attr("class"); got != "join big" {
		t.Errorf("class is %q", got)
	}
}
