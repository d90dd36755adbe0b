package token_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"math/rand/v2"
	"strconv"
	"testing"

	"partwork/internal/token"
)

var purposes = []token.Purpose{token.Confirm, token.Unsubscribe, token.Preferences, token.View, token.Bounce}

// TestTenThousandTokens makes tokens as an instance of 10,000 readers does. Nobody can read
// a number in one, also not in its bytes; none is good for another purpose; none survives a
// change of any bit; and all are good after the key was rotated.
func TestTenThousandTokens(t *testing.T) {
	t.Parallel()
	const tokens, flipped = 10_000, 500
	dice := rand.New(rand.NewPCG(7, 11))
	keys := []token.Key{{ID: 9, Secret: [token.KeySize]byte{3, 1, 4}}}
	ring, err := token.NewKeyring(keys...)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool, tokens)
	var values [33][256]bool // which values each byte has had
	made := make([]string, tokens)
	subjects := make([]token.Subject, tokens)
	for i := range tokens {
		p := purposes[i%len(purposes)]
		s := token.Subject{A: int64(1_000_000 + i), B: dice.Int64N(1 << 40)}
		link := ring.Sign(p, s)
		made[i], subjects[i] = link, s
		raw, err := base64.RawURLEncoding.DecodeString(link)
		if err != nil || len(link) != token.Size || seen[link] {
			t.Fatalf("%s: %v", link, err)
		}
		seen[link] = true
		for at, b := range raw {
			values[at][b] = true
		}
		for _, n := range []int64{s.A, s.B} {
			for _, readable := range [][]byte{
				[]byte(strconv.FormatInt(n, 10)), []byte(strconv.FormatInt(n, 16)), []byte(strconv.FormatInt(n, 36)),
				bytes.TrimLeft(binary.BigEndian.AppendUint64(nil, uint64(n)), "\x00"), bytes.TrimRight(binary.LittleEndian.AppendUint64(nil, uint64(n)), "\x00"),
			} {
				// Three bytes agree by chance once in about 20,000 tokens.
				if len(readable) > 3 && (bytes.Contains(raw, readable) || bytes.Contains([]byte(link), readable)) {
					t.Errorf("%d can be read in %s", n, link)
				}
			}
		}
		for _, other := range purposes {
			if got, err := ring.Verify(other, link); (err == nil) != (other == p) || err != nil && got != (token.Subject{}) {
				t.Errorf("purpose %d reads a token of purpose %d: %v", other, p, err)
			}
		}
	}
	for at := 1; at < len(values); at++ { // the first is the number of the key
		for b, had := range values[at] {
			if !had {
				t.Errorf("byte %d never is %d: it does not look like chance", at, b)
			}
		}
	}
	for i := range flipped {
		at := i * (tokens / flipped)
		raw, _ := base64.RawURLEncoding.DecodeString(made[at])
		for bit := range 8 * len(raw) {
			raw[bit/8] ^= 1 << (bit % 8)
			if _, err := ring.Verify(purposes[at%len(purposes)], base64.RawURLEncoding.EncodeToString(raw)); err != token.ErrInvalid {
				t.Errorf("bit %d of %s may be flipped: %v", bit, made[at], err)
			}
			raw[bit/8] ^= 1 << (bit % 8)
		}
	}
	for year := range 3 {
		if keys, err = token.Rotate(keys, [token.KeySize]byte{byte(year + 50)}); err == nil {
			err = ring.Adopt(keys...)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, link := range made {
		if got, err := ring.Verify(purposes[i%len(purposes)], link); err != nil || got != subjects[i] {
			t.Errorf("after three rotations %s is %v, %v", link, got, err)
		}
		if i < 1000 && ring.Sign(purposes[i%len(purposes)], subjects[i]) == link {
			t.Errorf("the new key signs as the old one did: %s", link)
		}
	}
}
