package public_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/testkit"
)

// TestNever has somebody refuse all mail who was signed up by somebody else: one POST,
// nothing joined, an undo for an hour, and afterwards nothing of them but the hash.
func TestNever(t *testing.T) {
	t.Parallel()
	j := newJoining(t)
	const stranger = "dora@example.org"
	if said := text(t, j.join(t, stranger)); !strings.Contains(said, "mailbox") {
		t.Fatal(said)
	}
	e := last(j.enrollments(t, stranger))
	link := j.audience.ConfirmURL("", e)
	if page := text(t, j.get(t, link)); !strings.Contains(page, `value="never"`) {
		t.Fatalf("the page that asks has no way to refuse:\n%s", page)
	}
	before := j.dump(t)
	if j.get(t, link+"?action=never"); j.dump(t) != before {
		t.Error("looking changed something")
	}
	said := text(t, j.post(t, link, "action=never"))
	if !strings.Contains(said, "We won’t write to you") || j.state(t, e.ID) != drip.EnrollmentLeft || !j.suppressed(t, e) {
		t.Fatalf("they are %v, suppressed %v, and told\n%s", j.state(t, e.ID), j.suppressed(t, e), said)
	}
	for _, secret := range []string{stranger, joinTitle} {
		if strings.Contains(said, secret) {
			t.Errorf("the page has %q", secret)
		}
	}
	undo := back(t, testkit.ParseHTML(t, said))
	if again := j.post(t, link, "action=never"); again.StatusCode != http.StatusOK || !strings.Contains(text(t, again), undo) {
		t.Error("a double tap is answered otherwise")
	}
	if yes := j.post(t, link, ""); yes.StatusCode != http.StatusNotFound || j.state(t, e.ID) != drip.EnrollmentLeft {
		t.Error("a refused link confirms")
	}

	j.now = j.now.Add(audience.UndoTime)
	if swept, err := j.audience.SweepSignUps(t.Context()); err != nil || swept != (store.SignUpsSwept{}) {
		t.Fatalf("within the hour %+v was forgotten, %v", swept, err)
	}
	if page := text(t, j.get(t, undo)); !strings.Contains(page, "We won’t write to you") {
		t.Error(page)
	}
	if page := text(t, j.post(t, undo, "action=undo")); !strings.Contains(page, "Nothing has begun by that") || j.suppressed(t, e) {
		t.Fatalf("it cannot be taken back:\n%s", page)
	}
	j.join(t, stranger) // who took it back can sign up
	e = last(j.enrollments(t, stranger))
	link = j.audience.ConfirmURL("", e)
	undo = back(t, testkit.ParseHTML(t, text(t, j.post(t, link, "action=never"))))
	j.now = j.now.Add(audience.UndoTime + time.Millisecond)
	if page := text(t, j.post(t, undo, "action=undo")); !strings.Contains(page, "undone any more") || !j.suppressed(t, e) {
		t.Errorf("after an hour:\n%s", page)
	}
	if swept, err := j.audience.SweepSignUps(t.Context()); err != nil || swept.People != 1 {
		t.Fatalf("after an hour %+v was forgotten, %v", swept, err)
	}
	for _, path := range []string{link, undo} {
		if page := j.post(t, path, "action=never"); page.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path[:3], page.StatusCode)
		}
	}
	if file := j.dump(t); strings.Contains(file, "dora") {
		t.Errorf("the address is still there:\n%s", file)
	}
	if said := text(t, j.join(t, stranger)); !strings.Contains(said, "mailbox") || strings.Contains(j.dump(t), "dora") {
		t.Errorf("signed up again:\n%s", said)
	}
}

// TestNeverIsForHoldersOfTheLink tries other links, and one of somebody who reads.
func TestNeverIsForHoldersOfTheLink(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	before := s.dump(t)
	for _, link := range []string{
		"/c/" + strings.TrimPrefix(s.leave, "/u/"), "/c/" + strings.TrimPrefix(s.prefs, "/p/"), s.confirm[:len(s.confirm)-1] + "!", "/c/nothing",
	} {
		if got := s.post(t, link, "action=never"); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", link, got.StatusCode)
		}
	}
	if s.dump(t) != before {
		t.Error("a forged link changed something")
	}
	s.post(t, s.confirm, "")
	if said := text(t, s.post(t, s.confirm, "action=never")); !strings.Contains(said, "Everything has stopped") || s.state(t, s.invited.ID) != drip.EnrollmentLeft {
		t.Errorf("who had confirmed is told\n%s", said)
	}
}

func last(list []drip.Enrollment) drip.Enrollment { return list[len(list)-1] }
