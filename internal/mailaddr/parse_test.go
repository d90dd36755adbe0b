package mailaddr

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseAccepts(t *testing.T) {
	t.Parallel()
	long63 := strings.Repeat("d", 63)
	for _, tc := range []struct{ in, delivery, key string }{
		{"anna@example.org", "anna@example.org", "anna@example.org"},
		{" \tAnna.Smith@Example.ORG\u00a0", "Anna.Smith@example.org", "anna.smith@example.org"},
		{"o'neil+ms@a-b.c1.io", "o'neil+ms@a-b.c1.io", "o'neil+ms@a-b.c1.io"},
		{"!#$%&'*+/?=^_`{|}~-@x.org", "!#$%&'*+/?=^_`{|}~-@x.org", "!#$%&'*+/?=^_`{|}~-@x.org"},
		{"a@BÜCHER.example", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example"},
		{"a@XN--Bcher-kva.example", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example"},
		{"a@faß.de", "a@xn--fa-hia.de", "a@xn--fa-hia.de"},
		{"a@例え。テスト", "a@xn--r8jz45g.xn--zckzah", "a@xn--r8jz45g.xn--zckzah"},
		{"JOSÉ@example.org", "JOSÉ@example.org", "josé@example.org"},
		{"jose\u0301@example.org", "jose\u0301@example.org", "jos\u00e9@example.org"},
		{"İ@example.org", "İ@example.org", "İ@example.org"},
		{"用户@example.org", "用户@example.org", "用户@example.org"},
		{strings.Repeat("l", 64) + "@x.org", strings.Repeat("l", 64) + "@x.org", strings.Repeat("l", 64) + "@x.org"},
		{"a@" + long63 + ".org", "a@" + long63 + ".org", "a@" + long63 + ".org"},
		{"a@1.2.3.4a", "a@1.2.3.4a", "a@1.2.3.4a"},
	} {
		t.Run(tc.in, func(t *testing.T) {
			t.Parallel()
			a, err := Parse(tc.in)
			if err != nil {
				t.Fatalf("Parse(%q): %v", tc.in, err)
			}
			if got := a.String(); got != tc.delivery {
				t.Errorf("String() = %q, want %q", got, tc.delivery)
			}
			if got := a.Key(); got != tc.key {
				t.Errorf("Key() = %q, want %q", got, tc.key)
			}
			if got := a.Local() + "@" + a.Domain(); got != a.String() {
				t.Errorf("Local, Domain make %q", got)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, problem string }{
		{"", "no address"},
		{"   ", "no address"},
		{"anna", "no @"},
		{"a@b@c.org", "more than one @"},
		{"@example.org", "nothing before the @"},
		{"a@", "nothing after the @"},
		{"Anna <a@b.org>", "space inside"},
		{"<a@b.org>", "angle brackets"},
		{`"a@x> ORCPT=rfc822;b@y"@z.org`, "space inside"},
		{`"a"@z.org`, "quoted"},
		{`a\b@z.org`, "quoted"},
		{"-oQ/tmp@x.org", `begins with "-"`},
		{".a@x.org", "dot"},
		{"a.@x.org", "dot"},
		{"a..b@x.org", "two dots"},
		{"=?utf-8?q?a=40b.org=3e?=@x.org", "=?"},
		{strings.Repeat("l", 65) + "@x.org", "at most 64"},
		{"a,b@x.org", "','"},
		{"a(c)@x.org", "'('"},
		{"a;b@x.org", "';'"},
		{"a:b@x.org", "':'"},
		{"a[b]@x.org", "'['"},
		{"a@localhost", "no dot"},
		{"a@[127.0.0.1]", "IP address"},
		{"a@[IPv6:::1]", "IP address"},
		{"a@127.0.0.1", "IP address"},
		{"a@１２７.0.0.1", "IP address"},
		{"a@example.123", "IP address"},
		{"a@example.org.", "dot too many"},
		{"a@.example.org", "dot too many"},
		{"a@b..org", "dot too many"},
		{"a@b。。org", "dot too many"},
		{"a@xn--.org", "dot too many"},
		{"a@xn--a.org", "not a valid international"},
		{"a@xn--abc-.org", "not a valid international"},
		{"a@a_b.org", "'_'"},
		{"a@a%b.org", "'%'"},
		{"a@b.org>\u00a0SIZE=1", "space inside"},
		{"a@-b.org", `begins or ends with "-"`},
		{"a@b-.org", `begins or ends with "-"`},
		{"a@ab--c.org", "reserved"},
		{"a@" + strings.Repeat("d", 64) + ".org", "at most 63"},
		{"a@ex＠mple.org", "not a valid international"},
		{"a@\u2100.org", "not a valid international"},
		{"a@exa\u00admple.org", "hidden character, U+00AD"},
		{"a\r\nRCPT TO:<b@c.org>@x.org", "hidden character, U+000D"},
		{"a@x.org\r\n", "hidden character"},
		{"a@x.org\n", "hidden character"},
		{"a\x00@x.org", "hidden character, U+0000"},
		{"a\x7f@x.org", "hidden character"},
		{"a\u0085@x.org", "hidden character"},
		{"a\u202egro.x@b.org", "hidden character, U+202E"},
		{"a\u2066b@x.org", "hidden character"},
		{"a\u200bb@x.org", "hidden character"},
		{"a\u2028b@x.org", "hidden character"},
		{"a\u3164b@x.org", "hidden character"},
		{"a\ufe0fb@x.org", "hidden character"},
		{"\ufeffa@x.org", "hidden character"},
		{"a\u3000b@x.org", "space inside"},
		{"a\xff@x.org", "UTF-8"},
		{"a\ufffd@x.org", "not allowed before the @"},
		{"a\ue000@x.org", "not allowed before the @"},
		{"a\u2800b@x.org", "hidden character"},
		{"a@例え", "no dot"},
		{"a@" + strings.Repeat("é.", 60) + "org", "on the wire"},
		{strings.Repeat("l", 64) + "@" + strings.Repeat("é.", 24) + "org", "260 bytes long on the wire"},
		{strings.Repeat(" ", 250) + "a@b.org", "the address is 257 bytes long"},
	} {
		t.Run(tc.in, func(t *testing.T) {
			t.Parallel()
			a, err := Parse(tc.in)
			if err == nil || a != (Address{}) {
				t.Fatalf("Parse(%q) = %q, %v; want an error and the zero value", tc.in, a, err)
			}
			if !strings.Contains(err.Error(), tc.problem) {
				t.Errorf("Parse(%q): %v; want a mention of %q", tc.in, err, tc.problem)
			}
		})
	}
}

// Megabytes must cost no more than their first bytes. Not parallel, because it
// counts allocations.
func TestParseIsBounded(t *testing.T) {
	for _, unit := range []string{"@[[[[", "a.", "é", " ", "\xff", `"\`} {
		huge := strings.Repeat(unit, 1<<20)
		for name, parse := range map[string]func(string) error{
			"Parse":        func(s string) error { _, err := Parse(s); return err },
			"ParseMailbox": func(s string) error { _, err := ParseMailbox(s); return err },
			"CheckName":    CheckName,
		} {
			work := func() {
				if err := parse(huge); err == nil || len(err.Error()) > 700 {
					t.Errorf("%s of %q × 2^20: %.100v", name, unit, err)
				}
			}
			if n := testing.AllocsPerRun(1, work); n > 20 {
				t.Errorf("%s of %q × 2^20 allocates %v times", name, unit, n)
			}
		}
	}
}

func TestErrorExcerpt(t *testing.T) {
	t.Parallel()
	_, err := Parse(strings.Repeat("é", 61) + "\r\n")
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %T", err)
	}
	if want := `"` + strings.Repeat("é", 60) + `"…`; e.Excerpt != want {
		t.Errorf("Excerpt = %s, want %s", e.Excerpt, want)
	}
	_, err = Parse("x\u202e\r\n\x1b[2J")
	if got := err.Error(); strings.ContainsAny(got, "\r\n\x1b\u202e") || !utf8.ValidString(got) {
		t.Errorf("error repeats control characters: %q", got)
	}
	if strings.Contains(e.Problem, "éé") {
		t.Errorf("Problem repeats the input: %s", e.Problem)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"anna@example.org", " A@BÜCHER.de ", "a@xn--bcher-kva.de", "é@a.b", "a@例え。テスト", "a@ⅷ.de", "-@x.y", `"a"@b.c`,
		"İ@K.org", "a@[1.2.3.4]", "a@b.c\r\nDATA", "a@xn--0.x", "Ⱥ@a.b",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := Parse(s)
		if err != nil {
			if !a.IsZero() {
				t.Fatal("an error and an address")
			}
			return
		}
		checkLaws(t, a)
	})
}

// checkLaws says what is true of every parsed address.
func checkLaws(t interface{ Fatalf(string, ...any) }, a Address) {
	text := a.String()
	if again, err := Parse(text); err != nil || again != a {
		t.Fatalf("Parse(%q) = %q, %v", text, again, err)
	}
	if len(text) > 254 || len(a.Local()) > 64 || len(a.Domain()) > 252 || strings.Count(text, "@") != 1 {
		t.Fatalf("%q is too long or has too many @", text)
	}
	for _, r := range text {
		if r <= ' ' || strings.ContainsRune("<>()[]\\,;:\"\x7f", r) {
			t.Fatalf("%q contains %q", text, r)
		}
	}
	if !isASCII(a.Domain()) || strings.ToLower(a.Domain()) != a.Domain() {
		t.Fatalf("domain %q is not a lower-case A-label", a.Domain())
	}
	if a.NeedsSMTPUTF8() == isASCII(text) {
		t.Fatalf("NeedsSMTPUTF8(%q) = %v", text, a.NeedsSMTPUTF8())
	}
	if k, err := Parse(a.Key()); err == nil && k.Key() != a.Key() {
		t.Fatalf("Key of %q is %q, whose key is %q", text, a.Key(), k.Key())
	}
}
