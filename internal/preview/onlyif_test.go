package preview

import (
	"strings"
	"testing"
	"time"

	"partwork/internal/segment"
)

// The page of an issue says whom it is for, and shows it to everybody.
func TestWhomAnIssueIsFor(t *testing.T) {
	t.Parallel()
	of := series()
	filter, err := segment.Parse("tag:vip and joined < 2d ago")
	if err != nil {
		t.Fatal(err)
	}
	of.Campaign.Issues[1].OnlyIf = filter
	of.Who = []segment.Facts{{}, {Tags: []string{"vip"}}}
	grace := registered(t).options.People
	p := New(Options{Load: shelf(t, of).load, Now: func() time.Time { return noon }, People: grace})
	for path, want := range map[string]string{
		"/garden/two":       "Only for readers with tag:vip and joined &lt; 2d ago. Anna is not: they go on to the next issue. It is shown all the same.",
		"/garden/two?as=1":  " is one of them.",
		"/garden/two?as=s7": "Grace is not: they go on to the next issue.", // tagged, but never joined
		"/garden/one":       "",
	} {
		body := get(t, p, path).Body.String()
		if !strings.Contains(body, want) || strings.Contains(body, "Only for readers") != (want != "") {
			t.Errorf("%s does not say %q", path, want)
		}
		if !strings.Contains(body, "<iframe") {
			t.Errorf("%s does not show the message", path)
		}
	}
}
