package public_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// page returns a page, which names nobody and nothing.
func (s *site) page(t testing.TB, r *http.Response) testkit.Node {
	t.Helper()
	if r.StatusCode != http.StatusOK {
		t.Fatalf("status %d", r.StatusCode)
	}
	body := text(t, r)
	for _, secret := range []string{address, topic, title, "bob.secret"} {
		if strings.Contains(body, secret) {
			t.Errorf("the page has %q", secret)
		}
	}
	return testkit.ParseHTML(t, body)
}

// back returns the path of the undo button of a page.
func back(t testing.TB, page testkit.Node) string {
	t.Helper()
	for _, form := range page.All("form") {
		if len(form.All(`button[value="undo"]`)) == 1 {
			return form.Attr("action")
		}
	}
	t.Fatal("the page has no undo")
	return ""
}

func TestLeavingCanBeTakenBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.sendFirst(t)
	page := s.page(t, s.post(t, s.leave, "action=series"))
	if got := len(page.All("button")); got != 3 {
		t.Errorf("there are %d buttons, want undo, everything and why", got)
	}
	undo := back(t, page)
	before := s.dump(t)
	s.page(t, s.get(t, undo))
	s.post(t, undo, "")
	s.post(t, undo, "List-Unsubscribe=One-Click")
	if s.dump(t) != before {
		t.Error("looking, or posting nothing, changed something")
	}
	for range 2 {
		page := s.page(t, s.post(t, undo, "action=undo"))
		if got := page.One(t, "h1").Text(); got != "It goes on" {
			t.Errorf("the page says %q", got)
		}
	}
	e := s.open(t)
	if e.State != drip.EnrollmentActive || e.Follows != s.active.ID || !e.Continues {
		t.Errorf("the enrollment is %+v", e)
	}
	if got := s.where(t, s.get(t, s.prefs)); !strings.HasPrefix(got, "1 of 3 so far.") {
		t.Errorf("the preferences say %q", got)
	}
}

func TestEverythingCanBeTakenBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	undo := back(t, s.page(t, s.post(t, s.leave, "action=everything")))
	if !s.suppressed(t, s.active) {
		t.Fatal("not suppressed")
	}
	s.page(t, s.post(t, undo, "action=undo"))
	if s.suppressed(t, s.active) || s.open(t).State != drip.EnrollmentActive {
		t.Error("it was not taken back")
	}
}

// Whoever holds a link that leaves, which is in every mail, cannot bring somebody back
// who left a while ago; nor can an old page.
func TestOnlyWhoJustLeftCanTakeItBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	undo := back(t, s.page(t, s.post(t, s.leave, "action=series")))
	s.at(time.Minute + time.Millisecond)
	page := s.page(t, s.post(t, s.leave, "action=series"))
	if n := len(page.All(`button[value="undo"]`)); n != 0 {
		t.Error("a later click offers to take it back")
	}
	s.at(audience.UndoTime + time.Millisecond)
	for form, says := range map[string]string{"action=undo": "That can’t be undone any more.", "action=why&why=too-often": "Nothing was saved. It is too long ago"} {
		page := s.page(t, s.post(t, undo, form))
		if got := page.One(t, ".notice").Text(); !strings.HasPrefix(got, says) || s.state(t, s.active.ID) != drip.EnrollmentLeft {
			t.Errorf("%s: %q", form, got)
		}
	}
	for _, token := range []string{strings.TrimPrefix(s.leave, "/u/"), strings.TrimPrefix(s.prefs, "/p/"), "x"} {
		if r := s.post(t, "/b/"+token, "action=undo"); r.StatusCode != http.StatusNotFound {
			t.Errorf("a token for something else: %d", r.StatusCode)
		}
	}
}

func TestWhoNeverJoinedHasNothingToTakeBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	page := s.page(t, s.post(t, s.audience.UnsubscribeURL("", s.invited), "action=series"))
	if len(page.All(`button[value="undo"]`)) != 0 {
		t.Error("it offers to take back what never began")
	}
}

// One click is for mail programs: nothing is offered to them, and the answer is the
// same whoever asks, however often.
func TestOneClickOffersNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	first := text(t, s.post(t, s.leave, "List-Unsubscribe=One-Click"))
	again := text(t, s.post(t, s.leave, "List-Unsubscribe=One-Click"))
	other := text(t, s.post(t, s.audience.UnsubscribeURL("", s.invited), "List-Unsubscribe=One-Click"))
	if first != again || first != other || strings.Contains(first, "/b/") {
		t.Errorf("the answers differ, or have a way back: %s", first)
	}
}

func TestAReasonIsKeptWithoutWords(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := back(t, s.page(t, s.post(t, s.leave, "action=series")))
	for _, form := range []string{"action=why", "action=why&why=because+of+my+illness"} {
		if got := s.page(t, s.post(t, path, form)).One(t, ".notice").Text(); !strings.HasPrefix(got, "Nothing was saved.") {
			t.Errorf("%s: %q", form, got)
		}
	}
	page := s.page(t, s.post(t, path, "action=why&why=had-enough"))
	if got := page.One(t, "input[checked]").Attr("value"); got != "had-enough" {
		t.Errorf("%s is checked", got)
	}
	back(t, page) // is still offered
	why, err := s.store.Why(t.Context(), s.active.ID)
	if err != nil || why != drip.WhyHadEnough {
		t.Errorf("kept is %q, %v", why, err)
	}
}

func TestAfterErasingThereIsNoWayBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := back(t, s.page(t, s.post(t, s.leave, "action=everything")))
	if err := s.audience.Erase(t.Context(), audience.Who{ID: s.active.Subscriber}); err != nil {
		t.Fatal(err)
	}
	for _, r := range []*http.Response{s.get(t, path), s.post(t, path, "action=undo"), s.post(t, path, "action=why&why=too-often")} {
		if r.StatusCode != http.StatusNotFound {
			t.Errorf("status %d", r.StatusCode)
		}
	}
	s.page(t, s.post(t, s.leave, "action=series")) // says that it is done, as to everybody
}
