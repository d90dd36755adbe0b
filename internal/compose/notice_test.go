package compose

import (
	"strings"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// A notice may go to an address that somebody mistyped.
func TestANoticeSaysNothingOfTheSeriesNorOfAnybody(t *testing.T) {
	t.Parallel()
	l := layouts(t)
	from, _ := mailaddr.Parse("letters@example.org")
	to, _ := mailaddr.Parse("new@example.net")
	c := &drip.Campaign{ID: "hiv", Key: "k1", Title: "Newly diagnosed", From: mailaddr.Mailbox{Name: "The HIV nurse", Address: from}, PostalAddress: "1 High Street"}
	for language, below := range map[string]string{
		"": "It was asked for on a page of ours. No other email follows from it.", "de": "Diese E-Mail wurde auf einer unserer Seiten angefordert. Es folgt keine weitere daraus.",
	} {
		c.Language = language
		for _, kind := range []drip.NoticeKind{drip.NoticePrivate, drip.NoticeAddress} {
			e, findings := Compile(NewNotice(c, l, kind))
			if e.Broken() || len(findings) > 0 {
				t.Fatal(findings)
			}
			link := "https://letters.example.org/n/TOKEN"
			m, err := e.Compose(mailaddr.Mailbox{Name: "Free pills http://x", Address: to}, Values{}, Links{Unsubscribe: link, Confirm: link, Images: "https://letters.example.org/i/"},
				Stamp{MessageID: "1@example.org", Date: time.Unix(1e9, 0)})
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range []string{"iagnosed", "nurse", "pills", "unless you confirm", "wenn Sie nicht best"} {
				if strings.Contains(string(m.Bytes)+m.HTML+m.Text, secret) {
					t.Errorf("%s has %q", kind, secret)
				}
			}
			for _, part := range []string{m.HTML, m.Text} {
				if !strings.Contains(part, link) || !strings.Contains(strings.Join(strings.Fields(part), " "), below) {
					t.Errorf("%s lacks its link, or the line below it: %s", kind, part)
				}
			}
		}
	}
}

// Notices speak the campaign's language, or what an operator put in its place.
func TestNoticesSpeakTheLanguageOfTheCampaign(t *testing.T) {
	t.Parallel()
	c := campaign("Hi.\n")
	for language, want := range map[string][3]string{
		"": {"The link to your own page", "Please confirm your new address", "Your emails"}, "fr": {"The link to your own page", "Please confirm your new address", "Your emails"},
		"de-CH": {"Der Link zu Ihrer eigenen Seite", "Bitte bestätigen Sie Ihre neue Adresse", "Ihre E-Mails"},
	} {
		c.Language = language
		private, address := NewNotice(c, layouts(t), drip.NoticePrivate), NewNotice(c, layouts(t), drip.NoticeAddress)
		if got := [3]string{private.Subject, address.Subject, address.Title}; got != want {
			t.Errorf("%q: %q", language, got)
		}
	}
	own := layoutsWith(t, "email/private.fr.md", "# Votre page\n\n[Ouvrir]({{.Links.Confirm}})\n")
	if c.Language = "fr"; NewNotice(c, own, drip.NoticePrivate).Subject == "Votre page" {
		t.Error("a letter is taken in a language that has no texts")
	}
	if NewBundle(c, 0, own).Hash() != NewBundle(c, 0, layouts(t)).Hash() {
		t.Error("the words of a notice are part of an issue")
	}
}
