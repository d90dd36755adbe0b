package token

import (
	"encoding/base32"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func mustTag(t testing.TB, k *Keyring, s Subject) string {
	t.Helper()
	tag, err := k.Tag(Bounce, s)
	if err != nil {
		t.Fatal(err)
	}
	return tag
}

func TestTagRoundTripInEitherCase(t *testing.T) {
	t.Parallel()
	k := ring(t, 7)
	rapid.Check(t, func(t *rapid.T) {
		s := Subject{A: rapid.Int64Range(0, maxTagA).Draw(t, "A"), B: rapid.Int64Range(0, maxTagB).Draw(t, "B")}
		p := rapid.SampledFrom(append(purposes, Bounce)).Draw(t, "purpose")
		tag, err := k.Tag(p, s)
		if again, _ := k.Tag(p, s); err != nil || len(tag) != TagSize || tag != again || tag != strings.ToLower(tag) {
			t.Fatalf("tag %s, %v: not %d small letters and digits, or not the same twice", tag, err, TagSize)
		}
		mixed := []byte(tag)
		for i := range mixed {
			if rapid.Bool().Draw(t, "upper") {
				mixed[i] = strings.ToUpper(tag)[i]
			}
		}
		for _, spelling := range []string{tag, strings.ToUpper(tag), string(mixed)} {
			for _, other := range append(purposes, Bounce, 0, 255) {
				got, err := k.ReadTag(other, spelling)
				switch {
				case other == p && (err != nil || got != s):
					t.Fatalf("ReadTag = %v, %v; want %v", got, err, s)
				case other != p && (!errors.Is(err, ErrInvalid) || got != Subject{}):
					t.Fatalf("a tag for %d is read for %d", p, other)
				}
			}
		}
	})
}

func TestTagHasNoRoom(t *testing.T) {
	t.Parallel()
	k := ring(t, 1)
	for _, s := range []Subject{{A: -1}, {B: -1}, {A: maxTagA + 1}, {B: maxTagB + 1}} {
		if tag, err := k.Tag(Bounce, s); err == nil {
			t.Errorf("%v has the tag %s", s, tag)
		}
	}
}

// Tags in letters already sent must be read for ever: this one is written down.
func TestTagFormatIsStable(t *testing.T) {
	t.Parallel()
	const want = "a6afptqf5k3extqolfvfqesfaojktor55gjpanzl"
	if got := mustTag(t, ring(t, 7), Subject{A: 12, B: 8}); got != want {
		t.Errorf("Tag = %s, want %s", got, want)
	}
}

func TestEveryOtherCharacterOfATagIsRefused(t *testing.T) {
	t.Parallel()
	k := ring(t, 1, 0) // id 0 is a bit flip away from id 1
	tag := mustTag(t, k, Subject{A: 42, B: 3})
	for i := range len(tag) {
		for c := range 256 {
			if strings.EqualFold(string(tag[i]), string(rune(c))) {
				continue
			}
			changed := tag[:i] + string([]byte{byte(c)}) + tag[i+1:]
			if got, err := k.ReadTag(Bounce, changed); !errors.Is(err, ErrInvalid) || got != (Subject{}) {
				t.Errorf("ReadTag(%q) = %v, %v", changed, got, err)
			}
		}
	}
	for _, bad := range []string{
		"", tag[:39], tag + "a", tag + "=", tag[:39] + "\n", "\n" + tag[1:], strings.Repeat("a", TagSize), strings.Repeat("7", TagSize),
		strings.Replace(tag, "k", "\u212a", 1)[:TagSize], "\u212a" + tag[3:], strings.Repeat("\n", TagSize), strings.Repeat("a", 1<<20),
	} {
		if got, err := k.ReadTag(Bounce, bad); !errors.Is(err, ErrInvalid) && bad != tag {
			t.Errorf("ReadTag(%.60q) = %v, %v", bad, got, err)
		}
	}
}

func TestRotationKeepsOldTags(t *testing.T) {
	t.Parallel()
	s := Subject{A: 3, B: 4}
	before, after, without := ring(t, 1), ring(t, 2, 1), ring(t, 2)
	old, fresh := mustTag(t, before, s), mustTag(t, after, s)
	if old == fresh {
		t.Error("rotation does not change the signing key")
	}
	for _, tag := range []string{old, fresh} {
		if got, err := after.ReadTag(Bounce, tag); err != nil || got != s {
			t.Errorf("after rotation: %v, %v", got, err)
		}
	}
	for k, tag := range map[*Keyring]string{before: fresh, without: old} {
		if _, err := k.ReadTag(Bounce, tag); !errors.Is(err, ErrInvalid) {
			t.Errorf("a tag of an unknown key: %v", err)
		}
	}
}

// Whoever sees the tags of two neighbors learns nothing but that one instance made
// them: they share the key's id and nothing beyond chance.
func TestTagsAreUniqueAndOpaque(t *testing.T) {
	t.Parallel()
	k := ring(t, 1)
	seen := make(map[string]bool)
	var last string
	for i := range int64(10_000) {
		tag := mustTag(t, k, Subject{A: i, B: 1})
		if seen[tag] {
			t.Fatalf("%s twice", tag)
		}
		seen[tag] = true
		n := 0
		for j := 2; j < len(last); j++ {
			if last[j] == tag[j] {
				n++
			}
		}
		if n > 12 { // 1.2 by chance
			t.Errorf("%s and %s share %d characters", last, tag, n)
		}
		last = tag
	}
}

// A tag is nothing of a token's key: neither can be made from the other.
func TestTagsAndTokensHaveKeysOfTheirOwn(t *testing.T) {
	t.Parallel()
	k := ring(t, 1)
	s := Subject{A: 9, B: 9}
	raw, err := base32.StdEncoding.DecodeString(strings.ToUpper(mustTag(t, k, s)))
	if err != nil {
		t.Fatal(err)
	}
	plain := s.tagBytes()
	mac := k.keys.Load().current.tag.mac(Bounce, plain)
	if string(mac[:]) != string(raw[1:1+tagMACSize]) {
		t.Fatal("the tag does not begin with its MAC")
	}
	wide := k.keys.Load().current.mac(Bounce, s.bytes())
	if string(mac[:4]) == string(wide[:4]) {
		t.Error("tags and tokens share a MAC")
	}
}

func FuzzReadTag(f *testing.F) {
	k, old := ring(f, 1, 0), ring(f, 0)
	f.Add(byte(Bounce), mustTag(f, k, Subject{A: 1, B: 2}))
	f.Add(byte(Bounce), strings.ToUpper(mustTag(f, old, Subject{A: 1, B: 2})))
	f.Add(byte(0), "")
	f.Add(byte(5), strings.Repeat("a", TagSize))
	f.Fuzz(func(t *testing.T, p byte, tag string) {
		s, err := k.ReadTag(Purpose(p), tag)
		if err != nil {
			if !errors.Is(err, ErrInvalid) || s != (Subject{}) {
				t.Fatalf("ReadTag = %v, %v", s, err)
			}
			return
		}
		now, err1 := k.Tag(Purpose(p), s)
		then, err2 := old.Tag(Purpose(p), s)
		if lower := strings.ToLower(tag); err1 != nil || err2 != nil || lower != now && lower != then {
			t.Fatalf("%q is read and was not made", tag)
		}
	})
}

func BenchmarkTag(b *testing.B) {
	k := ring(b, 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Tag(Bounce, Subject{A: 1, B: 2}); err != nil {
			b.Fatal(err)
		}
	}
}
