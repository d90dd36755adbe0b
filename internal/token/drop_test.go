package token

import (
	"slices"
	"testing"
)

// What was signed with a key that is dropped is dead, and everything else goes on: links
// under other keys, and the names of messages.
func TestDrop(t *testing.T) {
	t.Parallel()
	keys := []Key{key(3), key(2), key(1)}
	ring, err := NewKeyring(keys...)
	if err != nil {
		t.Fatal(err)
	}
	s := Subject{A: 12, B: 34}
	name := ring.Opaque("message-id", s)
	links, tags := map[byte]string{}, map[byte]string{}
	for i, k := range keys {
		old, err := NewKeyring(keys[i:]...)
		if err != nil {
			t.Fatal(err)
		}
		links[k.ID] = old.Sign(Unsubscribe, s)
		if tags[k.ID], err = old.Tag(Bounce, s); err != nil {
			t.Fatal(err)
		}
	}
	alive := []byte{1, 2, 3}
	for _, id := range []byte{2, 1} {
		if keys, err = Drop(keys, id); err == nil {
			keys, err = ParseKeyring(FormatKeyring(keys))
		}
		if err == nil {
			err = ring.Adopt(keys...)
		}
		if err != nil {
			t.Fatal(err)
		}
		alive = slices.DeleteFunc(alive, func(other byte) bool { return other == id })
		for under, link := range links {
			got, err := ring.Verify(Unsubscribe, link)
			if lives := slices.Contains(alive, under); lives != (err == nil) || lives && got != s {
				t.Errorf("without %d, a link under key %d: %v, %v", id, under, got, err)
			}
			if _, err := ring.ReadTag(Bounce, tags[under]); slices.Contains(alive, under) != (err == nil) {
				t.Errorf("without %d, a tag under key %d: %v", id, under, err)
			}
		}
		if ring.Opaque("message-id", s) != name {
			t.Errorf("without %d, messages have other names", id)
		}
		if _, err := Drop(keys, id); err == nil {
			t.Errorf("key %d is dropped twice", id)
		}
	}
	if _, err := Drop(keys, 3); err == nil {
		t.Error("the key that signs is dropped")
	}
	if keys, err = Rotate(keys, key(9).Secret); err != nil || keys[0].ID != 4 {
		t.Errorf("rotated after it: %v, %v", keys, err)
	}
	if keys, err = Drop(keys, 3); err != nil || len(keys) != 2 || !keys[1].Retired {
		t.Errorf("dropped after it: %v, %v", keys, err)
	}
	for _, wrong := range [][]Key{{{ID: 1, Secret: key(1).Secret, Retired: true}}, {{ID: 2, Secret: key(2).Secret, Retired: true}, key(1)}} {
		if _, err := NewKeyring(wrong...); err == nil {
			t.Errorf("%v is a ring", wrong)
		}
	}
}
