package token

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestKeyfileRoundTrip(t *testing.T) {
	t.Parallel()
	keys := []Key{key(3), key(0), key(255)}
	text := FormatKeyring(keys)
	for _, variant := range [][]byte{
		text,
		bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")),
		bytes.TrimSuffix(text, []byte("\n")),
		append([]byte("\n  # mine\n"), text...),
	} {
		got, err := ParseKeyring(variant)
		if err != nil || !slices.Equal(got, keys) {
			t.Errorf("ParseKeyring: %v, %v", got, err)
		}
	}
}

func TestParseKeyringRefuses(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("5e", KeySize)
	for _, tc := range []struct{ name, text, problem string }{
		{"empty", "", "at least one key"},
		{"comments only", "# nothing\n", "at least one key"},
		{"no id", digits, "line 1: 1 words"},
		{"three words", "1 " + digits + " x", "3 words"},
		{"id too big", "\n256 " + digits, "line 2: the id"},
		{"negative id", "-1 " + digits, "the id"},
		{"short", "1 " + digits[2:], "62 digits"},
		{"not hex", "1 zz" + digits[2:], "hexadecimal"},
		{"id twice", "1 " + digits + "\n1 " + strings.Repeat("ab", KeySize), "two keys have the id 1"},
		{"secret twice", "1 " + digits + "\n2 " + digits, "secret of another"},
		{"zeros", "1 " + strings.Repeat("00", KeySize), "all zeros"},
		{"huge", strings.Repeat("#", maxKeyfile+1), "at most"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			keys, err := ParseKeyring([]byte(tc.text))
			if err == nil || keys != nil {
				t.Fatalf("got %d keys, %v", len(keys), err)
			}
			if !strings.Contains(err.Error(), tc.problem) || strings.Contains(err.Error(), "5e5e") {
				t.Errorf("error %q; want a mention of %q and no key", err, tc.problem)
			}
		})
	}
}

func TestRotate(t *testing.T) {
	t.Parallel()
	keys, err := Rotate(nil, key(9).Secret)
	if err != nil || len(keys) != 1 || keys[0].ID != 0 {
		t.Fatalf("first key: %v, %v", len(keys), err)
	}
	for i := 1; i < 256; i++ {
		secret := key(9).Secret
		secret[0], secret[1] = byte(i), 2
		if keys, err = Rotate(keys, secret); err != nil || keys[0].ID != byte(i) || keys[0].Secret != secret {
			t.Fatalf("rotation %d: id %d, %v", i, keys[0].ID, err)
		}
	}
	if _, err := NewKeyring(keys...); err != nil {
		t.Error(err)
	}
	if _, err := Rotate(keys, [KeySize]byte{1}); err == nil {
		t.Error("a 257th key was added")
	}
	// A freed id is found again, past the wrap.
	kept := append(slices.Clone(keys[:200]), keys[201:]...)
	if again, err := Rotate(kept, [KeySize]byte{1}); err != nil || again[0].ID != keys[200].ID {
		t.Errorf("after removing one: %v", err)
	}
}

func TestKeysPrintAsSecret(t *testing.T) {
	t.Parallel()
	k := Key{ID: 1, Secret: [KeySize]byte(bytes.Repeat([]byte("k"), KeySize))}
	r, err := NewKeyring(k)
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		for _, v := range []any{k, &k, []Key{k}, r, struct{ R *Keyring }{r}} {
			if got := fmt.Sprintf(verb, v); !strings.Contains(got, "[secret]") || strings.Contains(got, "107") {
				t.Errorf("%s of %T prints %s", verb, v, got)
			}
		}
	}
	type holder struct{ r *Keyring }
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		got := fmt.Sprintf(verb, holder{r})
		for _, b := range [][]byte{k.Secret[:4], r.keys.Load().root()[:4], derive(k, "partwork token mac v1")[:4]} {
			for _, form := range []string{"%v", "%x", "%s"} {
				if leak := strings.Trim(fmt.Sprintf(form, b), "[]"); strings.Contains(got, leak) {
					t.Errorf("%s of a holder prints %s", verb, got)
				}
			}
		}
	}
	if text, err := json.Marshal(k); err == nil {
		t.Errorf("json.Marshal = %s", text)
	}
}

func FuzzParseKeyring(f *testing.F) {
	f.Add(FormatKeyring([]Key{key(1), key(2)}))
	f.Add([]byte("1 \xff\n#"))
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := ParseKeyring(text)
		if err != nil {
			return
		}
		again, err := ParseKeyring(FormatKeyring(keys))
		if err != nil || !slices.Equal(again, keys) {
			t.Fatalf("format and parse again: %v", err)
		}
	})
}
