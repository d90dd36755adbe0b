package public_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// wanted are the words of the preferences page that say what comes.
func (s *site) where(t testing.TB, r *http.Response) string {
	t.Helper()
	if r.StatusCode != http.StatusOK {
		t.Errorf("status %d", r.StatusCode)
	}
	return testkit.ParseHTML(t, text(t, r)).One(t, ".where").Text()
}

// open returns the active reader's open enrollment.
func (s *site) open(t testing.TB) drip.Enrollment {
	t.Helper()
	all, err := s.store.EnrollmentsOf(t.Context(), s.active.Subscriber)
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	return all[len(all)-1]
}

func TestPreferencesSayWhereYouAre(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.sendFirst(t)
	before := s.dump(t)
	body := text(t, s.get(t, s.prefs))
	testkit.Golden(t, "testdata/preferences.golden", []byte(strings.ReplaceAll(withoutZones(body), s.leave, "/u/LEAVE")))
	page := testkit.ParseHTML(t, body)
	if got, want := page.One(t, ".where").Text(), "1 of 3 so far. The next one, number 2, comes on Tuesday, March 31, at 9:00 your time."; got != want {
		t.Errorf("the page says %q, want %q", got, want)
	}
	for _, form := range page.All("form") {
		if form.Attr("method") != "post" || len(form.All("button[type=submit]")) != 1 {
			t.Errorf("a form with %d buttons by %q", len(form.All("button[type=submit]")), form.Attr("method"))
		}
	}
	for _, field := range page.All("input[type=date], input[type=text]") {
		if len(page.All(`label[for="`+field.Attr("id")+`"]`)) != 1 {
			t.Errorf("the field %s has no label", field.Attr("id"))
		}
	}
	if leave := page.One(t, "a.button").Attr("href"); leave != s.leave {
		t.Errorf("the link to leave is %s", leave)
	}
	if s.dump(t) != before {
		t.Error("looking changed something")
	}
}

// withoutZones leaves the suggestions out, which are many.
func withoutZones(body string) string {
	before, rest, _ := strings.Cut(body, `<option value="Africa/Abidjan">`)
	_, after, _ := strings.Cut(rest, "</datalist>")
	return before + "</datalist>" + after
}

func TestPausing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for range 2 {
		r := s.post(t, s.prefs, "action=pause&until=2026-04-20")
		page := testkit.ParseHTML(t, text(t, r))
		if got := page.One(t, ".notice").Text(); r.StatusCode != http.StatusOK || got != "Paused. Nothing comes before Monday, April 20, 2026." {
			t.Errorf("%d %q", r.StatusCode, got)
		}
		if got, want := page.One(t, ".where").Text(), "0 of 3 so far. The next one, number 1, comes on Tuesday, April 21, at 9:00 your time. You asked for a pause until Monday, April 20, 2026."; got != want {
			t.Errorf("the page says %q, want %q", got, want)
		}
		if len(page.All(`button[value="next"]`)) != 0 || len(page.All(`button[value="resume"]`)) != 1 {
			t.Error("who pauses can end that, and cannot ask for the next one")
		}
	}
	if got := s.open(t).PausedUntil; !got.Equal(time.Date(2026, 4, 20, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("paused until %v", got)
	}
	page := testkit.ParseHTML(t, text(t, s.post(t, s.prefs, "action=resume")))
	if got := page.One(t, ".notice").Text(); !strings.HasPrefix(got, "The pause is over.") || !s.open(t).PausedUntil.IsZero() {
		t.Errorf("%q, paused until %v", got, s.open(t).PausedUntil)
	}
}

// What cannot be granted is said beside its field, with what was typed, and how to
// mend it.
func TestWhatCannotBeGrantedIsSaidBesideItsField(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		form, field, says, shown string
	}{
		"a date that has passed":  {"action=pause&until=2026-03-24", "until", "Choose a day from Wednesday, March 25, 2026 to Wednesday, March 24, 2027, such as 2026-03-25.", "2026-03-24"},
		"a date that is too far":  {"action=pause&until=2027-03-25", "until", "Choose a day from", "2027-03-25"},
		"no date":                 {"action=pause&until=tomorrow", "until", "Choose a day from", "tomorrow"},
		"an empty date":           {"action=pause", "until", "Choose a day from", ""},
		"a zone that there is no": {"action=zone&zone=Londno", "zone", "We don’t know this time zone. Write it like Europe/London, America/New_York or Asia/Kolkata", "Londno"},
		"the host's zone":         {"action=zone&zone=Local", "zone", "We don’t know", "Local"},
		"a path":                  {"action=zone&zone=../../etc/passwd", "zone", "We don’t know", "../../etc/passwd"},
		"markup":                  {"action=zone&zone=" + url.QueryEscape(`"><script>x</script>`), "zone", "We don’t know", `"><script>x</script>`},
		"a long one":              {"action=zone&zone=" + strings.Repeat("é", 999), "zone", "We don’t know", strings.Repeat("é", 32)},
		"no zone":                 {"action=zone", "zone", "We don’t know", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.files.campaign.Timezone = drip.SubscriberZone
			before := s.dump(t)
			r := s.post(t, s.prefs, tc.form)
			page := testkit.ParseHTML(t, text(t, r))
			problem, field := page.One(t, "#"+tc.field+"-error"), page.One(t, "#"+tc.field)
			if !strings.HasPrefix(problem.Text(), tc.says) || r.StatusCode != http.StatusOK {
				t.Errorf("%d: %q", r.StatusCode, problem.Text())
			}
			if field.Attr("value") != tc.shown || field.Attr("aria-invalid") != "true" || !strings.Contains(field.Attr("aria-describedby"), tc.field+"-error") {
				t.Errorf("the field: value %q, aria-describedby %q", field.Attr("value"), field.Attr("aria-describedby"))
			}
			if title := page.One(t, "title").Text(); !strings.HasPrefix(title, "Not done yet") {
				t.Errorf("the title is %q", title)
			}
			if len(page.All("script")) != 0 || s.dump(t) != before {
				t.Error("a script, or something changed")
			}
		})
	}
}

func TestChoosingAPace(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.sendFirst(t)
	page := testkit.ParseHTML(t, text(t, s.post(t, s.prefs, "action=pace&pace=2")))
	if got := page.One(t, ".notice").Text(); got != "Saved: every second date." || s.open(t).Pace != 2 {
		t.Errorf("%q, pace %d", got, s.open(t).Pace)
	}
	if got := page.One(t, "input[type=radio][checked]").Attr("value"); got != "2" {
		t.Errorf("%s is checked", got)
	}
	for _, form := range []string{"action=pace&pace=3", "action=pace", "action=pace&pace=x", "action=pace&pace=-1"} {
		page := testkit.ParseHTML(t, text(t, s.post(t, s.prefs, form)))
		if got := page.One(t, "#pace-error").Text(); got != "Choose one of these three." || s.open(t).Pace != 2 {
			t.Errorf("%s: %q, pace %d", form, got, s.open(t).Pace)
		}
	}
}

func TestChoosingAZone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if page := testkit.ParseHTML(t, text(t, s.get(t, s.prefs))); len(page.All("#zone")) != 0 {
		t.Error("the series has one clock for everybody, and the page offers another")
	}
	s.files.campaign.Timezone = drip.SubscriberZone
	for written, want := range map[string]string{
		"Asia/Tokyo": "Asia/Tokyo", " tokyo ": "Asia/Tokyo", "new york": "America/New_York", "america/new_york": "America/New_York", "Asia/Calcutta": "Asia/Calcutta", "UTC": "UTC",
	} {
		page := testkit.ParseHTML(t, text(t, s.post(t, s.prefs, "action=zone&zone="+url.QueryEscape(written))))
		person, err := s.store.Subscriber(t.Context(), s.active.Subscriber)
		if got := page.One(t, ".notice").Text(); err != nil || got != "Saved: we go by the clock of "+want+"." || person.Timezone != want {
			t.Errorf("%q: %q, zone %s (%v)", written, got, person.Timezone, err)
		}
		if got := page.One(t, "#zone").Attr("value"); got != want {
			t.Errorf("the field has %q", got)
		}
	}
}

// The button names what it asks for, so that a double click brings one issue.
func TestAskingForTheNextOne(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	page := testkit.ParseHTML(t, text(t, s.get(t, s.prefs)))
	name := page.One(t, "input[name=issue]").Attr("value")
	if strings.Contains(name, topic) || len(name) != 32 {
		t.Errorf("the issue is called %q", name)
	}
	form := "action=next&issue=" + name
	r := s.post(t, s.prefs, form)
	if got, want := s.where(t, r), "0 of 3 so far. The next one, number 1, is on its way."; got != want {
		t.Errorf("the page says %q, want %q", got, want)
	}
	if got := s.open(t).AskedAt; got.IsZero() {
		t.Error("nothing was asked for")
	}
	s.active = s.open(t)
	s.sendFirst(t)
	before := s.dump(t)
	page = testkit.ParseHTML(t, text(t, s.post(t, s.prefs, form)))
	if got := page.One(t, ".notice").Text(); got != "That one has been sent already. It should be with you soon." || s.dump(t) != before {
		t.Errorf("asking once more: %q", got)
	}
	for _, other := range []string{"action=next", "action=next&issue=" + topic + "-2", "action=next&issue=" + strings.Repeat("a", 32)} {
		page := testkit.ParseHTML(t, text(t, s.post(t, s.prefs, other)))
		if got := page.One(t, ".notice.wrong").Text(); !strings.HasPrefix(got, "That can’t be sent right now.") || s.dump(t) != before {
			t.Errorf("%s: %q", other, got)
		}
	}
}

// Starting over asks once more, and twice is once.
func TestStartingOver(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.sendFirst(t)
	before := s.dump(t)
	page := testkit.ParseHTML(t, text(t, s.post(t, s.prefs, "action=ask-restart")))
	if got := page.One(t, "h1").Text(); got != "Start again from the first?" || s.dump(t) != before {
		t.Errorf("%q, or something changed", got)
	}
	target := page.One(t, "form").Attr("action")
	if back := page.One(t, "a.button").Attr("href"); back != s.prefs || target != s.prefs {
		t.Errorf("the form goes to %s, the link to %s", target, back)
	}
	for range 2 { // a double click
		r := s.post(t, target, "action=restart")
		if got := s.where(t, r); !strings.HasPrefix(got, "0 of 3 so far. The next one, number 1, comes on Tuesday, March 31") {
			t.Errorf("the page says %q", got)
		}
	}
	all, err := s.store.EnrollmentsOf(t.Context(), s.active.Subscriber)
	if err != nil || len(all) != 2 || all[0].LeftReason != drip.LeftToRestart || all[1].State != drip.EnrollmentActive {
		t.Errorf("%+v (%v)", all, err)
	}
	// The old link goes on working, for what is open now, and can start over again.
	s.post(t, s.prefs, "action=pace&pace=4")
	if got := s.open(t).Pace; got != 4 {
		t.Errorf("pace %d by the old link", got)
	}
	page = testkit.ParseHTML(t, text(t, s.post(t, s.prefs, "action=ask-restart")))
	if got, want := page.One(t, "form").Attr("action"), s.audience.PreferencesURL("", s.open(t)); got != want {
		t.Errorf("the second question goes to %s, want %s", got, want)
	}
}

// Who is not in the series finds nothing to change; who was erased finds nothing.
func TestPreferencesOfThoseWhoLeft(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	invited := s.audience.PreferencesURL("", s.invited)
	s.post(t, s.leave, "action=series")
	before := s.dump(t)
	for _, path := range []string{s.prefs, invited} {
		for _, r := range []*http.Response{
			s.get(t, path), s.post(t, path, "action=pace&pace=2"), s.post(t, path, "action=next"), s.post(t, path, "action=restart"),
			s.post(t, path, "action=resume"), s.post(t, path, "action=zone&zone=Asia/Tokyo"), s.post(t, path, "action=ask-restart"),
		} {
			body := text(t, r)
			if r.StatusCode != http.StatusOK || !strings.Contains(body, "isn’t coming to you") ||
				strings.Count(body, "<form") != 1 || !strings.Contains(body, `value="ask-private"`) {
				t.Errorf("%d %s", r.StatusCode, body)
			}
		}
	}
	if s.dump(t) != before {
		t.Error("something changed")
	}
	if err := s.audience.Erase(t.Context(), audience.Who{ID: s.active.Subscriber}); err != nil {
		t.Fatal(err)
	}
	gone := text(t, s.get(t, "/nothing"))
	for _, r := range []*http.Response{s.get(t, s.prefs), s.post(t, s.prefs, "action=pace&pace=2"), s.post(t, s.prefs, "action=ask-restart")} {
		if got := text(t, r); r.StatusCode != http.StatusNotFound || got != gone {
			t.Errorf("erased: %d", r.StatusCode)
		}
	}
}

// A form that asks for nothing that there is changes nothing; nor does one in the
// query, or one that is too large.
func TestPreferencesObeyFormsOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	before := s.dump(t)
	for _, form := range []string{"", "action=series", "action=everything", "List-Unsubscribe=One-Click", "action=PACE&pace=2", "%zz"} {
		if r := s.post(t, s.prefs+"?action=pace&pace=2", form); r.StatusCode != http.StatusOK {
			t.Errorf("%q: %d", form, r.StatusCode)
		}
	}
	if r := s.post(t, s.prefs, "action=pace&pace=2&x="+strings.Repeat("x", 65<<10)); r.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d", r.StatusCode)
	}
	if s.dump(t) != before {
		t.Error("something changed")
	}
	multipart := "--b\r\nContent-Disposition: form-data; name=\"action\"\r\n\r\npace\r\n--b\r\nContent-Disposition: form-data; name=\"pace\"\r\n\r\n2\r\n--b--\r\n"
	if s.do(t, "POST", s.prefs, "multipart/form-data; boundary=b", multipart); s.open(t).Pace != 2 {
		t.Error("a multipart form is not read")
	}
}
