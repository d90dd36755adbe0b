package token_test

import (
	"sync"
	"testing"

	"partwork/internal/token"
)

// Whoever has the ring signs with the new key, and what the old one signed still verifies.
func TestAdopt(t *testing.T) {
	t.Parallel()
	old := []token.Key{{ID: 7, Secret: [token.KeySize]byte{1}}}
	ring, err := token.NewKeyring(old...)
	if err != nil {
		t.Fatal(err)
	}
	s := token.Subject{A: 12, B: 34}
	link, name := ring.Sign(token.Unsubscribe, s), ring.Opaque("message-id", s)
	tag, err := ring.Tag(token.Bounce, s)
	if err != nil {
		t.Fatal(err)
	}
	rotated, err := token.Rotate(old, [token.KeySize]byte{2})
	if err != nil {
		t.Fatal(err)
	}
	if err := ring.Adopt(rotated...); err != nil {
		t.Fatal(err)
	}
	fresh := ring.Sign(token.Unsubscribe, s)
	if fresh == link || ring.Opaque("message-id", s) != name {
		t.Error("the new key does not sign, or names messages")
	}
	for _, l := range []string{link, fresh} {
		if got, err := ring.Verify(token.Unsubscribe, l); err != nil || got != s {
			t.Errorf("%v, %v", got, err)
		}
	}
	if got, err := ring.ReadTag(token.Bounce, tag); err != nil || got != s {
		t.Errorf("the tag: %v, %v", got, err)
	}
	for name, keys := range map[string][]token.Key{
		"no key": nil, "another root": {{ID: 9, Secret: [token.KeySize]byte{9}}}, "the old root in front": {old[0], rotated[0]},
	} {
		if err := ring.Adopt(keys...); err == nil || ring.Sign(token.Unsubscribe, s) != fresh {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Links are signed and read while the keys change (for the race detector).
func TestAdoptWhileSigning(t *testing.T) {
	t.Parallel()
	keys := []token.Key{{ID: 1, Secret: [token.KeySize]byte{1}}}
	ring, err := token.NewKeyring(keys...)
	if err != nil {
		t.Fatal(err)
	}
	var signing sync.WaitGroup
	for n := range 4 {
		signing.Go(func() {
			for i := range 200 {
				s := token.Subject{A: int64(n), B: int64(i)}
				if got, err := ring.Verify(token.View, ring.Sign(token.View, s)); err != nil || got != s {
					t.Errorf("%v: %v, %v", s, got, err)
				}
			}
		})
	}
	for i := range 20 {
		if keys, err = token.Rotate(keys, [token.KeySize]byte{byte(i + 2)}); err == nil {
			err = ring.Adopt(keys...)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	signing.Wait()
}
