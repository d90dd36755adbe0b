package app_test

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"partwork/internal/drip"
	"partwork/internal/testkit"
)

// pdf is as little of a PDF as can be told from other files, with that text in it.
func pdf(text string) string { return "%PDF-1.7\n" + text + "\n%%EOF\n" }

// sheet gives issue one an attachment.
func (d *desk) sheet(text string) {
	d.t.Helper()
	d.save("campaigns/letters/files/sheet.pdf", text)
	d.replace("01-one.md", "id: one", "id: one\nattachments:\n  - file: files/sheet.pdf\n    name: \"Für den Termin.pdf\"")
}

// enclosedFor returns what the message that somebody got has for an attachment.
func enclosedFor(t *testing.T, relay *testkit.Relay, to string) string {
	t.Helper()
	for _, m := range relay.Accepted() {
		if strings.Join(m.To, "") != to {
			continue
		}
		body := string(m.Body)
		if _, rest, ok := strings.Cut(body, "filename*=UTF-8''F%C3%BCr%20den%20Termin.pdf\r\n\r\n"); ok {
			encoded, _, _ := strings.Cut(rest, "--")
			data, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(encoded, "\r\n", ""))
			if err != nil {
				t.Fatal(err)
			}
			return string(data)
		}
		t.Fatalf("%s got no attachment: %s", to, body)
	}
	t.Fatalf("%s got no message", to)
	return ""
}

// TestAnEditedAttachmentReachesThoseWhoWait sends an issue with an attachment, replaces
// the file, and sends the issue to somebody else.
func TestAnEditedAttachmentReachesThoseWhoWait(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	relay := testkit.Start(t, testkit.Script{})
	d.sheet(pdf("first"))
	d.step(newsday)
	d.served(relay, func(*running) {
		relay.Await(t, "ada's first issue", func() bool { return len(relay.Accepted()) == 1 })
	})
	before := d.current("one")
	d.save("campaigns/letters/files/sheet.pdf", pdf("second"))
	d.reread()
	if d.wantFindings(); d.current("one") == before {
		t.Fatal("an edited attachment is the same version")
	}
	importLines(t, d.instance, "letters", "bob@example.net,Europe/London")
	d.step(week(1))
	d.served(relay, func(*running) {
		relay.Await(t, "bob's first issue", func() bool { return len(relay.Accepted()) == 3 })
	})
	if got := enclosedFor(t, relay, "ada@example.net"); got != pdf("first") {
		t.Errorf("ada got %q", got)
	}
	if got := enclosedFor(t, relay, "bob@example.net"); got != pdf("second") {
		t.Errorf("bob got %q", got)
	}
	d.verify(t)
}

// current is the content with which an issue is sent.
func (d *desk) current(issue string) drip.ContentID {
	d.t.Helper()
	for _, p := range d.Library.Programs() {
		if i := p.Campaign.Issue(issue); i >= 0 {
			return p.Contents[i]
		}
	}
	d.t.Fatalf("there is no issue %s", issue)
	return 0
}

// TestAttachmentsComeToRestLikeAnyFile replaces an attachment in two goes, takes it away
// and brings it back. What was good stays in force meanwhile.
func TestAttachmentsComeToRestLikeAnyFile(t *testing.T) {
	t.Parallel()
	const file = "campaigns/letters/files/sheet.pdf"
	d := newDesk(t)
	d.sheet(pdf("0"))
	d.wantFindings()
	holds := func(want string) {
		t.Helper()
		bundle, err := d.Library.Bundle("letters", "one")
		if err != nil || len(bundle.Attachments) != 1 || string(bundle.Attachments[0].Data) != pdf(want) {
			t.Errorf("%q is not in force (%v)", want, err)
		}
	}
	d.saves(file, pdf("1"), time.Second)
	d.saves(file, pdf("2"), time.Second)
	if _, err := d.Library.Bundle("letters", "one"); !errors.Is(err, drip.ErrNotFound) {
		t.Error("an attachment was believed while it was being saved")
	}
	d.rests()
	d.wantFindings()
	holds("2")
	sent := d.current("one")
	d.save(file, pdf("3")[:10])
	d.reread()
	d.wantFirst("error", "01-one.md:4", "cut off")
	d.move(file, "")
	d.wantFirst("error", "01-one.md:4", "is not there")
	if d.current("one") != sent {
		t.Error("a broken attachment took the good version down")
	}
	d.saves(file, pdf("3"), time.Second)
	d.rests()
	d.wantFindings()
	holds("3")
}

// TestPlanAndApprovalKnowAttachments: an edited attachment is a change like any other,
// and where content needs approval it waits for it.
func TestPlanAndApprovalKnowAttachments(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	in.edit(t, "letters/campaign.yaml", "first:", "review: required\nfirst:")
	in.edit(t, "letters/01-one.md", "id: one", "id: one\nattachments: sheet.pdf")
	in.files["letters/sheet.pdf"] = &fstest.MapFile{Data: []byte(pdf("first"))}
	in.reload(t)
	approve := func() []string {
		t.Helper()
		ids, err := in.Library.Approve(t.Context(), "letters", nil, "the editor", in.now())
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	if got := approve(); !slices.Contains(got, "one") {
		t.Fatalf("approved %v", got)
	}
	importPeople(t, in, writePeople(t, 5), "letters")
	for name, tc := range map[string]struct {
		files fstest.MapFS
		want  string
	}{
		"nothing":       {in.files, ""},
		"the file":      {replaced(t, in.files, "letters/sheet.pdf", "first", "second"), "one attachments (unapproved)"},
		"the name":      {replaced(t, in.files, "letters/01-one.md", "attachments: sheet.pdf", "attachments: {file: sheet.pdf, name: Questions.pdf}"), "one attachments (unapproved)"},
		"no attachment": {replaced(t, in.files, "letters/01-one.md", "attachments: sheet.pdf\n", ""), "one attachments (unapproved)"},
	} {
		if got := told(plannedFrom(t, in, tc.files).Changes); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
	in.files["letters/sheet.pdf"] = &fstest.MapFile{Data: []byte(pdf("second"))}
	in.reload(t)
	if got := approve(); len(got) != 1 || got[0] != "one" {
		t.Errorf("after an edited attachment, %v was approved", got)
	}
}
