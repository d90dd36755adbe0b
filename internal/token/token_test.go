package token

import (
	"encoding/base64"
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func key(id byte) Key {
	k := Key{ID: id}
	for i := range k.Secret {
		k.Secret[i] = id ^ byte(i*7+1)
	}
	return k
}

func ring(t testing.TB, ids ...byte) *Keyring {
	t.Helper()
	keys := make([]Key, len(ids))
	for i, id := range ids {
		keys[i] = key(id)
	}
	k, err := NewKeyring(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var purposes = []Purpose{Confirm, Unsubscribe, Preferences, View, Stamp}

func TestSignVerifyRoundTrip(t *testing.T) {
	t.Parallel()
	k := ring(t, 7)
	rapid.Check(t, func(t *rapid.T) {
		s := Subject{A: rapid.Int64().Draw(t, "A"), B: rapid.Int64().Draw(t, "B")}
		p := rapid.SampledFrom(purposes).Draw(t, "purpose")
		token := k.Sign(p, s)
		if len(token) != Size || token != k.Sign(p, s) {
			t.Fatalf("token %s is not %d characters, or not the same twice", token, Size)
		}
		for _, other := range append(purposes, 0, 5, 255) {
			got, err := k.Verify(other, token)
			switch {
			case other == p && (err != nil || got != s):
				t.Fatalf("Verify = %v, %v; want %v", got, err, s)
			case other != p && (!errors.Is(err, ErrInvalid) || got != Subject{}):
				t.Fatalf("a token for %d verifies for %d", p, other)
			}
		}
	})
}

func TestZeroPurposeNeverVerifies(t *testing.T) {
	t.Parallel()
	k := ring(t, 1)
	if _, err := k.Verify(0, k.Sign(0, Subject{A: 1})); !errors.Is(err, ErrInvalid) {
		t.Errorf("Verify: %v", err)
	}
}

// Tokens in letters already sent must verify for ever: this one is written down.
func TestTokenFormatIsStable(t *testing.T) {
	t.Parallel()
	k := ring(t, 7)
	const want, wantOpaque = "B2hXNxhxqCf8yEDROuNAPIbEeycYwKMOPgtSLdMJoRR-", "vgc34u333hidqtfqgu5zhmeeohive6ir"
	if got := k.Sign(View, Subject{A: 12, B: 8}); got != want {
		t.Errorf("Sign = %s, want %s", got, want)
	}
	if got := k.Opaque("message", Subject{A: 12, B: 8}); got != wantOpaque {
		t.Errorf("Opaque = %s, want %s", got, wantOpaque)
	}
}

func TestTokensAreUniqueAndOpaque(t *testing.T) {
	t.Parallel()
	k := ring(t, 1)
	seen := make(map[string]bool)
	for i := range int64(10_000) {
		for _, token := range []string{k.Sign(Unsubscribe, Subject{A: i}), k.Opaque("message", Subject{A: i})} {
			if seen[token] {
				t.Fatalf("%s twice", token)
			}
			seen[token] = true
		}
	}
	// Neighbors have nothing in common but the key's id.
	common := func(a, b string) (n int) {
		for i := range a {
			if a[i] == b[i] {
				n++
			}
		}
		return n
	}
	if n := common(k.Sign(View, Subject{A: 1, B: 1}), k.Sign(View, Subject{A: 1, B: 2})); n > 10 {
		t.Errorf("tokens of neighbors share %d of 44 characters", n)
	}
}

func TestEveryBitFlipIsRefused(t *testing.T) {
	t.Parallel()
	k := ring(t, 1, 0) // id 0 is a bit flip away from id 1
	token := k.Sign(Preferences, Subject{A: 42, B: -1})
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	for bit := range len(raw) * 8 {
		raw[bit/8] ^= 1 << (bit % 8)
		if _, err := k.Verify(Preferences, base64.RawURLEncoding.EncodeToString(raw)); !errors.Is(err, ErrInvalid) {
			t.Errorf("bit %d flipped: %v", bit, err)
		}
		raw[bit/8] ^= 1 << (bit % 8)
	}
	for bit := range len(token) * 8 {
		flipped := []byte(token)
		flipped[bit/8] ^= 1 << (bit % 8)
		if _, err := k.Verify(Preferences, string(flipped)); !errors.Is(err, ErrInvalid) {
			t.Errorf("bit %d of the text flipped: %v", bit, err)
		}
	}
}

func TestOnlyTheCanonicalSpellingVerifies(t *testing.T) {
	t.Parallel()
	k := ring(t, 1)
	token := k.Sign(Confirm, Subject{A: math.MaxInt64, B: math.MinInt64})
	std := strings.NewReplacer("-", "+", "_", "/")
	for _, bad := range []string{
		"", token[:43], token + "A", token + "=", token + "\n", "\r\n" + token, token[:20] + "\n" + token[20:],
		token[:42] + "\n\n", " " + token[1:], std.Replace(token[:43]) + "+", strings.Repeat("A", Size),
		strings.Repeat("A", 1<<20), strings.Repeat("\n", Size),
	} {
		if got, err := k.Verify(Confirm, bad); !errors.Is(err, ErrInvalid) || got != (Subject{}) {
			t.Errorf("Verify(%.60q) = %v, %v", bad, got, err)
		}
	}
}

func TestRotationKeepsOldTokens(t *testing.T) {
	t.Parallel()
	s := Subject{A: 3, B: 4}
	before, after, without := ring(t, 1), ring(t, 2, 1), ring(t, 2)
	old, fresh := before.Sign(View, s), after.Sign(View, s)
	if old == fresh {
		t.Error("rotation does not change the signing key")
	}
	for _, token := range []string{old, fresh} {
		if got, err := after.Verify(View, token); err != nil || got != s {
			t.Errorf("after rotation: %v, %v", got, err)
		}
	}
	if _, err := before.Verify(View, fresh); !errors.Is(err, ErrInvalid) {
		t.Errorf("a token of an unknown key: %v", err)
	}
	if _, err := without.Verify(View, old); !errors.Is(err, ErrInvalid) {
		t.Errorf("a token of a removed key: %v", err)
	}
	if before.Opaque("message", s) != after.Opaque("message", s) {
		t.Error("rotation changes opaque ids")
	}
}

func TestOpaque(t *testing.T) {
	t.Parallel()
	k := ring(t, 1)
	seen := map[string]string{}
	for _, label := range []string{"", "a", "message", "messagf"} {
		for _, s := range []Subject{{}, {A: 1}, {B: 1}, {A: 'a' << 56}} {
			id := k.Opaque(label, s)
			if len(id) != 32 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz234567") != "" {
				t.Errorf("id %q", id)
			}
			if other, twice := seen[id]; twice {
				t.Errorf("%q %v has the id of %s", label, s, other)
			}
			seen[id] = label
		}
	}
}

func FuzzVerify(f *testing.F) {
	k := ring(f, 1, 0)
	f.Add(byte(View), k.Sign(View, Subject{A: 1, B: 2}))
	f.Add(byte(0), "")
	f.Add(byte(1), strings.Repeat("A", Size))
	f.Fuzz(func(t *testing.T, p byte, token string) {
		s, err := k.Verify(Purpose(p), token)
		if err != nil {
			if !errors.Is(err, ErrInvalid) || s != (Subject{}) {
				t.Fatalf("Verify = %v, %v", s, err)
			}
			return
		}
		old, err := NewKeyring(key(0))
		if err != nil {
			t.Fatal(err)
		}
		if token != k.Sign(Purpose(p), s) && token != old.Sign(Purpose(p), s) {
			t.Fatalf("%q verifies and was not signed", token)
		}
	})
}

func BenchmarkSign(b *testing.B) {
	k := ring(b, 1)
	for b.Loop() {
		k.Sign(Unsubscribe, Subject{A: 1})
	}
}
