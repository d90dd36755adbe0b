package compose

import (
	"bytes"
	"errors"
	"mime/quotedprintable"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"partwork/campaigns"
	"partwork/internal/mailaddr"
)

// partsOf draws texts of parts that encoders stumble over.
func partsOf(parts ...string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 40).Draw(t, "parts"), "") + rapid.String().Draw(t, "any")
	})
}

// TestQuotedAsTheLibraryWould holds the encoder for values against the standard
// library's.
func TestQuotedAsTheLibraryWould(t *testing.T) {
	t.Parallel()
	gen := partsOf("a", "=", " ", "\t", "\n", "\r\n", "é", "山", ".", strings.Repeat("x", 36), strings.Repeat("y", 74), "\x00", "\xff")
	rapid.Check(t, func(t *rapid.T) {
		text := gen.Draw(t, "text")
		var want bytes.Buffer
		w := quotedprintable.NewWriter(&want)
		_, err := w.Write([]byte(text))
		if err := errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\r") {
			t.Skip("the library loses the LF after a CR and an encoded octet")
		}
		if got := string(appendQuoted(nil, text)); got != want.String() {
			t.Fatalf("%q becomes %q, want %q", text, got, want.String())
		}
		if got := appendQuoted([]byte("before\r\n"), []byte(text)); string(got) != "before\r\n"+want.String() {
			t.Fatalf("%q becomes %q behind a line", text, got)
		}
	})
}

// TestShortcutsGiveTheSame holds the ways of plain ASCII against the ways of all
// other texts.
func TestShortcutsGiveTheSame(t *testing.T) {
	t.Parallel()
	t.Run("PlainLinksAreAddresses", rapid.MakeCheck(func(t *rapid.T) {
		s := "https://" + partsOf("a", "b.c", ".", "-", "/", "_", "~", "..", "//", "@", ":", "%", "?").Draw(t, "link")
		if !plainLink(s) {
			return
		}
		if u, err := url.Parse(s); err != nil || u.Host == "" || u.User != nil || u.String() != s {
			t.Fatalf("%q is no plain link: %v, %v", s, u, err)
		}
	}))
	t.Run("Mailboxes", rapid.MakeCheck(func(t *rapid.T) {
		m := mailaddr.Mailbox{
			Name:    partsOf("a", " ", `"`, `\`, "=?", "(", ",", "é", strings.Repeat("n", 99)).Draw(t, "name"),
			Address: addr(rapid.SampledFrom([]string{"a@b.example", "a.b+c@d.example", "用户@例え.jp", "o'neil`@d.example"}).Draw(t, "address")),
		}
		if got, want := string(appendMailbox(nil, m)), headerAddress(m).String(); got != want {
			t.Fatalf("%q becomes %s, want %s", m.Name, got, want)
		}
	}))
}

// TestNothingOfAnotherReaderIsLeft composes for two readers in turns, in one buffer.
func TestNothingOfAnotherReaderIsLeft(t *testing.T) {
	t.Parallel()
	e, _ := Compile(NewBundle(campaign(hostileBody), 0, layouts(t)))
	one := anna(campaign(hostileBody), 0)
	other := Reader{Email: addr("b@example.org"), Number: 7, Count: 9}
	var want [2][]byte
	var buf []byte
	for i := range 6 {
		r := []Reader{one, other}[i%2]
		to := mailaddr.Mailbox{Name: r.Name, Address: r.Email}
		letter, err := e.AppendTo(buf[:0], to, e.Merge(r), links, stamp)
		if err != nil {
			t.Fatal(err)
		}
		if want[i%2] == nil {
			want[i%2] = bytes.Clone(letter.Bytes)
		}
		if buf = letter.Bytes; !bytes.Equal(buf, want[i%2]) {
			t.Fatal("the message of a reader changed after that of another")
		}
	}
}

// TestComposingAsksForNoMemory: with a buffer to write into, nothing is allocated for
// a reader in plain ASCII.
func TestComposingAsksForNoMemory(t *testing.T) {
	c := shipped(t, campaigns.MSTherapies)
	for i := range c.Issues {
		e, _ := Compile(NewBundle(c, i, layouts(t)))
		r := anna(c, i)
		to, v, buf := mailaddr.Mailbox{Name: r.Name, Address: r.Email}, e.Merge(r), []byte(nil)
		g := e.galley(v, links)
		n := testing.AllocsPerRun(100, func() {
			clear(g.known)
			var err error
			if buf, err = g.write(buf[:0], to, &stamp, false); err != nil {
				t.Fatal(err)
			}
		})
		if n > 0 {
			t.Errorf("%s: %v allocations", c.Issues[i].ID, n)
		}
	}
}

// TestWireRefusesWhatIsNoMail: what is the same in every message is looked at once.
func TestWireRefusesWhatIsNoMail(t *testing.T) {
	t.Parallel()
	for name, lit := range map[string]string{
		"BareLF": "a\nb\r\n", "BareCR": "a\rb\r\n", "TwoCR": "a\r\r\n", "EightBits": "é\r\n", "LongLine": strings.Repeat("a", 900) + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &wire{pieces: []wirePiece{{lit: []byte("fine\r\n")}, {kind: holeText}, {lit: []byte(lit)}}}
			if w.check() == nil {
				t.Errorf("%q passes", lit)
			}
		})
	}
}
