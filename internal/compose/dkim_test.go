package compose

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"pgregory.net/rapid"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// signingKeys are shared by all tests: making an RSA key takes a while.
var signingKeys = sync.OnceValue(func() []SigningKey {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return []SigningKey{{"s1-rsa", rsaKey}, {"s1-ed25519", edKey}}
})

// newSigner returns a signer of example.org with both keys.
func newSigner(t testing.TB, change func(*SignerOptions)) *Signer {
	t.Helper()
	o := SignerOptions{Domain: "example.org", Keys: signingKeys()}
	if change != nil {
		change(&o)
	}
	s, err := NewSigner(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// published returns the records of the test's keys as a name server has them.
func published(t testing.TB) map[string]KeyRecord {
	t.Helper()
	zone := map[string]KeyRecord{}
	for _, k := range signingKeys() {
		r, err := NewKeyRecord("example.org", k.Selector, k.Key.Public())
		if err != nil {
			t.Fatal(err)
		}
		zone[r.Name] = r
	}
	return zone
}

// signed composes the first issue of a campaign for a reader, signed.
func signed(t testing.TB, c *drip.Campaign, r Reader, s *Signer) *Message {
	t.Helper()
	e, _ := Compile(NewBundle(c, 0, layouts(t)))
	stamp := stamp
	stamp.Signer = s
	m, err := e.Compose(mailaddr.Mailbox{Name: r.Name, Address: r.Email}, e.Merge(r), links, stamp)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// verify returns how many signatures of a message hold and how many do not,
// according to another implementation.
func verify(t testing.TB, raw []byte) (good, bad int) {
	t.Helper()
	zone := published(t)
	found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{
		LookupTXT: func(name string) ([]string, error) {
			r, ok := zone[name]
			if !ok {
				return nil, errors.New("no such name: " + name)
			}
			return []string{strings.Join(r.Strings(), "")}, nil
		},
	})
	if err != nil && !errors.Is(err, io.EOF) {
		t.Fatalf("verify: %v", err)
	}
	for _, v := range found {
		if v.Err == nil && v.Domain == "example.org" {
			good++
		} else {
			bad++
		}
	}
	return good, bad
}

// mustVerify fails unless exactly so many signatures are there and hold.
func mustVerify(t testing.TB, raw []byte, want int) {
	t.Helper()
	if good, bad := verify(t, raw); good != want || bad != 0 {
		t.Errorf("%d signatures hold and %d do not; want %d that do\n%s", good, bad, want, raw[:min(len(raw), 2000)])
	}
}

// cutSignatures returns the two signatures of a message and the rest.
func cutSignatures(t testing.TB, raw []byte) (first, second, rest []byte) {
	t.Helper()
	at := bytes.Index(raw[1:], []byte("DKIM-Signature:")) + 1
	end := bytes.Index(raw, []byte("\r\nAuto-Submitted:")) + len("\r\n")
	if !bytes.HasPrefix(raw, []byte("DKIM-Signature:")) || at < 1 || end < at {
		t.Fatalf("there are no two signatures at the top:\n%s", raw[:min(len(raw), 2000)])
	}
	return raw[:at], raw[at:end], raw[end:]
}

func TestEachSignatureVerifiesAlone(t *testing.T) {
	t.Parallel()
	c := campaign("Hello.\n\nA second paragraph  \nwith a hard break.\n")
	m := signed(t, c, anna(c, 0), newSigner(t, nil))
	mustVerify(t, m.Bytes, 2)
	first, second, rest := cutSignatures(t, m.Bytes)
	mustVerify(t, slices.Concat(first, rest), 1)
	mustVerify(t, slices.Concat(second, rest), 1)
	if !bytes.Contains(first, []byte(" a=rsa-sha256;")) || !bytes.Contains(second, []byte(" a=ed25519-sha256;")) {
		t.Errorf("RSA does not come first:\n%s%s", first, second)
	}
	if got := names(m.Headers); !slices.Equal(got[:2], []string{"DKIM-Signature", "DKIM-Signature"}) || !slices.Equal(got[2:], allHeaders) {
		t.Errorf("the headers are %v", got)
	}
	for line := range strings.SplitSeq(string(first)+string(second), "\r\n") {
		if len(line) > 78 || strings.TrimRight(line, " ") != line || strings.Contains(line, "\n") {
			t.Errorf("a line of %d octets: %q", len(line), line)
		}
	}
}

// TestTags holds what the signatures say and what they leave out.
func TestTags(t *testing.T) {
	t.Parallel()
	c := campaign("Hello.\n")
	m := signed(t, c, anna(c, 0), newSigner(t, nil))
	for i, h := range m.Headers[:2] {
		tags := map[string]string{}
		for tag := range strings.SplitSeq(h.Value, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(tag), "=")
			tags[name] = strings.ReplaceAll(value, " ", "")
		}
		want := map[string]string{
			"v": "1", "c": "relaxed/relaxed", "d": "example.org", "s": signingKeys()[i].Selector, "t": "1774342800",
			"h": "From:From:Reply-To:Subject:Subject:Date:Date:To:To:Cc:Message-ID:MIME-Version:Content-Type:Content-Type:" +
				"List-Id:List-Unsubscribe:List-Unsubscribe:List-Unsubscribe-Post:List-Unsubscribe-Post:" +
				"Feedback-ID:Auto-Submitted:Precedence",
		}
		for name, value := range want {
			if tags[name] != value {
				t.Errorf("signature %d: %s=%s, want %s", i, name, tags[name], value)
			}
		}
		for _, name := range []string{"l", "x", "z", "i"} {
			if value, there := tags[name]; there {
				t.Errorf("signature %d has %s=%s", i, name, value)
			}
		}
	}
}

// TestEveryMessageVerifies signs what is hard to canonicalize.
func TestEveryMessageVerifies(t *testing.T) {
	t.Parallel()
	signer := newSigner(t, nil)
	c := campaign(hostileBody)
	c.ReplyTo = mailaddr.Mailbox{Name: "Élise, \"the\" answerer", Address: addr("answers@example.org")}
	c.Issues[0].Subject = strings.Repeat("Fatigue — 疲労 ", 15) + `{{.Subscriber.Name | default "you"}}`
	for i, name := range hostileNames {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			r := anna(c, 0)
			r.Name = name
			mustVerify(t, signed(t, c, r, signer).Bytes, 2)
		})
	}
	t.Run("NonASCIIAddress", func(t *testing.T) {
		t.Parallel()
		r := anna(c, 0)
		r.Email = addr("用户@例え.jp")
		mustVerify(t, signed(t, c, r, signer).Bytes, 2)
	})
	t.Run("Confirmation", func(t *testing.T) {
		t.Parallel()
		e, _ := Compile(NewConfirmation(c, layouts(t)))
		stamp := stamp
		stamp.Signer = signer
		m, err := e.Compose(mailaddr.Mailbox{Address: addr("anna@example.net")}, e.Merge(anna(c, 0)), links, stamp)
		if err != nil {
			t.Fatal(err)
		}
		mustVerify(t, m.Bytes, 2)
	})
}

// TestChangesBreakTheSignature holds that nothing that a reader sees, or that a
// program acts on, can be changed or added on the way.
func TestChangesBreakTheSignature(t *testing.T) {
	t.Parallel()
	c := campaign("Hello, and a body.\n")
	c.ReplyTo = mailaddr.Mailbox{Address: addr("answers@example.org")}
	m := signed(t, c, anna(c, 0), newSigner(t, nil))
	mustVerify(t, m.Bytes, 2)
	for _, f := range signedFields {
		if !f.sealed {
			continue
		}
		added := []byte(f.name + ": evil <evil@example.com>\r\n")
		t.Run("Added/"+f.name, func(t *testing.T) {
			t.Parallel()
			head, body, _ := bytes.Cut(m.Bytes, []byte("\r\n\r\n"))
			for _, raw := range [][]byte{
				slices.Concat(added, m.Bytes),
				slices.Concat(head, []byte("\r\n"), added, []byte("\r\n"), body),
			} {
				if good, _ := verify(t, raw); good > 0 {
					t.Errorf("%d signatures hold", good)
				}
			}
		})
	}
	for _, h := range m.Headers[2:] {
		if h.Name == "X-Auto-Response-Suppress" {
			continue // nobody is shown it, and a relay may drop it
		}
		t.Run("Changed/"+h.Name, func(t *testing.T) {
			t.Parallel()
			raw := bytes.Replace(m.Bytes, []byte("\r\n"+h.Name+":"), []byte("\r\n"+h.Name+": x"), 1)
			if good, bad := verify(t, raw); good != 0 || bad != 2 {
				t.Errorf("%d signatures hold, %d do not", good, bad)
			}
		})
	}
	for name, change := range map[string]func(raw []byte) []byte{
		"Word":     func(raw []byte) []byte { return bytes.Replace(raw, []byte("Hello,"), []byte("Hallo,"), 1) },
		"Appended": func(raw []byte) []byte { return append(slices.Clone(raw), "<p>evil</p>\r\n"...) },
		"Cut":      func(raw []byte) []byte { return raw[:len(raw)-40] },
	} {
		t.Run("Body/"+name, func(t *testing.T) {
			t.Parallel()
			if good, bad := verify(t, change(slices.Clone(m.Bytes))); good != 0 || bad != 2 {
				t.Errorf("%d signatures hold, %d do not", good, bad)
			}
		})
	}
}

// TestRelaysMayTouch holds that what relays do to messages breaks nothing.
func TestRelaysMayTouch(t *testing.T) {
	t.Parallel()
	c := campaign("Hello.\n")
	raw := signed(t, c, anna(c, 0), newSigner(t, nil)).Bytes
	for name, changed := range map[string][]byte{
		"Trace":         append([]byte("Received: from a by b;\r\n\tTue, 24 Mar 2026 09:00:01 +0000\r\nX-Spam: no\r\n"), raw...),
		"Refolded":      bytes.Replace(raw, []byte("Subject: The first"), []byte("subject:\r\n\tThe  first"), 1),
		"TrailingLines": append(slices.Clone(raw), "\r\n\r\n"...),
		"TrailingBlank": bytes.Replace(raw, []byte("Hello.\r\n"), []byte("Hello. \r\n"), 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mustVerify(t, changed, 2)
		})
	}
}

func TestRetryIsByteIdentical(t *testing.T) {
	t.Parallel()
	c := campaign(hostileBody)
	first := signed(t, c, anna(c, 0), newSigner(t, nil))
	again := signed(t, c, anna(c, 0), newSigner(t, nil))
	if !bytes.Equal(first.Bytes, again.Bytes) {
		t.Error("a retry has other bytes")
	}
	plain := send(t, NewBundle(c, 0, layouts(t)), anna(c, 0))
	if !bytes.HasSuffix(first.Bytes, plain.Bytes) {
		t.Error("signing changed more than the top of the message")
	}
}

func TestOnlyAlignedMessagesAreSigned(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]bool{
		"letters@example.org": true, "letters@News.Example.ORG": true, "letters@a.b.example.org": true,
		"letters@example.com": false, "letters@evilexample.org": false, "letters@org": false, "letters@example.org.uk": false,
	} {
		domain := from[strings.IndexByte(from, '@')+1:]
		if got := newSigner(t, nil).Covers(domain); got != want {
			t.Errorf("%s: covered is %v", from, got)
		}
		if domain == "org" {
			continue // is no address
		}
		c := campaign("Hello.\n")
		c.From.Address = addr(from)
		m := signed(t, c, anna(c, 0), newSigner(t, nil))
		if got := bytes.Contains(m.Bytes, []byte("DKIM-Signature")); got != want {
			t.Errorf("%s: signed is %v", from, got)
		}
		if want {
			mustVerify(t, m.Bytes, 2)
		}
	}
}

// TestRewrittenMessageIDAndDate holds that a signature survives a relay that is
// known to replace both, and only such a one.
func TestRewrittenMessageIDAndDate(t *testing.T) {
	t.Parallel()
	c := campaign("Hello.\n")
	rewrite := func(raw []byte) []byte {
		raw = bytes.Replace(raw, []byte(stamp.MessageID), []byte("0100018f-000000@email.amazonses.com"), 1)
		return bytes.Replace(raw, []byte("24 Mar 2026 09:00:00"), []byte("24 Mar 2026 09:00:07"), 1)
	}
	usual := signed(t, c, anna(c, 0), newSigner(t, nil)).Bytes
	if good, _ := verify(t, rewrite(usual)); good > 0 {
		t.Errorf("%d signatures hold although Message-ID and Date are covered", good)
	}
	prepared := signed(t, c, anna(c, 0), newSigner(t, func(o *SignerOptions) { o.Rewritten = true })).Bytes
	mustVerify(t, prepared, 2)
	mustVerify(t, rewrite(prepared), 2)
}

// TestRotation holds that what the old key signed stays good while it is published.
func TestRotation(t *testing.T) {
	t.Parallel()
	c := campaign("Hello.\n")
	keys := signingKeys()
	for _, only := range keys {
		m := signed(t, c, anna(c, 0), newSigner(t, func(o *SignerOptions) { o.Keys = []SigningKey{only} }))
		mustVerify(t, m.Bytes, 1)
	}
}

// TestAnyTextIsCanonicalized signs bodies and subjects of blanks, tabs, empty lines
// and words in any order and holds them against the other implementation.
func TestAnyTextIsCanonicalized(t *testing.T) {
	t.Parallel()
	signer := newSigner(t, func(o *SignerOptions) { o.Keys = o.Keys[1:] })
	parts := []string{"a", "B;c=d", " ", "  ", "\t", "\r\n", "\r\n\r\n", ".", "=", "DKIM-Signature: b=x"}
	rapid.Check(t, func(rt *rapid.T) {
		body := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 12).Draw(rt, "body"), "")
		if body != "" && !strings.HasSuffix(body, "\r\n") {
			body += "\r\n"
		}
		subject := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "B", " ", "  ", "\t", "\r\n a", "\r\n\tb", ":"}), 0, 8).Draw(rt, "subject"), "")
		raw := "From: a@example.org\r\nTo: one@example.org\r\nTo: two@example.org\r\nSubject:" + subject + "x\r\n\r\n" + body
		signature, err := signer.sign([]byte(raw), "example.org", time.Unix(1, 0))
		if err != nil {
			rt.Fatal(err)
		}
		signed := append(signature, raw...)
		if good, bad := verify(t, signed); good != 1 || bad != 0 {
			rt.Fatalf("%d hold, %d do not:\n%q", good, bad, signed)
		}
	})
}
