package mailaddr

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func mustParse(t testing.TB, s string) Address {
	t.Helper()
	a, err := Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestZeroAddress(t *testing.T) {
	t.Parallel()
	var a Address
	if !a.IsZero() || a.String()+a.Key()+a.Local()+a.Domain() != "" || a.NeedsSMTPUTF8() || a.IsRole() {
		t.Errorf("the zero address is %#v", a)
	}
}

// Any address built from the grammar parses, and parses again from its own text.
func TestParseStringRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		local := rapid.StringMatching(`[a-zA-Z0-9!#$%&'*+/=^_{|}~éßÅ用]{1,9}(\.[a-zA-Z0-9-]{1,5}){0,3}`).Draw(t, "local")
		domain := rapid.StringMatching(`([a-zA-Z0-9]{1,9}|b[üé]cher|例え)(\.[a-z0-9]{1,9}){0,3}\.(org|[A-Z]{2})`).Draw(t, "domain")
		a, err := Parse(local + "@" + domain)
		if err != nil {
			t.Fatalf("Parse: %v", err)
		}
		if a.Local() != local {
			t.Fatalf("typed local part %q became %q", local, a.Local())
		}
		checkLaws(t, a)
	})
}

func TestKeyMatchesSpellings(t *testing.T) {
	t.Parallel()
	same := []string{"josé@bücher.de", "JOSE\u0301@BÜCHER.DE", "Jos\u00c9@xn--bcher-kva.de"}
	for _, s := range same[1:] {
		if a, b := mustParse(t, same[0]), mustParse(t, s); a.Key() != b.Key() {
			t.Errorf("%q and %q have different keys", a, b)
		}
	}
	// The lower case of a normal form need not be one: only small ǰ is one character.
	if a, b := mustParse(t, "J\u030c@x.org"), mustParse(t, "\u01f0@x.org"); a.Key() != b.Key() {
		t.Errorf("%q and %q have different keys", a, b)
	}
	for _, pair := range [][2]string{{"i@x.org", "İ@x.org"}, {"i@x.org", "ı@x.org"}, {"a@x.org", "а@x.org"}, {"a.b@x.org", "ab@x.org"}} {
		if a, b := mustParse(t, pair[0]), mustParse(t, pair[1]); a.Key() == b.Key() {
			t.Errorf("%q and %q have one key", a, b)
		}
	}
}

func TestAddressJSON(t *testing.T) {
	t.Parallel()
	type row struct{ Email, None Address }
	in := row{Email: mustParse(t, "Anna@Bücher.de")}
	text, err := json.Marshal(in)
	if err != nil || string(text) != `{"Email":"Anna@xn--bcher-kva.de","None":""}` {
		t.Fatalf("Marshal = %s, %v", text, err)
	}
	var out row
	if err := json.Unmarshal(text, &out); err != nil || out != in {
		t.Errorf("Unmarshal = %v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"Email":"a@b"}`), &out); err == nil {
		t.Error("an invalid address was unmarshaled")
	}
}

func TestLogsShowNoAddress(t *testing.T) {
	t.Parallel()
	var text, asJSON bytes.Buffer
	a := mustParse(t, "anna@example.org")
	slog.New(slog.NewTextHandler(&text, nil)).Info("sent", "to", a)
	slog.New(slog.NewJSONHandler(&asJSON, nil)).Info("sent", "to", a)
	for _, log := range []string{text.String(), asJSON.String()} {
		if strings.Contains(log, "anna") || strings.Contains(log, "example") {
			t.Errorf("logged: %s", log)
		}
	}
}

func TestIsRole(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"postmaster@x.org": true, "PostMaster@x.org": true, "abuse+spam@x.org": true, "noreply@x.org": true,
		"no-reply@x.org": true, "letters-request@x.org": true, "owner-list@x.org": true, "info@x.org": true,
		"anna@x.org": false, "information@x.org": false, "anna+info@x.org": false, "salesman@x.org": false,
		"a@abuse.org": false,
	} {
		if got := mustParse(t, in).IsRole(); got != want {
			t.Errorf("IsRole(%s) = %v, want %v", in, got, want)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		a, _ := Parse("anna.smith@example.org")
		_ = a.Key()
	}
}
