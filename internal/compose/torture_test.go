package compose

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"partwork/campaigns"
	"partwork/internal/campaignfile"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// persona is a reader who is hard to write to. Law says in what way.
type persona struct {
	Law        string            `json:"law"`
	Name       string            `json:"name"`
	Email      mailaddr.Address  `json:"email"`
	Timezone   string            `json:"timezone"`
	Attributes map[string]string `json:"attributes"`
}

// mailbox is where the persona's mail goes.
func (p persona) mailbox() mailaddr.Mailbox {
	return mailaddr.Mailbox{Name: p.Name, Address: p.Email}
}

// tormented returns the personas of testdata/torture.
func tormented(t testing.TB) []persona {
	t.Helper()
	data, err := os.ReadFile("testdata/torture/personas.json")
	if err != nil {
		t.Fatal(err)
	}
	var out []persona
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// shelved returns the campaigns that ship, as the program itself reads them.
func shelved(t testing.TB) []*drip.Campaign {
	t.Helper()
	library := campaignfile.Load(campaigns.Files(), campaignfile.Options{})
	for _, f := range library.Findings {
		if f.Severity == drip.SeverityError {
			t.Error(f)
		}
	}
	if len(library.Campaigns) < 2 {
		t.Fatalf("%d campaigns ship, want at least two", len(library.Campaigns))
	}
	return library.Campaigns
}

// printed is an edition of a shipped campaign: an issue, or the confirmation.
type printed struct {
	*Edition
	campaign *drip.Campaign
	issue    int // -1 for the confirmation
}

// name is the campaign and the issue.
func (p printed) name() string { return p.campaign.ID + "/" + p.Edition.Bundle().Issue }

// press compiles all that the shipped campaigns send, links to preferences and to
// the page in the browser included.
func press(t testing.TB) []printed {
	t.Helper()
	l := layouts(t)
	var out []printed
	for _, c := range shelved(t) {
		for i := -1; i < len(c.Issues); i++ {
			b := NewConfirmation(c, l)
			if i >= 0 {
				b = NewBundle(c, i, l)
				b.Preferences, b.View = true, true
			}
			e, found := Compile(b)
			if e.Broken() {
				t.Fatalf("%s: %v", b.Issue, found)
			}
			out = append(out, printed{e, c, i})
		}
	}
	return out
}

// reader is a persona who has come to the issue.
func (p printed) reader(who persona) Reader {
	r := Reader{Email: who.Email, Name: who.Name, Timezone: who.Timezone, Attributes: who.Attributes}
	if p.issue < 0 {
		return r
	}
	r.Number, r.Count = Position(p.campaign, p.issue)
	day := time.Date(2026, 3, 24, 0, 0, 0, 0, time.UTC)
	for i := range p.campaign.Issues {
		r.Dates = append(r.Dates, Date{Issue: p.campaign.Issues[i].ID, Text: day.AddDate(0, 0, 7*i).Format("Monday, January 2")})
	}
	return r
}

// send composes the edition for a persona.
func (p printed) send(t testing.TB, who persona, signer *Signer) *Message {
	t.Helper()
	s := stamp
	s.Signer = signer
	m, err := p.Compose(who.mailbox(), p.Merge(p.reader(who)), links, s)
	if err != nil {
		t.Fatalf("%s for %s: %v", p.name(), who.Law, err)
	}
	return m
}

// recipient is the name that the To header of the edition gives a persona: the
// nearest that is fit, and none in the confirmation.
func (p printed) recipient(who persona) string {
	if p.issue < 0 {
		return ""
	}
	return mailaddr.CleanName(who.Name)
}

// TestPersonasAreAsHardAsTheySay keeps the corpus what it is: an editor that
// normalizes text, or a kind hand, would take the sting out of it.
func TestPersonasAreAsHardAsTheySay(t *testing.T) {
	t.Parallel()
	sting := map[string]string{
		"NoName": "", "Arabic": "ح", "HebrewWithMarks": "\u200f", "EmojiWithJoiners": "\u200d", "QuotesAndBackslashes": `\`,
		"Templates": "{{", "TwoHundredCharacters": strings.Repeat(" Long", 1), "Apostrophes": "'", "Controls": "\x00",
		"HeaderInjection": "\r\nBcc:", "Markup": "<script>", "OneWordWithoutEnd": "assistenten", "CombiningMarks": "e\u0301", "AddressBeyondASCII": "ö",
	}
	people := tormented(t)
	for _, p := range people {
		want, known := sting[p.Law]
		if !known || !strings.Contains(p.Name, want) {
			t.Errorf("%s: the name %q has lost its sting %q", p.Law, p.Name, want)
		}
		if p.Law == "TwoHundredCharacters" && len([]rune(p.Name)) != mailaddr.MaxName {
			t.Errorf("%s: the name has %d characters", p.Law, len([]rune(p.Name)))
		}
	}
	if len(people) != len(sting) {
		t.Errorf("%d personas, want %d", len(people), len(sting))
	}
}
