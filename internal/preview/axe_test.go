package preview

import (
	"context"
	"maps"
	"net/http/httptest"
	"slices"
	"testing"

	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// TestPagesAreAccessible has axe-core look at every page of the desk, on a desktop in the
// light or on a telephone in the dark: nobody is kept from it, and nothing has to be
// scrolled sideways.
func TestPagesAreAccessible(t *testing.T) {
	testkit.Outside(t)
	t.Parallel()
	f := shelf(t, series())
	f.Findings = []drip.Finding{{File: "campaigns/garden/campaign.yaml", Line: 2, Severity: drip.SeverityWarning, Message: "from is still a placeholder", Fix: "write an address"}}
	f.sources["campaigns/garden/campaign.yaml"] = "id: garden\nfrom: \"Garden Club <letters@example.org>\"\n"
	f.sources["campaigns/garden/02-two.md"] = "---\nid: two\n---\n\nNumber {{.Nobody}}.\n"
	h := server(t, f)
	h.options.People = register{who: drip.Subscriber{ID: 7, Email: address("grace@example.net")}, sent: func() compose.Bundle {
		b := compose.NewBundle(f.Series[0].Campaign, 1, f.Layouts)
		b.Markdown = "As it was.\n"
		return b
	}()}
	h.options.Plan = func(context.Context, string) (Plan, error) {
		return Plan{
			Headline: "changes", Edits: []string{"two (text edited): 3 get it Tue 31 Mar"}, Turns: []string{"3 get the next issue a week later"},
			Warnings: []string{"too many for the relay"}, Changes: true, Readers: 10, Unchanged: 7,
		}, nil
	}
	page(t, h, "/garden/two") // what follows breaks it
	broken := series()
	broken.Campaign.Issues[1].Body = []byte("Number {{.Nobody}}.\n")
	f.Series = []Series{broken}
	site := httptest.NewServer(h)
	defer site.Close()
	defer h.Close()
	var views []testkit.View
	pages := map[string]string{
		"home": "/", "list": "/garden/", "phone": "/garden/?inbox=phone", "issue": "/garden/one", "text": "/garden/one?view=text",
		"headers": "/garden/one?view=headers", "source": "/garden/one?view=source", "file": "/garden/three?view=file", "changes": "/garden/two?view=changes", "links": "/garden/one?view=links",
		"broken": "/garden/two", "inverted": "/garden/one?colors=inverted&width=phone", "grid": "/garden/_grid",
		"calendar": "/garden/_calendar?join=2026-03-24T12:00&zone=America/New_York", "missing": "/garden/none",
	}
	for i, name := range slices.Sorted(maps.Keys(pages)) {
		desktop := testkit.View{Name: name, URL: site.URL + pages[name], Width: 1280, Height: 800, Forgive: name == "missing"}
		phone := desktop
		phone.Width, phone.Height, phone.Dark = 390, 844, true
		// In turns, and the two that matter most in both ways.
		if i%2 == 0 || name == "issue" || name == "list" {
			views = append(views, desktop)
		}
		if i%2 == 1 || name == "issue" || name == "list" {
			views = append(views, phone)
		}
	}
	for _, a := range testkit.Audits(t, views) {
		if a.Overflow > 0 {
			t.Errorf("%s is %d pixels wider than its window of %d", a.View.Name, a.Overflow, a.View.Width)
		}
		for _, v := range a.Violations {
			if v.Grave() {
				t.Errorf("%s at %d, dark %v: %s", a.View.Name, a.View.Width, a.View.Dark, v)
			}
		}
	}
}
