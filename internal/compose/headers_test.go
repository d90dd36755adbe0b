package compose

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partwork/campaigns"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// composed composes the message of a bundle with a stamp.
func composed(t *testing.T, b Bundle, r Reader, s Stamp) *Message {
	t.Helper()
	e, _ := Compile(b)
	m, err := e.Compose(mailaddr.Mailbox{Name: r.Name, Address: r.Email}, e.Merge(r), links, s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// value returns the value of the one header of a name.
func value(t *testing.T, m *Message, name string) string {
	t.Helper()
	var found []string
	for _, h := range m.Headers {
		if strings.EqualFold(h.Name, name) {
			found = append(found, h.Value)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s is there %d times", name, len(found))
	}
	return found[0]
}

// TestEachHeaderOccursOnce counts the headers of every kind of message: no more, no
// fewer, and none twice, but for the two signatures.
func TestEachHeaderOccursOnce(t *testing.T) {
	t.Parallel()
	c := campaign("Hello.\n")
	answered := campaign("Hello.\n")
	answered.ReplyTo = mailaddr.Mailbox{Address: addr("answers@example.org")}
	test, signed := stamp, stamp
	test.Test = true
	signed.Signer = newSigner(t, nil)
	for name, tc := range map[string]struct {
		bundle   Bundle
		stamp    Stamp
		more, no string
	}{
		"Issue":        {NewBundle(c, 0, layouts(t)), stamp, "", ""},
		"Test":         {NewBundle(c, 0, layouts(t)), test, "", ""},
		"ReplyTo":      {NewBundle(answered, 0, layouts(t)), stamp, "Reply-To", ""},
		"Confirmation": {NewConfirmation(c, layouts(t)), stamp, "", "Precedence"},
		"Signed":       {NewBundle(c, 0, layouts(t)), signed, "DKIM-Signature", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := composed(t, tc.bundle, anna(c, 0), tc.stamp)
			want, got := map[string]int{}, map[string]int{}
			for _, h := range allHeaders {
				want[h]++
			}
			if tc.more != "" {
				want[tc.more] = 1
			}
			if tc.stamp.Signer != nil {
				want["DKIM-Signature"] = 2
			}
			delete(want, tc.no)
			head, _, _ := bytes.Cut(m.Bytes, []byte("\r\n\r\n"))
			for line := range strings.SplitSeq(string(head), "\r\n") {
				if name, _, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, " ") {
					got[name]++
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
		})
	}
}

// TestValuesOfMassHeaders holds the values that other programs act on: no answer by
// a machine, but bounces; one click; one list.
func TestValuesOfMassHeaders(t *testing.T) {
	t.Parallel()
	c := campaign("Hello.\n")
	m := send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))
	for name, want := range map[string]string{
		"Auto-Submitted": "auto-generated", "Precedence": "bulk", "X-Auto-Response-Suppress": "OOF, AutoReply",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "List-Unsubscribe": "<" + links.Unsubscribe + ">",
		"List-Id": "<s7k2qd.example.org>",
	} {
		if got := value(t, m, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// feedbackForm is a Feedback-ID: three headings and the sender, which Google wants
// to be of 5 to 15 characters.
var feedbackForm = regexp.MustCompile(`^[a-z0-9]+:[a-z2-7]{12}:(issue|confirmation|test):[a-z2-7]{12}$`)

func TestFeedbackID(t *testing.T) {
	t.Parallel()
	c := campaign("Hello.\n")
	c.Issues = append(c.Issues, drip.Issue{ID: "acupuncture", Subject: "Acupuncture", Body: []byte("Hello.\n"), File: "x.md"})
	other := campaign("Hello.\n")
	other.Key, other.From.Address = "abc234", addr("news@example.org")
	elsewhere := campaign("Hello.\n")
	elsewhere.From.Address = addr("letters@example.com")
	test := stamp
	test.Test = true
	bob := anna(c, 0)
	bob.Name, bob.Email = "Bob", addr("bob@example.net")

	id := func(b Bundle, r Reader, s Stamp) []string {
		text := value(t, composed(t, b, r, s), "Feedback-ID")
		if !feedbackForm.MatchString(text) {
			t.Errorf("Feedback-ID is %q", text)
		}
		return strings.Split(text, ":")
	}
	base := id(NewBundle(c, 0, layouts(t)), anna(c, 0), stamp)
	if base[0] != c.Key || base[2] != "issue" {
		t.Errorf("Feedback-ID is %v", base)
	}
	t.Run("TheSameForEveryReaderAndIssue", func(t *testing.T) {
		for _, got := range [][]string{id(NewBundle(c, 0, layouts(t)), bob, stamp), id(NewBundle(c, 1, layouts(t)), anna(c, 1), stamp)} {
			if diff := cmp.Diff(base, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		}
	})
	t.Run("KindsAreCountedApart", func(t *testing.T) {
		confirmation, tried := id(NewConfirmation(c, layouts(t)), anna(c, 0), stamp), id(NewBundle(c, 0, layouts(t)), anna(c, 0), test)
		if confirmation[2] != "confirmation" || tried[2] != "test" {
			t.Errorf("they are %v and %v", confirmation, tried)
		}
	})
	t.Run("TheSenderIsConstantForADomain", func(t *testing.T) {
		news, com := id(NewBundle(other, 0, layouts(t)), anna(other, 0), stamp), id(NewBundle(elsewhere, 0, layouts(t)), anna(elsewhere, 0), stamp)
		if news[3] != base[3] || news[0] == base[0] || news[1] == base[1] || com[3] == base[3] {
			t.Errorf("they are %v, %v and %v", base, news, com)
		}
	})
}

// TestHeadersTellNoTopic greps every header for what a series is about: its name,
// its title, the ids, subjects and files of its issues. Subject and From may tell
// the topic, and those of a discreet series do not either.
func TestHeadersTellNoTopic(t *testing.T) {
	t.Parallel()
	for _, name := range []string{campaigns.MSTherapies, campaigns.GardenNotes} {
		for _, discreet := range []bool{false, true} {
			c := shipped(t, name)
			c.ID, c.Discreet = name, discreet
			c.Title = "Newly diagnosed: " + name
			c.From.Name = "Friends of the newly diagnosed"
			for i := range c.Issues {
				s := stamp
				s.Signer = newSigner(t, nil)
				tellNothing(t, c, i, composed(t, NewBundle(c, i, layouts(t)), anna(c, i), s))
			}
			tellNothing(t, c, 0, composed(t, NewConfirmation(c, layouts(t)), anna(c, 0), stamp))
		}
	}
}

func tellNothing(t *testing.T, c *drip.Campaign, issue int, m *Message) {
	t.Helper()
	is := &c.Issues[issue]
	secrets := []string{c.ID, c.Title, "diagnosed", is.ID, is.Subject, is.File}
	secrets = append(secrets, strings.FieldsFunc(is.Subject, func(r rune) bool { return r == ' ' || r == ':' || r == ',' })...)
	for _, h := range m.Headers {
		if !c.Discreet && (h.Name == "Subject" || h.Name == "From") {
			continue
		}
		if h.Name == "DKIM-Signature" {
			h.Value = digests.ReplaceAllString(h.Value, "") // letters by chance
		}
		for _, secret := range secrets {
			if len(secret) > 3 && !neutral[strings.ToLower(secret)] && strings.Contains(strings.ToLower(h.Value), strings.ToLower(secret)) {
				t.Errorf("%s/%s (discreet %v): %s tells %q: %s", c.ID, is.ID, c.Discreet, h.Name, secret, h.Value)
			}
		}
	}
}

// digests are the values of a signature that no word is written into.
var digests = regexp.MustCompile(`\bbh?=[^;]*`)

// neutral are words of subjects that the neutral subject has too, or that are in
// the names of all mail.
var neutral = map[string]bool{"your": true, "letter": true, "letters": true, "list": true, "from": true}
