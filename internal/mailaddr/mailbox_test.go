package mailaddr

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseMailboxAccepts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, name, address, text string }{
		{"a@b.org", "", "a@b.org", "a@b.org"},
		{" <a@b.org> ", "", "a@b.org", "a@b.org"},
		{"MS Reading Circle <letters@example.org>", "MS Reading Circle", "letters@example.org", "MS Reading Circle <letters@example.org>"},
		{"Dr. Ann  \t O'Neil<a@b.org>", "Dr. Ann O'Neil", "a@b.org", "Dr. Ann O'Neil <a@b.org>"},
		{`"Smith, John" <a@b.org>`, "Smith, John", "a@b.org", `"Smith, John" <a@b.org>`},
		{`"Ann" <a@b.org>`, "Ann", "a@b.org", "Ann <a@b.org>"},
		{`"say \"hi\" \\ <x@y>"<a@b.org>`, `say "hi" \ <x@y>`, "a@b.org", `"say \"hi\" \\ <x@y>" <a@b.org>`},
		{`"" <a@b.org>`, "", "a@b.org", "a@b.org"},
		{`" A " <a@b.org>`, " A ", "a@b.org", `" A " <a@b.org>`},
		{"Zoë Müller <a@Bücher.de>", "Zoë Müller", "a@xn--bcher-kva.de", "Zoë Müller <a@xn--bcher-kva.de>"},
	} {
		t.Run(tc.in, func(t *testing.T) {
			t.Parallel()
			m, err := ParseMailbox(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if m.Name != tc.name || m.Address.String() != tc.address {
				t.Errorf("got %q, %q", m.Name, m.Address)
			}
			if got := m.String(); got != tc.text {
				t.Errorf("String() = %s, want %s", got, tc.text)
			}
		})
	}
}

func TestParseMailboxRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, problem string }{
		{"", "no address"},
		{"Anna", "no @"},
		{"Anna <a@b.org", "angle brackets at the end"},
		{"Anna a@b.org>", `">" without`},
		{"Anna a@b.org", "space inside"},
		{"Anna <a@b.org> x", "angle brackets at the end"},
		{"Anna <<a@b.org>>", "angle brackets"},
		{"<a@b.org>, <c@d.org>", "space inside"},
		{"<a@b.org>,<c@d.org>", "angle brackets"},
		{"Anna <>", "no address"},
		{"Anna <@x.org:a@b.org>", "more than one @"},
		{"Smith, John <a@b.org>", "double quotes"},
		{"Anna (MS) <a@b.org>", "double quotes"},
		{"anna@x.org <a@b.org>", "double quotes"},
		{"Friends: <a@b.org>;", "double quotes"},
		{`Anna "Ann" Smith <a@b.org>`, "double quotes"},
		{`"Anna <a@b.org>`, "no closing"},
		{`"Anna\`, "no closing"},
		{`"Anna" a@b.org`, "angle brackets at the end"},
		{`"Anna"`, "angle brackets at the end"},
		{"An\r\nBcc: x <a@b.org>", "hidden character, U+000D"},
		{"An\nna <a@b.org>", "hidden"},
		{"\"An\r\nBcc: x@y.org\" <a@b.org>", "line break"},
		{"An\u202ena <a@b.org>", "hidden character, U+202E"},
		{"\"\x00\" <a@b.org>", "hidden character, U+0000"},
		{"=?utf-8?q?An?= <a@b.org>", "=?"},
		{"An\xffna <a@b.org>", "UTF-8"},
		{strings.Repeat("n", 201) + " <a@b.org>", "200 characters"},
		{"A <" + strings.Repeat("a", 300) + "@b.org>", "at most 254"},
		{"A <a@b.org>\r\n", "angle brackets at the end"},
	} {
		t.Run(tc.in, func(t *testing.T) {
			t.Parallel()
			m, err := ParseMailbox(tc.in)
			if err == nil || !m.IsZero() {
				t.Fatalf("got %v, %v; want an error", m, err)
			}
			if !strings.Contains(err.Error(), tc.problem) {
				t.Errorf("error %v does not mention %q", err, tc.problem)
			}
		})
	}
}

func TestMailboxStringRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := Mailbox{Name: CleanName(rapid.String().Draw(t, "name")), Address: Address{text: "a@b.org", at: 1}}
		if got, err := ParseMailbox(m.String()); err != nil || got != m {
			t.Fatalf("ParseMailbox(%q) = %q, %v", m, got, err)
		}
	})
}

func FuzzParseMailbox(f *testing.F) {
	for _, s := range []string{"Anna <a@b.org>", `"A, \"B\"" <a@b.org>`, "a@b.org", `"\`, "<>", "\u00a0\"x\"\u00a0<a@b.c>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseMailbox(s)
		if err != nil {
			return
		}
		if err := CheckName(m.Name); err != nil {
			t.Fatalf("name %q: %v", m.Name, err)
		}
		if again, err := ParseMailbox(m.String()); err != nil || again != m {
			t.Fatalf("ParseMailbox(%q) = %v, %v", m.String(), again, err)
		}
		checkLaws(t, m.Address)
	})
}
