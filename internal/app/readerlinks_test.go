package app_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// mailParts returns the text and the HTML of a message, decoded.
func mailParts(t testing.TB, m testkit.Message) (header mail.Header, text, html string) {
	t.Helper()
	parsed, err := mail.ReadMessage(bytes.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	var walk func(kind string, r io.Reader)
	walk = func(kind string, r io.Reader) {
		media, params, err := mime.ParseMediaType(kind)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(media, "multipart/") {
			body, err := io.ReadAll(quotedprintable.NewReader(r))
			if err != nil && strings.HasPrefix(media, "text/") {
				t.Fatal(err)
			}
			switch media {
			case "text/plain":
				text = strings.ReplaceAll(string(body), "\r\n", "\n")
			case "text/html":
				html = strings.ReplaceAll(string(body), "\r\n", "\n")
			}
			return
		}
		for parts := multipart.NewReader(r, params["boundary"]); ; {
			part, err := parts.NextRawPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			walk(part.Header.Get("Content-Type"), part)
		}
	}
	walk(parsed.Header.Get("Content-Type"), parsed.Body)
	return parsed.Header, text, html
}

// ask sends a request to the readers' pages for a link in a mail.
func (r *running) ask(method, link, form string) (*http.Response, string) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), method, r.base+strings.TrimPrefix(link, mailedBase), strings.NewReader(form))
	if err != nil {
		r.t.Fatal(err)
	}
	if form != "" {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return response, string(body)
}

// mailedBase is the public URL of the tests.
const mailedBase = "http://127.0.0.1:8080"

// readerLink returns the link of that kind, such as "p", from the text of a mail.
func readerLink(t testing.TB, text, kind string) string {
	t.Helper()
	m := regexp.MustCompile(`<(` + regexp.QuoteMeta(mailedBase) + `/` + kind + `/[A-Za-z0-9_-]{44})>`).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("the mail has no link /%s/:\n%s", kind, text)
	}
	return m[1]
}

// got serves until ada has so many messages, and returns the last.
func (d *desk) got(relay *testkit.Relay, n int) testkit.Message {
	d.t.Helper()
	d.served(relay, func(*running) {
		relay.Await(d.t, "a message", func() bool { return len(relay.Accepted()) == n })
	})
	return relay.Accepted()[n-1]
}

// TestViewShowsWhatWasSent opens the page of a mail after everything about it has
// changed: the text, the layout, the image, the reader's name.
func TestViewShowsWhatWasSent(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	relay := testkit.Start(t, testkit.Script{})
	pots := picture(t, 10)
	d.illustrate("embedded", pots)
	d.step(newsday)
	_, text, html := mailParts(t, d.got(relay, 1))
	view := readerLink(t, text, "v")

	d.replace("01-one.md", "The text.", "Another text.")
	d.save("campaigns/letters/img/pots.png", picture(t, 200))
	d.save("templates/email/layout.html", "<p>{{.Content}} <a href=\"{{.Unsubscribe}}\">Leave</a></p>")
	d.reread()
	importNames(t, d, "ada@example.net,Beatrix")
	want := regexp.MustCompile(`cid:[0-9a-f]{32}@letters\.net`).ReplaceAllString(html, "data:image/png;base64,"+base64.StdEncoding.EncodeToString([]byte(pots)))
	if want == html {
		t.Fatalf("the mail has no image:\n%s", html)
	}
	d.served(relay, func(r *running) {
		response, page := r.ask("GET", view, "")
		if response.StatusCode != http.StatusOK || page != strings.TrimSuffix(want, "\n") && page != want {
			t.Errorf("%d; the page differs from the mail:\n%s\n\nwant\n%s", response.StatusCode, page, want)
		}
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
			"Referrer-Policy":         "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow",
			"Content-Type": "text/html; charset=utf-8", "Set-Cookie": "",
		} {
			if got := response.Header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		if strings.Contains(strings.ToLower(page), "ada@example") {
			t.Error("the page has the reader's address")
		}
		// Who left may read on; of who was erased nothing is known.
		if left, _ := r.ask("POST", readerLink(t, text, "u"), "action=series"); left.StatusCode != http.StatusOK {
			t.Errorf("leaving: %d", left.StatusCode)
		}
		if response, again := r.ask("GET", view, ""); response.StatusCode != http.StatusOK || again != page {
			t.Errorf("after leaving: %d", response.StatusCode)
		}
		if err := d.Audience.Erase(t.Context(), audience.Who{ID: onlyEnrollment(t, d.instance).Subscriber}); err != nil {
			t.Fatal(err)
		}
		_, gone := r.ask("GET", "/nothing", "")
		for _, method := range []string{"GET", "HEAD"} {
			if response, page := r.ask(method, view, ""); response.StatusCode != http.StatusNotFound || method == "GET" && page != gone {
				t.Errorf("%s after erasing: %d", method, response.StatusCode)
			}
		}
	})
}

// importNames imports people with their names, into no campaign.
func importNames(t *testing.T, d *desk, lines ...string) {
	t.Helper()
	list := strings.NewReader("email,name\n" + strings.Join(lines, "\n") + "\n")
	if _, err := d.Audience.Import(t.Context(), list, audience.ImportOptions{File: "names.csv"}); err != nil {
		t.Fatal(err)
	}
}

// TestViewLinksOpenOneDelivery tries the link of a mail for other purposes, other
// links for this one, and every change of one bit.
func TestViewLinksOpenOneDelivery(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	relay := testkit.Start(t, testkit.Script{})
	d.step(newsday)
	_, text, _ := mailParts(t, d.got(relay, 1))
	tokens := map[string]string{}
	for _, kind := range []string{"u", "p", "v"} {
		tokens[kind] = readerLink(t, text, kind)[len(mailedBase)+3:]
	}
	unsent := d.Audience.ViewURL("", drip.DeliveryKey{Enrollment: onlyEnrollment(t, d.instance).ID, Issue: d.entries(t)[0].Issue + 1})
	d.served(relay, func(r *running) {
		_, gone := r.ask("GET", "/nothing", "")
		refused := func(path string) {
			if response, page := r.ask("GET", path, ""); response.StatusCode != http.StatusNotFound || page != gone {
				t.Errorf("%s: %d", path, response.StatusCode)
			}
		}
		for kind := range tokens {
			for other, token := range tokens {
				if kind != other {
					refused("/" + kind + "/" + token)
				}
			}
		}
		refused(unsent)
		raw, err := base64.RawURLEncoding.DecodeString(tokens["v"])
		if err != nil {
			t.Fatal(err)
		}
		for bit := range 8 * len(raw) {
			changed := slices.Clone(raw)
			changed[bit/8] ^= 1 << (bit % 8)
			refused("/v/" + base64.RawURLEncoding.EncodeToString(changed))
		}
		for _, method := range []string{"POST", "PUT", "DELETE"} {
			if response, _ := r.ask(method, "/v/"+tokens["v"], ""); response.StatusCode != http.StatusMethodNotAllowed {
				t.Errorf("%s: %d", method, response.StatusCode)
			}
		}
	})
}

// TestCrawlersChangeNothing opens every link of a mail the way scanners do, and every
// link of the pages behind them.
func TestCrawlersChangeNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	relay := testkit.Start(t, testkit.Script{})
	d.illustrate("hosted", picture(t, 10))
	d.step(newsday)
	header, text, html := mailParts(t, d.got(relay, 1))
	found := regexp.MustCompile(regexp.QuoteMeta(mailedBase)+`[^\s<>"]*`).FindAllString(text+" "+html+" "+header.Get("List-Unsubscribe"), -1)
	slices.Sort(found)
	found = slices.Compact(found)
	if len(found) != 4 { // leave, preferences, view, image
		t.Fatalf("the mail has the links %q", found)
	}
	d.served(relay, func(r *running) {
		before := testkit.Dump(t, d.cfg.Database.Path(), beating...)
		seen := map[string]bool{}
		for todo := found; len(todo) > 0; todo = todo[1:] {
			link := todo[0]
			if seen[link] {
				continue
			}
			seen[link] = true
			for _, suffix := range []string{"", "?action=restart", "?utm_source=x"} {
				for _, method := range []string{"GET", "HEAD"} {
					response, page := r.ask(method, link+suffix, "")
					if response.StatusCode != http.StatusOK || method == "HEAD" && page != "" {
						t.Errorf("%s %s: %d", method, link+suffix, response.StatusCode)
					}
					if method == "GET" && strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") {
						for _, a := range testkit.ParseHTML(t, page).All("a, link, img") {
							for _, to := range []string{a.Attr("href"), a.Attr("src")} {
								if strings.HasPrefix(to, "/") || strings.HasPrefix(to, mailedBase) {
									todo = append(todo, to)
								}
							}
						}
					}
				}
			}
		}
		if after := testkit.Dump(t, d.cfg.Database.Path(), beating...); after != before {
			t.Errorf("looking changed the database:\n%s\nbefore:\n%s", after, before)
		}
		if len(relay.Accepted()) != 1 {
			t.Errorf("%d messages were sent", len(relay.Accepted()))
		}
	})
	d.verify(t)
}

// TestTheNextOneIsSentFromThePreferences presses the button, twice, and gets one more
// message, with links of its own that work.
func TestTheNextOneIsSentFromThePreferences(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	relay := testkit.Start(t, testkit.Script{})
	d.step(newsday)
	_, text, _ := mailParts(t, d.got(relay, 1))
	d.step(newsday.Add(30 * time.Hour)) // on Wednesday afternoon
	prefs := readerLink(t, text, "p")
	d.served(relay, func(r *running) {
		_, page := r.ask("GET", prefs, "")
		form := "action=next&issue=" + testkit.ParseHTML(t, page).One(t, "input[name=issue]").Attr("value")
		if where := testkit.ParseHTML(t, page).One(t, ".where").Text(); where != "1 of 3 so far. The next one, number 2, comes on Tuesday, March 31, at 9:00 your time." {
			t.Errorf("the page says %q", where)
		}
		for range 2 {
			if response, _ := r.ask("POST", prefs, form); response.StatusCode != http.StatusOK {
				t.Errorf("asking: %d", response.StatusCode)
			}
		}
		relay.Await(t, "the second issue", func() bool { return len(relay.Accepted()) == 2 })
		await(t, "settling", func() bool { return d.instance.sent(t) == 2 })
		_, after := r.ask("POST", prefs, form)
		if notice := testkit.ParseHTML(t, after).One(t, ".notice").Text(); notice != "That one has been sent already. It should be with you soon." {
			t.Errorf("asking once more: %q", notice)
		}
		_, second, _ := mailParts(t, relay.Accepted()[1])
		if view, other := readerLink(t, second, "v"), readerLink(t, text, "v"); view == other {
			t.Error("two issues have one view link")
		} else if _, page := r.ask("GET", view, ""); !strings.Contains(page, "Letter two") {
			t.Errorf("the page of the second issue is\n%s", page)
		}
		if got := readerLink(t, second, "p"); got != prefs {
			t.Errorf("the preferences are at %s and %s", prefs, got)
		}
	})
	if len(relay.Accepted()) != 2 {
		t.Errorf("%d messages", len(relay.Accepted()))
	}
	d.verify(t)
}

// beating are the tables that a running serve writes by itself.
var beating = []string{"server", "instance"}
