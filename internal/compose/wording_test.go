package compose

import (
	"strings"
	"testing"
	"time"

	"partwork/internal/testkit"
)

// A German campaign has no English word around what its author wrote.
func TestTheFrameSpeaksTheLanguageOfTheCampaign(t *testing.T) {
	t.Parallel()
	c := campaign("> [!NOTE]\n> Hallo.\n\nSatz.[^1]\n\n{{.Series}}\n\n[^1]: https://reading.org/\n")
	c.Language = "de-AT"
	reader := anna(c, 0)
	day := layouts(t).DateText(c, time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC))
	reader.Dates = []Date{{Issue: c.Issues[0].ID, Text: day}}
	bundle := NewBundle(c, 0, layouts(t))
	m := send(t, bundle, reader)
	for _, want := range []string{
		"HINWEIS", "Quellen", "(diese E-Mail)", "Dienstag, 31. März", "1 von ", "Sie bekommen diese E-Mails, weil Sie sich für", "Diese Reihe beenden:",
		"Einstellungen: Tempo, Pause, Zeitzone", "Im Browser ansehen:",
	} {
		if !strings.Contains(strings.ToLower(m.Text), strings.ToLower(want)) {
			t.Errorf("the text has no %q:\n%s", want, m.Text)
		}
	}
	page := testkit.ParseHTML(t, m.HTML)
	if got := page.One(t, "a.leave").Text(); got != "Diese Reihe beenden" {
		t.Errorf("the link to leave says %q", got)
	}
	for _, english := range []string{"You get", "Leave this", "View in", "Preferences", "Sources", "(this email)", " of "} {
		if strings.Contains(m.Text, english) || strings.Contains(page.One(t, "body").Text(), english) {
			t.Errorf("the message says %q", english)
		}
	}
	asks := NewConfirmation(c, layouts(t))
	if asks.Subject != "Bitte bestätigen: Dürfen wir Ihnen schreiben?" || !strings.Contains(asks.Markdown, "Ja, schicken Sie mir die Reihe") {
		t.Errorf("the confirmation is %q", asks.Subject)
	}
	if found := Lint(c, layouts(t), nil); len(found) != 0 {
		t.Error(found)
	}
	c.Discreet = true
	if b := NewBundle(c, 0, layouts(t)); b.Subject != "Ihr Brief, {{.Issue.Number}} von {{.Issue.Count}}" || b.Preheader != "Der nächste Teil der Reihe, die Sie bestellt haben." {
		t.Errorf("discreet: %q, %q", b.Subject, b.Preheader)
	}
}

// The words of a message are pinned with it: another language or another text is another
// version, and what was stored goes on saying what it said.
func TestTextsArePartOfTheVersion(t *testing.T) {
	t.Parallel()
	c := campaign("Hi.\n")
	c.Language = "de"
	was := NewBundle(c, 0, layouts(t))
	stored := was.Encode()
	changed := layoutsWith(t, "text/de.yaml", "mail:\n  leave: Schluss damit\n")
	is := NewBundle(c, 0, changed)
	if was.Hash() == is.Hash() {
		t.Error("other words are the same version")
	}
	if text := send(t, is, anna(c, 0)).Text; !strings.Contains(text, "Schluss damit:") || !strings.Contains(text, "Im Browser ansehen:") {
		t.Errorf("the new words are\n%s", text)
	}
	back, err := DecodeBundle(stored)
	if err != nil {
		t.Fatal(err)
	}
	if text := send(t, back, anna(c, 0)).Text; !strings.Contains(text, "Diese Reihe beenden:") {
		t.Errorf("the stored words are\n%s", text)
	}
	c.Language = "en"
	if NewBundle(c, 0, layouts(t)).Hash() == was.Hash() {
		t.Error("another language is the same version")
	}
	// Pages and dates are none of a message's that lists no series.
	for name := range was.Texts {
		if !strings.HasPrefix(name, "mail.") {
			t.Errorf("the version has %s", name)
		}
	}
}

// A layout may not build a text out of texts, which would grow without bound.
func TestSayTakesNoTexts(t *testing.T) {
	t.Parallel()
	for _, harm := range []string{
		`{{$x := say "mail.leave"}}{{say "mail.count" "number" $x "count" $x}}`, `{{say "mail.count" "number" (say "mail.leave") "count" .Count}}`,
		`{{define "x"}}{{say "mail.count" "number" . "count" .}}{{end}}{{template "x" .Number}}`, `{{"mail.leave" | say}}`, `{{.Count | say "mail.count" "number" .Number "count"}}`,
	} {
		if _, err := LoadLayouts(overlay(t, fileHTML, layouts(t).html+harm)); err == nil || !strings.Contains(err.Error(), "say ") {
			t.Errorf("%s: %v", harm, err)
		}
	}
	for harm, want := range map[string]string{`{{say "mail.nothing"}}`: `there is no text "mail.nothing" for emails`, `{{say "mail.count"}}`: "is given no {number}"} {
		if _, err := LoadLayouts(overlay(t, fileHTML, layouts(t).html+harm)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", harm, err)
		}
	}
}
