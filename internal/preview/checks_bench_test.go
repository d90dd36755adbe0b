package preview

import (
	"fmt"
	"strings"
	"testing"

	"partwork/internal/drip"
)

// BenchmarkPass looks through a campaign of 300 issues that nobody has looked at yet.
func BenchmarkPass(b *testing.B) {
	s := series()
	s.Campaign.Issues = nil
	for i := range 300 {
		s.Campaign.Issues = append(s.Campaign.Issues, drip.Issue{
			ID: fmt.Sprintf("issue-%d", i), Subject: fmt.Sprintf("Letter %d", i), Preheader: "What the post brought.", File: fmt.Sprintf("garden/%03d.md", i), BodyLine: 5,
			Body: []byte("Dear {{.Subscriber.Name | default \"friend\"}},\n\n" +
				strings.Repeat("The tide was out, and the boats lay on their sides in the mud as if somebody had thought better of the sea.\n\n", 20)),
		})
	}
	f := shelf(b, s)
	for b.Loop() {
		p := New(Options{Load: f.load})
		st, err := p.desk.now()
		if err != nil {
			b.Fatal(err)
		}
		p.pass(b.Context(), st)
		if n := p.unchecked(&st.entries[0]); n > 0 {
			b.Fatal(n)
		}
	}
}
