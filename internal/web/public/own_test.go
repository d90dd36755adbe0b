package public_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/testkit"
)

// mailed takes the notices that are to be sent, and returns the paths of their links.
func (s *site) mailed(t testing.TB) (paths []string) {
	t.Helper()
	list, err := s.store.TakeNotices(t.Context(), s.now(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range list {
		to, ok, err := s.audience.NoticeTo(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			paths = append(paths, s.audience.NoticeURL("", n))
			s.sentTo = append(s.sentTo, to.String())
		}
	}
	return paths
}

// private returns the path of the active reader's private page, as it was mailed.
func (s *site) private(t testing.TB) string {
	t.Helper()
	s.page(t, s.post(t, s.prefs, "action=ask-private"))
	paths := s.mailed(t)
	if len(paths) != 1 || s.sentTo[len(s.sentTo)-1] != address {
		t.Fatalf("mailed are %q to %q", paths, s.sentTo)
	}
	return paths[0]
}

func TestThePrivatePageSaysNothingBeforeItIsAsked(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.private(t)
	before := s.dump(t)
	s.page(t, s.get(t, path)) // has no address, name or topic
	s.do(t, "HEAD", path, "", "")
	s.page(t, s.post(t, path, ""))
	s.page(t, s.post(t, path, "action=ask-erase"))
	if s.dump(t) != before {
		t.Error("looking changed something")
	}
	body := text(t, s.post(t, path, "action=show"))
	for _, want := range []string{address, title, "/p/"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q: %s", want, body)
		}
	}
	if s.dump(t) != before {
		t.Error("showing changed something")
	}
}

// Links of mails do not open what is private, nor the other way round, and an old one
// does not either.
func TestOnlyThePrivateLinkOpensThePrivatePage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.private(t)
	for _, link := range []string{s.prefs[3:], s.leave[3:], s.confirm[3:], strings.Repeat("A", 44), "x"} {
		for _, form := range []string{"action=show", "action=download", "action=erase", "action=address&email=x@example.net"} {
			if r := s.post(t, "/m/"+link, form); r.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %d", form, r.StatusCode)
			}
		}
	}
	for _, way := range []string{"/p/", "/u/", "/v/", "/c/", "/b/", "/n/"} {
		if r := s.get(t, way+path[3:]); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", way, r.StatusCode)
		}
	}
	s.at(audience.PrivateTime + time.Millisecond)
	if r := s.get(t, path); r.StatusCode != http.StatusNotFound {
		t.Errorf("later: %d", r.StatusCode)
	}
}

func TestThePrivateLinkIsMailedAFewTimesADay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	first := ""
	for range 50 {
		body := text(t, s.post(t, s.prefs, "action=ask-private"))
		if first == "" {
			first = body
		}
		if body != first {
			t.Fatal("the answers differ")
		}
	}
	if n := len(s.mailed(t)); n != 3 {
		t.Errorf("%d mails, want 3", n)
	}
	s.at(25 * time.Hour)
	s.post(t, s.prefs, "action=ask-private")
	if n := len(s.mailed(t)); n != 1 {
		t.Errorf("%d mails on the next day, want 1", n)
	}
	if err := s.audience.Suppress(t.Context(), s.addressOf(t), drip.SuppressedByReader); err != nil {
		t.Fatal(err)
	}
	s.at(50 * time.Hour)
	if body := text(t, s.post(t, s.prefs, "action=ask-private")); body != first {
		t.Error("who is suppressed gets another answer")
	}
	if n := len(s.mailed(t)); n != 0 {
		t.Errorf("%d mails to somebody who is suppressed", n)
	}
}

func TestMyDataHasAllOfIt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.sendFirst(t)
	s.post(t, s.prefs, "action=pace&pace=2")
	r := s.post(t, s.private(t), "action=download")
	if got := r.Header.Get("Content-Type"); got != "application/json" || !strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("it is %s, %s", got, r.Header.Get("Content-Disposition"))
	}
	var data struct {
		Person struct {
			Email, Name string
			Consent     struct{ Statement string }
		}
		Series []struct {
			Campaign string
			Pace     int
			Consent  struct{ Statement string }
			Letters  []struct{ Issue, State string }
		}
		Requests []struct{ Kind string }
	}
	if err := json.Unmarshal([]byte(text(t, r)), &data); err != nil {
		t.Fatal(err)
	}
	if data.Person.Email != address || data.Person.Name != title || data.Person.Consent.Statement != "paper form" {
		t.Errorf("the person is %+v", data.Person)
	}
	if len(data.Series) != 1 || data.Series[0].Pace != 2 || data.Series[0].Campaign != topic || data.Series[0].Consent.Statement != "paper form" {
		t.Fatalf("the series are %+v", data.Series)
	}
	if l := data.Series[0].Letters; len(l) != 1 || l[0].State != "sent" {
		t.Errorf("the letters are %+v", l)
	}
	if len(data.Requests) != 1 {
		t.Errorf("the requests are %+v", data.Requests)
	}
}

func TestErasingOneself(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := s.private(t)
	if got := s.page(t, s.post(t, path, "action=ask-erase")).One(t, "h1").Text(); got != "Erase everything about you?" {
		t.Errorf("it asks %q", got)
	}
	if got := s.page(t, s.post(t, path, "action=erase")).One(t, "h1").Text(); got != "You are erased" {
		t.Errorf("it says %q", got)
	}
	for _, link := range []string{path, s.prefs} {
		for _, r := range []*http.Response{s.get(t, link), s.post(t, link, "action=erase"), s.post(t, link, "action=ask-private")} {
			if r.StatusCode != http.StatusNotFound {
				t.Errorf("afterwards: %d", r.StatusCode)
			}
		}
	}
	s.page(t, s.post(t, s.leave, "List-Unsubscribe=One-Click"))
	if dump := s.dump(t); strings.Contains(dump, address) {
		t.Error("the address is still there")
	}
}

// asksFor has the active reader ask for an address, and returns the links that were
// mailed to it.
func (s *site) asksFor(t testing.TB, path, email string) (body string, links []string) {
	t.Helper()
	body = text(t, s.post(t, path, "action=address&email="+url.QueryEscape(email)))
	return body, s.mailed(t)
}

func TestAnotherAddress(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	private := s.private(t)
	_, links := s.asksFor(t, private, " New.Ann@Example.net ")
	if len(links) != 1 || s.sentTo[1] != "New.Ann@example.net" {
		t.Fatalf("mailed are %q to %q", links, s.sentTo)
	}
	before := s.dump(t)
	s.page(t, s.get(t, links[0]))
	s.do(t, "HEAD", links[0], "", "")
	if s.dump(t) != before {
		t.Error("looking changed something")
	}
	for range 2 {
		if got := s.page(t, s.post(t, links[0], "action=yes")).One(t, "h1").Text(); got != "Done" {
			t.Errorf("it says %q", got)
		}
	}
	if got := s.page(t, s.post(t, links[0], "action=no")).One(t, "h1").Text(); got != "This address can’t be used" {
		t.Errorf("no after yes: it says %q", got)
	}
	if got := s.addressOf(t).String(); got != "New.Ann@example.net" {
		t.Errorf("the address is %s", got)
	}
	if r := s.get(t, private); r.StatusCode != http.StatusNotFound {
		t.Errorf("the private link that went to the old address: %d", r.StatusCode)
	}
	// The links of the mails they have go on working, and what is private goes to the
	// new address now.
	s.page(t, s.get(t, s.prefs))
	s.post(t, s.prefs, "action=ask-private")
	if s.mailed(t); s.sentTo[len(s.sentTo)-1] != "New.Ann@example.net" {
		t.Errorf("the private link went to %q", s.sentTo)
	}
}

// Whoever asks for an address cannot learn who has it, nor mail somebody with it.
func TestAddressesAreNotGivenAway(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	gone, err := mailaddr.Parse("gone@example.net")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.audience.Suppress(t.Context(), gone, drip.SuppressedByReader); err != nil {
		t.Fatal(err)
	}
	path := s.private(t)
	free, links := s.asksFor(t, path, "free@example.net")
	if len(links) != 1 {
		t.Fatalf("mailed are %q", links)
	}
	for _, email := range []string{"bob.secret@example.org", "gone@example.net"} {
		if body, links := s.asksFor(t, path, email); body != free || len(links) != 0 {
			t.Errorf("%s: %d mails, the same answer: %v", email, len(links), body == free)
		}
	}
	for _, bad := range []string{"Ann.Secret@Example.org", strings.ToUpper(address[:1]) + address[1:]} {
		if page := testkit.ParseHTML(t, text(t, s.post(t, path, "action=address&email="+url.QueryEscape(bad)))); len(page.All("#email-error")) != 1 {
			t.Errorf("%s is what they have, in other letters, and no mail would come", bad)
		}
	}
	if body, links := s.asksFor(t, path, "fourth@example.net"); body != free || len(links) != 0 {
		t.Errorf("the fourth: %d mails, the same answer: %v", len(links), body == free)
	}
	before := s.dump(t)
	for _, bad := range []string{"", "x", "a@b@c", address, "a@example.net\r\nBcc: v@example.net", `"><script>x</script>`, strings.Repeat("é", 999)} {
		page := testkit.ParseHTML(t, text(t, s.post(t, path, "action=address&email="+url.QueryEscape(bad))))
		if got := page.One(t, "#email-error").Text(); got == "" || len(page.All("script")) != 0 {
			t.Errorf("%q: %q", bad, got)
		}
	}
	if s.dump(t) != before {
		t.Error("something changed")
	}
}

// What a sign-up page does not write to is not asked here either: a mailbox that wants no
// mail, by another spelling, and those that are nobody's own.
func TestAddressesThatAreNotAsked(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.files.campaign.From = mailbox(t, `"Herbs" <letters@letters.example.org>`)
	gone, err := mailaddr.Parse("gone@example.net")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.audience.Suppress(t.Context(), gone, drip.SuppressedByErasure); err != nil {
		t.Fatal(err)
	}
	for i, email := range []string{"gone+anew@example.net", "postmaster@example.net", "info@example.net", "letters+x@letters.example.org", "free+anew@example.net"} {
		s.at(time.Duration(i) * 25 * time.Hour)
		if _, links := s.asksFor(t, s.private(t), email); len(links) != 0 != strings.HasPrefix(email, "free") {
			t.Errorf("%s was sent %d mails", email, len(links))
		}
	}
}

// A mail program that stops the mail to the new address says no, and so does time.
func TestTheNewAddressCanSayNo(t *testing.T) {
	t.Parallel()
	for name, no := range map[string]func(*site, string){
		"one click": func(s *site, link string) { s.post(t, link, "List-Unsubscribe=One-Click") },
		"a button":  func(s *site, link string) { s.post(t, link, "action=no") },
		"nothing":   func(s *site, link string) { s.post(t, link, "") },
		"time":      func(s *site, _ string) { s.at(audience.MoveTime + time.Millisecond) },
		"erasing":   func(s *site, _ string) { _ = s.audience.Erase(t.Context(), audience.Who{ID: s.active.Subscriber}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			_, links := s.asksFor(t, s.private(t), "new@example.net")
			no(s, links[0])
			if r := s.post(t, links[0], "action=yes"); r.StatusCode != http.StatusNotFound {
				t.Errorf("afterwards: %d", r.StatusCode)
			}
			if name != "erasing" && s.addressOf(t).String() != address {
				t.Error("the address was taken")
			}
		})
	}
}

// An address that was suppressed, or taken, while the mail was on its way stays so.
func TestTheNewAddressIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	for name, happens := range map[string]func(*site, mailaddr.Address) error{
		"suppressed": func(s *site, a mailaddr.Address) error {
			return s.audience.Suppress(t.Context(), a, drip.SuppressedByBounce)
		},
		"taken": func(s *site, a mailaddr.Address) error {
			_, err := s.audience.Add(t.Context(), audience.NewPerson{Email: a})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			_, links := s.asksFor(t, s.private(t), "new@example.net")
			a, err := mailaddr.Parse("new@example.net")
			if err == nil {
				err = happens(s, a)
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := s.page(t, s.post(t, links[0], "action=yes")).One(t, "h1").Text(); got != "This address can’t be used" || s.addressOf(t).String() != address {
				t.Errorf("it says %q", got)
			}
		})
	}
}

// addressOf returns the active reader's address.
func (s *site) addressOf(t testing.TB) mailaddr.Address {
	t.Helper()
	p, err := s.store.Subscriber(t.Context(), s.active.Subscriber)
	if err != nil {
		t.Fatal(err)
	}
	return p.Email
}
