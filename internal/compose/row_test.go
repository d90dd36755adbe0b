package compose

import "testing"

// TestRowOf holds the row of a list against the message itself.
func TestRowOf(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]Bundle{
		"plain":            {Subject: "Begin here", Preheader: "First."},
		"a field":          {Subject: `For {{.Subscriber.Name | default "you"}}, {{.Issue.Number}} of {{.Issue.Count}}`, Preheader: "{{.Campaign.Title}}", Title: "The garden"},
		"a condition":      {Subject: "{{if .Subscriber.city}}In {{.Subscriber.city}}{{else}}At home{{end}}", Preheader: "x"},
		"a missing value":  {Subject: "For {{.Subscriber.pet}}", Preheader: "As {{.Subscriber.Name}}"},
		"an unknown field": {Subject: "For {{.Nobody}}", Preheader: "x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b.Issue = "one"
			reader := Reader{Name: "Anna", Attributes: map[string]string{"city": "Oslo"}, Number: 2, Count: 3}
			want := Row{Subject: b.Subject, Preheader: b.Preheader}
			if e, _ := Compile(b); !e.Broken() {
				g := e.galley(e.Merge(reader), Links{})
				if row := (Row{Subject: g.subject(false), Preheader: filled(e.preheader, g.plain)}); g.missing == "" {
					want = row
				}
			}
			if got := RowOf(b, reader); got != want {
				t.Errorf("the row is %q, want %q", got, want)
			}
		})
	}
}
