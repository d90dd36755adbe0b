package public_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"partwork/internal/testkit"
)

// asking sends a request of a browser that prefers a language.
func (s *site) asking(t testing.TB, method, target, form, prefers string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(form))
	r.Header.Set("Content-Type", urlencoded)
	if prefers != "" {
		r.Header.Set("Accept-Language", prefers)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

// The campaign's language comes first; if it has none, or there are no texts in it, the
// browser's; and pages that belong to no campaign go by the browser.
func TestTheLanguageSuitsCampaignOrBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	private := s.private(t)
	_, questions := s.asksFor(t, private, "new@example.net")
	moving, undo := questions[0], back(t, s.page(t, s.post(t, s.leave, "action=series")))
	for _, tc := range []struct{ campaign, browser, link, other string }{
		{"", "", "en", "en"}, {"", "de-CH,de;q=0.9", "de", "de"}, {"de", "", "de", "en"}, {"de-AT", "en", "de", "en"},
		{"en", "de", "en", "de"}, {"fr", "de", "de", "de"}, {"fr", "fr", "en", "en"}, {"", "fr,de;q=0.1", "de", "de"},
	} {
		s.files.campaign.Language = tc.campaign
		for _, path := range []string{s.confirm, s.leave, s.prefs, private, moving, undo} {
			r := s.asking(t, "GET", path, "", tc.browser)
			if got := testkit.ParseHTML(t, text(t, r)).One(t, "html").Attr("lang"); got != tc.link || r.Header.Get("Vary") != "Accept-Language" {
				t.Errorf("campaign %q, browser %q: %.4s is in %q, want %q", tc.campaign, tc.browser, path, got, tc.link)
			}
		}
		for _, path := range []string{"/", "/u/x", "/nothing", "/v/x", "/u/" + s.confirm[3:], "/m/" + moving[3:], "/b/" + private[3:]} {
			if got := testkit.ParseHTML(t, text(t, s.asking(t, "GET", path, "", tc.browser))).One(t, "html").Attr("lang"); got != tc.other {
				t.Errorf("campaign %q, browser %q: %.4s is in %q, want %q", tc.campaign, tc.browser, path, got, tc.other)
			}
		}
	}
}

// Nobody agrees to words that they have not seen.
func TestTheConsentIsInTheLanguageOfThePage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.files.campaign.Language = "de"
	shown := testkit.ParseHTML(t, text(t, s.get(t, s.confirm))).One(t, ".statement").Text()
	if !strings.HasPrefix(shown, "Ich habe diese E-Mail-Reihe bestellt") {
		t.Errorf("the page says %q", shown)
	}
	if h1 := testkit.ParseHTML(t, text(t, s.post(t, s.confirm, ""))).One(t, "h1").Text(); h1 != "Sie sind dabei" {
		t.Errorf("the answer says %q", h1)
	}
	if n := strings.Count(s.dump(t), shown); n != 1 {
		t.Errorf("the consent is kept %d times", n)
	}
}

// Taking a leaving back is a consent, too.
func TestTheConsentToComeBackIsInTheLanguageOfThePage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.files.campaign.Language = "de"
	left := s.page(t, s.post(t, s.leave, "action=series"))
	const says = "Ich habe diese E-Mails gerade eben beendet und möchte sie nun doch weiter bekommen."
	if shown := left.One(t, "#undo-says").Text(); !strings.Contains(shown, says) {
		t.Errorf("the page says %q", shown)
	}
	if h1 := s.page(t, s.post(t, back(t, left), "action=undo")).One(t, "h1").Text(); h1 != "Es geht weiter" {
		t.Errorf("the answer says %q", h1)
	}
	if n := strings.Count(s.dump(t), says); n != 1 {
		t.Errorf("the consent is kept %d times", n)
	}
}

// asked is a request, and what the answer has to have.
type asked struct{ method, path, form, want string }

// inGerman sends requests, and checks that the answers are German.
func (s *site) inGerman(t *testing.T, list []asked) {
	t.Helper()
	for _, tc := range list {
		body := text(t, s.do(t, tc.method, tc.path, urlencoded, tc.form))
		if !strings.Contains(body, tc.want) {
			t.Errorf("%s %.2s %.30s has no %q:\n%s", tc.method, tc.path, tc.form, tc.want, body)
		}
		if strings.HasPrefix(body, "<") && testkit.ParseHTML(t, body).One(t, "html").Attr("lang") != "de" {
			t.Errorf("%s %s is not marked as German", tc.method, tc.path)
		}
	}
}

// The pages of one's own, and those after leaving, in German.
func TestOwnPagesInGerman(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.files.campaign.Language = "de"
	private := s.private(t)
	_, questions := s.asksFor(t, private, "new@example.net")
	_, others := s.asksFor(t, private, "mistyped@example.net")
	declined := others[0]
	undo := back(t, s.page(t, s.post(t, s.leave, "action=series")))
	s.inGerman(t, []asked{
		{"POST", s.prefs, "action=ask-private", "Wir schicken den Link zu Ihrer eigenen Seite"},
		{"GET", private, "", "Meine Reihen und Briefe zeigen"},
		{"POST", private, "action=show", "an die Adresse <strong>" + address},
		{"POST", private, "action=download", "Das ist alles, was hier über Sie gespeichert ist."},
		{"POST", private, "action=address&email=x", "An diese Adresse können wir nicht schreiben"},
		{"POST", private, "action=address&email=other@example.net", "Wir schreiben an die neue Adresse."},
		{"POST", private, "action=ask-erase", "Alles über Sie löschen?"},
		{"GET", undo, "", "Diese Reihe ist beendet"},
		{"POST", undo, "action=why", "Bitte wählen Sie unten einen der Gründe"},
		{"POST", undo, "action=why&why=elsewhere", "Vielen Dank. Das hilft uns."},
		{"POST", undo, "action=undo", "Es geht weiter"},
		{"GET", questions[0], "", "Sollen Ihre E‑Mails hierher kommen?"},
		{"POST", declined, "action=no", "An diese Adresse kommen keine E‑Mails."},
		{"POST", questions[0], "action=yes", "Von jetzt an kommen Ihre E‑Mails an diese Adresse."},
	})
}

// Every page there is, in German: none falls back, and dates are German.
func TestPagesInGerman(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.files.campaign.Language = "de"
	s.files.campaign.Timezone = "subscriber"
	s.inGerman(t, []asked{
		{"GET", s.prefs, "", "Ihre E‑Mails"},
		{"POST", s.prefs, "action=pause&until=x", "Wählen Sie einen Tag von Mittwoch, 25. März 2026 bis Mittwoch, 24. März 2027, zum Beispiel 2026-03-25."},
		{"POST", s.prefs, "action=zone&zone=Berln", "Diese Zeitzone kennen wir nicht."},
		{"POST", s.prefs, "action=ask-restart", "Noch einmal von vorn?"},
		{"POST", s.prefs, "action=pause&until=2026-04-03", "Pause eingelegt. Vor Freitag, 3. April 2026 kommt nichts."},
		{"PUT", s.prefs, "", "Diese Methode ist hier nicht erlaubt."},
		{"POST", s.leave, "x=" + strings.Repeat("x", 65<<10), "Das ist zu viel auf einmal."},
		{"POST", s.leave, "action=series", "Diese Reihe ist beendet"},
		{"POST", s.leave, "action=everything", "Alles ist beendet"},
		{"GET", s.prefs, "", "Diese Reihe kommt zurzeit nicht zu Ihnen."},
	})
	for _, path := range []string{"/", "/nothing"} {
		if body := text(t, s.asking(t, "GET", path, "", "de")); !strings.Contains(body, `<html lang="de" dir="ltr">`) {
			t.Errorf("%s is\n%s", path, body)
		}
	}
}
