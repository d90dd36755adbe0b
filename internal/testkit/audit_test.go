package testkit

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// flawed is a page with one flaw that everybody sees, one that shows in the dark
// only, and a box that is wider than a telephone.
const flawed = `<!doctype html><html lang="en"><title>Flawed</title><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<style>main { color: #000; background: #fff } @media (prefers-color-scheme: dark) { main { color: #777 } }</style>
<main><h1>Flawed</h1><p>Words enough to read.<img src="/pot.png"><div style="width:500px">wide</div></main></html>`

func TestAuditsSeeFlaws(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(flawed))
	}))
	t.Cleanup(server.Close)
	audits := Audits(t, []View{
		{Name: "light", URL: server.URL, Width: 800, Height: 600, Forgive: true},
		{Name: "dark", URL: server.URL, Width: 320, Height: 600, Forgive: true, Dark: true},
		{Name: "again", URL: server.URL, Width: 800, Height: 600, Forgive: true},
	})
	for i, want := range [][]string{{"image-alt"}, {"color-contrast", "image-alt"}, {"image-alt"}} {
		var got []string
		for _, v := range audits[i].Violations {
			if v.Grave() {
				got = append(got, v.ID)
			}
		}
		if len(got) != len(want) || got[0] != want[0] || got[len(got)-1] != want[len(want)-1] {
			t.Errorf("%s: found %v, want %v\n%v", audits[i].View.Name, got, want, audits[i].Violations)
		}
		if wide := audits[i].Overflow > 0; wide != (audits[i].View.Width == 320) {
			t.Errorf("%s: the page is %d pixels too wide", audits[i].View.Name, audits[i].Overflow)
		}
	}
}
