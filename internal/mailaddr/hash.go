package mailaddr

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

// MinHashKey is the least length, in bytes, of a [Hasher]'s key.
const MinHashKey = 32

// Hash stands for an address in the suppression list: whoever lacks the key
// learns nothing from it, and who has an address and the key can look it up.
// The zero value stands for no address.
type Hash [16]byte

// String returns 32 lower-case hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads what [Hash.String] wrote, in either case.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if hex.DecodedLen(len(s)) != len(h) || len(s)%2 != 0 {
		return Hash{}, fmt.Errorf("a hash has %d hexadecimal digits, not %d", 2*len(h), len(s))
	}
	if _, err := hex.Decode(h[:], []byte(s)); err != nil {
		return Hash{}, fmt.Errorf("a hash has %d hexadecimal digits: %w", 2*len(h), err)
	}
	return h, nil
}

// Hasher hashes addresses under one key. It is safe for concurrent use and prints
// as "[secret]". The zero value has no key and must not be used.
type Hasher struct {
	// key is a function because fmt follows pointers inside unexported fields of
	// an enclosing struct, where Format is not asked.
	key func() []byte
}

// NewHasher returns a Hasher for the key, which it copies. It panics if the key has
// fewer than [MinHashKey] bytes: hashes under a weak key could be guessed.
func NewHasher(key []byte) Hasher {
	if len(key) < MinHashKey {
		panic(fmt.Sprintf("mailaddr: a hash key has at least %d bytes, not %d", MinHashKey, len(key)))
	}
	k := bytes.Clone(key)
	return Hasher{key: func() []byte { return k }}
}

// Sum returns the first 16 bytes of HMAC-SHA256(key, a.Key()) (RFC 2104), so that
// every spelling of an address has one hash. The zero address has the zero hash.
// Sum panics on the zero Hasher.
func (h Hasher) Sum(a Address) Hash {
	if h.key == nil {
		panic("mailaddr: the zero Hasher has no key")
	}
	if a.IsZero() {
		return Hash{}
	}
	mac := hmac.New(sha256.New, h.key())
	_, _ = io.WriteString(mac, a.Key()) // a hash never fails
	return Hash(mac.Sum(nil)[:len(Hash{})])
}

// Format writes "[secret]" whatever the verb.
func (h Hasher) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[secret]") }
