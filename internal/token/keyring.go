package token

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"
	"sync/atomic"
)

// KeySize is the length of a key's secret, in bytes.
const KeySize = 32

// Key is one key of a ring. It prints as "[secret]".
type Key struct {
	// ID is the first byte of every token under this key: unique in a ring, never
	// reused, zero allowed.
	ID byte
	// Secret is 32 bytes from a random source.
	Secret [KeySize]byte
	// Retired says that the key was dropped: nothing under it verifies any more, and all that
	// is left to it is to be the root. Only the last of several keys can be.
	Retired bool
}

// Format writes "[secret]" whatever the verb.
func (Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[secret]") }

// MarshalText fails: keys leave the program through [FormatKeyring] only.
func (Key) MarshalText() ([]byte, error) { return nil, errors.New("a key is not for printing") }

// Keyring signs with its current key and verifies with all of them. It is safe for
// concurrent use, and changes by [Keyring.Adopt] alone. The zero value has no key and must
// not be used.
type Keyring struct{ keys atomic.Pointer[keyset] }

// keyset is what a Keyring has at a time. It is immutable.
type keyset struct {
	current derived
	root    func() []byte // the key of Opaque
	byID    map[byte]derived
}

// derived is what is computed from one Key, once. The keys are inside functions
// because fmt follows pointers in unexported fields of an enclosing struct, where
// Format is not asked.
type derived struct {
	id    byte
	mac   func(Purpose, [subjectSize]byte) [macSize]byte
	crypt func(dst, src []byte, iv [macSize]byte)
	tag   tagKeys
}

// NewKeyring returns the ring of the given keys, newest first. The first one signs.
// The last one is the root: [Keyring.Opaque] depends on it, so it stays last for
// ever. It is an error to give no key, two keys of one id or secret, an all-zero
// secret, or a retired key in any other place than the last of several.
func NewKeyring(keys ...Key) (*Keyring, error) {
	r, err := newKeyset(keys)
	if err != nil {
		return nil, err
	}
	k := new(Keyring)
	k.keys.Store(r)
	return k, nil
}

// Adopt goes on with other keys, newest first, such as those of a file that [Rotate] has
// changed: everybody who has the ring signs with the new key from now on. It is an error,
// and changes nothing, if NewKeyring would not take them or if the last one is another,
// because messages that are retried would change their names.
func (k *Keyring) Adopt(keys ...Key) error {
	r, err := newKeyset(keys)
	if err != nil {
		return err
	}
	if !hmac.Equal(r.root(), k.keys.Load().root()) {
		return errors.New("the last key is not the one that it was")
	}
	k.keys.Store(r)
	return nil
}

func newKeyset(keys []Key) (*keyset, error) {
	if len(keys) == 0 {
		return nil, errors.New("a keyring has at least one key")
	}
	k := &keyset{byID: make(map[byte]derived, len(keys))}
	secrets := make(map[[KeySize]byte]bool, len(keys))
	ids := make(map[byte]bool, len(keys))
	for i, key := range keys {
		if ids[key.ID] {
			return nil, fmt.Errorf("two keys have the id %d", key.ID)
		}
		if secrets[key.Secret] {
			return nil, fmt.Errorf("key %d has the secret of another key", key.ID)
		}
		if key.Secret == [KeySize]byte{} {
			return nil, fmt.Errorf("the secret of key %d is all zeros", key.ID)
		}
		if key.Retired && (i == 0 || i < len(keys)-1) {
			return nil, fmt.Errorf("key %d only names the messages; such a key is the last of several", key.ID)
		}
		ids[key.ID], secrets[key.Secret] = true, true
		if !key.Retired {
			k.byID[key.ID] = newDerived(key)
		}
	}
	k.current = k.byID[keys[0].ID]
	root := derive(keys[len(keys)-1], "partwork opaque id v1")
	k.root = func() []byte { return root }
	return k, nil
}

func newDerived(key Key) derived {
	macKey := derive(key, "partwork token mac v1")
	block := newBlock(derive(key, "partwork token enc v1"))
	// Every message carries several tokens, so what signing works with is kept.
	benches := sync.Pool{New: func() any { return &bench{mac: hmac.New(sha256.New, macKey)} }}
	return derived{
		id:  key.ID,
		tag: newTagKeys(key),
		mac: func(p Purpose, plain [subjectSize]byte) (mac [macSize]byte) {
			b := benches.Get().(*bench)
			defer benches.Put(b)
			b.mac.Reset()
			b.mac.Write(append(append(b.buf[:0], key.ID, byte(p)), plain[:]...))
			copy(mac[:], b.mac.Sum(b.buf[:0]))
			return mac
		},
		// Encrypts or decrypts; the two are one in counter mode, of which a subject
		// takes the first block.
		crypt: func(dst, src []byte, iv [macSize]byte) {
			b := benches.Get().(*bench)
			defer benches.Put(b)
			stream := b.buf[:macSize]
			copy(stream, iv[:])
			block.Encrypt(stream, stream)
			subtle.XORBytes(dst, src, stream)
		},
	}
}

// bench is what signing works with, a goroutine at a time.
type bench struct {
	mac hash.Hash
	buf [sha256.Size]byte
}

func newBlock(key []byte) cipher.Block {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // The key has 32 bytes: it comes from derive.
	}
	return block
}

// derive returns an independent key for one use (HKDF-Expand of RFC 5869).
func derive(key Key, use string) []byte {
	b, err := hkdf.Expand(sha256.New, key.Secret[:], use, KeySize)
	if err != nil {
		panic(err) // Only for lengths beyond 255 hashes.
	}
	return b
}

// Opaque returns a stable, unguessable name of s for the use that label names, such
// as the left half of a Message-ID: 32 characters of a–z and 2–7, from 160 bits of
// HMAC-SHA256. It cannot be turned back into s. Unlike a token it is made with the
// root key and survives rotation: a message retried next year keeps its id.
func (k *Keyring) Opaque(label string, s Subject) string {
	h := hmac.New(sha256.New, k.keys.Load().root())
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(label)))
	h.Write(size[:])
	_, _ = io.WriteString(h, label) // a hash never fails
	b := s.bytes()
	h.Write(b[:])
	return opaqueEncoding.EncodeToString(h.Sum(nil)[:20])
}

var opaqueEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Format writes "[secret]" whatever the verb.
func (*Keyring) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[secret]") }
