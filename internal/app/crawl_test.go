package app_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/mailaddr"
	"partwork/internal/testkit"
)

// linksIn returns every link of a message: of its text, its HTML and its headers.
func linksIn(t testing.TB, m testkit.Message) []string {
	t.Helper()
	header, text, html := mailParts(t, m)
	return regexp.MustCompile(regexp.QuoteMeta(mailedBase)+`[^\s<>"]*`).FindAllString(text+" "+html+" "+header.Get("List-Unsubscribe"), -1)
}

// TestScannersAndBrowsersChangeNothing follows every link of every mail that was captured,
// an invitation and two issues, with GET and HEAD, and then opens each in a browser that
// runs scripts and is given time to: the database afterwards is the one before, row by row.
func TestScannersAndBrowsersChangeNothing(t *testing.T) {
	testkit.Outside(t)
	t.Parallel()
	d := newDesk(t)
	relay := testkit.Start(t, testkit.Script{})
	d.illustrate("hosted", picture(t, 10))
	program, err := d.Library.Campaign("letters")
	if err != nil {
		t.Fatal(err)
	}
	bob, err := mailaddr.Parse("bob@example.net")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Audience.Add(t.Context(), audience.NewPerson{
		Email: bob, Campaign: &audience.CampaignTarget{No: program.Record.No}, Invite: true,
	}); err != nil {
		t.Fatal(err)
	}
	d.step(newsday)
	d.got(relay, 2)
	d.step(newsday.AddDate(0, 0, 7))
	d.got(relay, 3)

	var links []string
	for _, m := range relay.Accepted() {
		links = append(links, linksIn(t, m)...)
	}
	slices.Sort(links)
	links = slices.Compact(links)
	kinds := map[string]int{}
	for _, link := range links {
		kinds[strings.TrimPrefix(link, mailedBase)[:3]]++
	}
	// bob is invited: his mail can confirm and, in its header, leave. ada's lead to two
	// pages of mails, and to the image that both show.
	if want := map[string]int{"/c/": 1, "/u/": 2, "/p/": 1, "/v/": 2, "/i/": 1}; len(kinds) != len(want) || kinds["/c/"] != 1 || kinds["/u/"] != 2 || kinds["/v/"] != 2 {
		t.Fatalf("the mails have the links %v, want %v", kinds, want)
	}
	d.served(relay, func(r *running) {
		before := testkit.Dump(t, d.cfg.Database.Path(), beating...)
		for _, link := range links {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				if response, _ := r.ask(method, link, ""); response.StatusCode != http.StatusOK {
					t.Errorf("%s %s: %d", method, link, response.StatusCode)
				}
			}
		}
		page := testkit.OpenPage(t, 390, 844, false, time.Minute)
		for _, link := range links {
			page.Visit(r.base + strings.TrimPrefix(link, mailedBase))
			// A script that submits a form does so by now.
			page.Evaluate(`new Promise((resolve) => setTimeout(resolve, 50))`)
			if got := page.Evaluate(`document.scripts.length`); got != "0" {
				t.Errorf("%s has %s scripts", link, got)
			}
		}
		if after := testkit.Dump(t, d.cfg.Database.Path(), beating...); after != before {
			t.Errorf("looking changed the database:\n%s\nbefore:\n%s", after, before)
		}
	})
	if n := len(relay.Accepted()); n != 3 {
		t.Errorf("%d messages were sent", n)
	}
	d.verify(t)
}
