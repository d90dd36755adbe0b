package mailaddr

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"testing"
)

func TestHasher(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte("k"), 32)
	h := NewHasher(key)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("anna@example.org"))
	want := Hash(mac.Sum(nil)[:16])
	clear(key) // The Hasher has its own copy.

	for _, s := range []string{"anna@example.org", "ANNA@Example.ORG"} {
		if got := h.Sum(mustParse(t, s)); got != want {
			t.Errorf("Sum(%s) = %s, want %s", s, got, want)
		}
	}
	if h.Sum(mustParse(t, "anne@example.org")) == want {
		t.Error("two addresses have one hash")
	}
	if NewHasher(bytes.Repeat([]byte("K"), 32)).Sum(mustParse(t, "anna@example.org")) == want {
		t.Error("two keys give one hash")
	}
	if h.Sum(Address{}) != (Hash{}) {
		t.Error("the zero address has a hash")
	}
}

func TestHashText(t *testing.T) {
	t.Parallel()
	h := Hash{0: 0xab, 15: 1}
	if got, err := ParseHash(h.String()); err != nil || got != h {
		t.Errorf("ParseHash(%s) = %v, %v", h, got, err)
	}
	for _, s := range []string{"", "ab", h.String() + "0", h.String() + "00", "zz" + h.String()[2:]} {
		if _, err := ParseHash(s); err == nil {
			t.Errorf("ParseHash(%q) succeeded", s)
		}
	}
}

func TestHasherPrintsNoKey(t *testing.T) {
	t.Parallel()
	h := NewHasher(bytes.Repeat([]byte("k"), 32))
	type holder struct{ h Hasher }
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		for _, v := range []any{h, &h, []Hasher{h}, holder{h}, &holder{h}} {
			got := fmt.Sprintf(verb, v)
			for _, leak := range []string{"kkk", "6b6b", "107 107", "0x6b, 0x6b"} {
				if bytes.Contains([]byte(got), []byte(leak)) {
					t.Errorf("%s of %T prints %s", verb, v, got)
				}
			}
		}
	}
}

func TestHasherRefusesWeakKeys(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func(){
		"short key": func() { NewHasher(make([]byte, 31)) },
		"no key":    func() { Hasher{}.Sum(Address{}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}
