package compose

import (
	"fmt"
	"strings"
	"testing"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// found returns "severity file:line rule" of every finding, a line each.
func found(list []drip.Finding) string {
	var out []string
	for _, f := range list {
		out = append(out, fmt.Sprintf("%s %s:%d %s", f.Severity, f.File, f.Line, f.Rule))
	}
	return strings.Join(out, "\n")
}

func TestLintWording(t *testing.T) {
	t.Parallel()
	const file = "ms-therapies/01-one.md"
	for name, tc := range map[string]struct{ subject, body, want string }{
		"a shouted subject":         {"BIG NEWS TODAY", "", "warning " + file + ":0 subject-caps"},
		"a name that is shouted":    {"NATO and UNESCO", "", ""},
		"a short one":               {"MS: FAQ", "", ""},
		"a field that is not small": {"NEWS FOR {{.Subscriber.city}}", "", "warning " + file + ":0 subject-caps"},
		"another script":            {"東京からの手紙です", "", ""},
		"marks in the subject":      {"Now! Really!", "", "warning " + file + ":0 subject-marks"},
		"one mark":                  {"Hello!", "", ""},
		"money":                     {"Earn $$ now", "", "warning " + file + ":0 subject-marks"},
		"an answer that is none":    {"Re: your order", "", "warning " + file + ":0 subject-reply"},
		"a word that begins so":     {"Reading together", "", ""},
		"a phrase in the subject":   {"Act now, please", "", "warning " + file + ":0 spam-words"},
		"a phrase in the text":      {"", "Hello.\n\nDear\nfriend, hello.", "warning " + file + ":8 spam-words"},
		"a promise":                 {"", "It is 100% guaranteed.", "warning " + file + ":6 spam-words"},
		"a phrase with a hyphen":    {"", "A risk-free offer.", "warning " + file + ":6 spam-words"},
		"words that are no phrase":  {"", "The factory acts nowhere. Nearest and dear friends.", ""},
		"something to be done":      {"", "x\n\nTODO: the numbers", "warning " + file + ":8 placeholder"},
		"a filling":                 {"", "Lorem ipsum dolor", "warning " + file + ":6 placeholder"},
		"a word in small letters":   {"", "My todo list.", ""},
		"a made-up link":            {"", "x\n\n[the page](https://www.example.com/a)", "warning " + file + ":8 link-host"},
		"a bare made-up link":       {"", "See https://www.example.net/a now.", "warning " + file + ":6 link-host"},
		"a bare link without TLS":   {"", "See http://www.nhs.uk/a now.", "warning " + file + ":6 link"},
		"a number":                  {"", "[the page](https://192.0.2.7/a)", "warning " + file + ":6 link-host"},
		"a port":                    {"", "[the page](https://www.nhs.uk:8443/a)", "warning " + file + ":6 link-host"},
		"a short link":              {"", "[the page](https://bit.ly/a)", "warning " + file + ":6 link-host"},
		"a disguise":                {"", "[the page](https://www.nhs.uk@evil.net/a)", "warning " + file + ":6 link-host"},
		"a trap":                    {"", "[www.nhs.uk](https://evil.net/a)", "warning " + file + ":6 link-text"},
		"the same place":            {"", "[nhs.uk/ms](https://www.nhs.uk/conditions/ms)", ""},
		"a part of it":              {"", "[nih.gov](https://nccih.nih.gov/)", ""},
		"words without meaning":     {"", "Read it [here](https://www.nhs.uk/a).", "warning " + file + ":6 link-text"},
		"a place in the message":    {"", "See [below](#sources).", "error " + file + ":6 link"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := campaign("Hello.\n")
			if tc.subject != "" {
				c.Issues[0].Subject = tc.subject
			}
			if tc.body != "" {
				c.Issues[0].Body = []byte(tc.body + "\n")
			}
			got := found(Lint(c, layouts(t), nil))
			got = strings.TrimPrefix(got, "warning "+file+":0 merge-default\n") // of the subject
			if tc.want == "" && got != "" || !strings.Contains("\n"+got+"\n", "\n"+tc.want+"\n") && tc.want != "" {
				t.Errorf("found %q, want %q", got, tc.want)
			}
		})
	}
}

func TestLintOtherLanguagesAreLeftAlone(t *testing.T) {
	t.Parallel()
	c := campaign("Dear friend.\n")
	c.Language = "de"
	if got := found(Lint(c, layouts(t), nil)); got != "" {
		t.Errorf("found %q", got)
	}
}

func TestLintSender(t *testing.T) {
	t.Parallel()
	const file = "ms-therapies/campaign.yaml:0 "
	for name, tc := range map[string]struct {
		from, replyTo, key string
		discreet           bool
		want               string
	}{
		"an address of one's own":          {from: "letters@reading.org"},
		"an address at a mailbox provider": {from: "anna@gmail.com", want: "error " + file + "from-freemail"},
		"one of several countries":         {from: "anna@yahoo.co.uk", want: "error " + file + "from-freemail"},
		"a name that only begins so":       {from: "anna@gmail.company.org"},
		"answers to a mailbox provider":    {from: "letters@reading.org", replyTo: "anna@gmx.de", want: "warning " + file + "reply-freemail"},
		"nobody reads the answers":         {from: "no-reply@reading.org", want: "warning " + file + "noreply"},
		"somebody reads them":              {from: "noreply@reading.org", replyTo: "anna@reading.org"},
		"nobody reads those either":        {from: "a@reading.org", replyTo: "donotreply@reading.org", want: "warning " + file + "noreply"},
		"a topic in the address":           {from: "letters@ms-circle.org", discreet: true, want: "warning " + file + "discreet"},
		"a topic in the key":               {from: "letters@reading.org", key: "ms7-therapies", discreet: true, want: "warning " + file + "discreet"},
		"a topic that is no secret":        {from: "letters@ms-circle.org"},
		"no topic anywhere":                {from: "letters@reading.org", discreet: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := campaign("Hello.\n")
			c.From.Address, c.Discreet = addr(tc.from), tc.discreet
			if tc.replyTo != "" {
				c.ReplyTo = mailaddr.Mailbox{Address: addr(tc.replyTo)}
			}
			if tc.key != "" {
				c.Key = tc.key
			}
			if got := found(Lint(c, layouts(t), nil)); got != tc.want {
				t.Errorf("found %q, want %q", got, tc.want)
			}
		})
	}
}

func TestLintLayouts(t *testing.T) {
	t.Parallel()
	shipped := layouts(t)
	for name, tc := range map[string]struct{ file, old, new, want string }{
		"no way to leave in HTML":   {fileHTML, `<a class="leave" href="{{.Unsubscribe}}">{{say "mail.leave"}}</a>`, "", "error email/layout.html:0 leave-link"},
		"no way to leave in text":   {fileText, "<{{.Unsubscribe}}>", "", "error email/layout.txt:0 leave-link"},
		"a link that text lacks":    {fileHTML, "{{.Address}}", `{{.Address}} <a href="https://reading.org/">Us</a>`, "warning email/layout.txt:0 text-link"},
		"no postal address":         {fileHTML, "{{.Address}}", "", "warning email/layout.html:0 postal-address"},
		"a title of the operator's": {fileHTML, "<title>{{.Subject}}</title>", "<title>News</title>", "warning email/layout.html:0 title"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := map[string]string{fileHTML: shipped.html, fileText: shipped.text}[tc.file]
			if !strings.Contains(text, tc.old) {
				t.Fatalf("%s has no %q", tc.file, tc.old)
			}
			c := campaign("Hello.\n")
			c.Issues = append(c.Issues, c.Issues[0])
			c.Issues[1].ID, c.Issues[1].File = "two", "ms-therapies/02-two.md"
			if got := found(Lint(c, layoutsWith(t, tc.file, strings.Replace(text, tc.old, tc.new, 1)), nil)); got != tc.want {
				t.Errorf("found %q, want %q", got, tc.want)
			}
		})
	}
}

func TestLintWeight(t *testing.T) {
	t.Parallel()
	for count, want := range map[int]string{3: "", 6: "warning ms-therapies/01-one.md:0 message-size", 22: "error ms-therapies/01-one.md:0 message-size"} {
		var body strings.Builder
		c := campaign("")
		for i := range count {
			img := pot(t, fmt.Sprintf("img/%d.png", i), 10, 10)
			img.Data = append(img.Data, make([]byte, 150_000)...)
			c.Images = append(c.Images, img)
			fmt.Fprintf(&body, "![x](%s)\n\n", img.Path)
		}
		c.Issues[0].Body = []byte(body.String())
		if got := found(Lint(c, layouts(t), nil)); got != want {
			t.Errorf("%d images: found %q, want %q", count, got, want)
		}
	}
}
