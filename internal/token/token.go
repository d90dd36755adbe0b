// Package token makes the signed, opaque, purpose-bound tokens in links, and the
// opaque ids in messages. Both are pure functions of a key and a [Subject]: no
// clock, no randomness, no storage, so that a retried message is the same bytes.
//
// A token is key id (1 byte) ‖ synthetic IV (16) ‖ ciphertext (16) in unpadded
// base64url: 44 characters. The construction is SIV (the scheme of RFC 5297, with
// HMAC-SHA256 in place of CMAC): the IV is a MAC over key id, purpose and subject,
// and encrypts the subject with AES-256-CTR. Nobody without the key can read a
// subject, count readers, alter a token, or use it for another purpose.
package token

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"errors"
)

// Purpose is what a link may do. A token is valid for one purpose only. The numbers
// are in letters already sent: never change or reuse one. The zero value is no
// purpose; its tokens never verify.
type Purpose byte

// The purposes.
const (
	// Confirm completes a sign-up.
	Confirm Purpose = 1
	// Unsubscribe leaves a series (RFC 8058 one-click included).
	Unsubscribe Purpose = 2
	// Preferences opens the reader's own page.
	Preferences Purpose = 3
	// View shows one issue in the browser.
	View Purpose = 4
	// Bounce is in the address that bounces of a delivery are sent to.
	Bounce Purpose = 5
	// Back takes a leaving back, and BackToEverything a suppression; neither is in any
	// mail.
	Back             Purpose = 8
	BackToEverything Purpose = 9
	// Private opens what is private of a person, for a while, and Move gives them the
	// address that the link was sent to.
	Private Purpose = 10
	Move    Purpose = 11
)

// Subject is what a token is about, as the caller's own numbers: for View the
// enrollment and the issue, for Back and BackToEverything the enrollment and the date of
// the leaving in milliseconds, for Private and Move the notice and the subscriber, for
// the others the enrollment and the subscriber or zero.
type Subject struct{ A, B int64 }

// ErrInvalid is the one answer to every token that does not verify, so that an
// answer never tells why.
var ErrInvalid = errors.New("the link is not valid")

const (
	macSize     = 16
	subjectSize = 16
	rawSize     = 1 + macSize + subjectSize

	// Size is the length of every token, in characters of the base64url alphabet.
	// It holds the 33 bytes exactly: no spare bits, so one spelling.
	Size = 44
)

var encoding = base64.RawURLEncoding

// Sign returns the token of s for p, under the current key. The same arguments give
// the same token until the key is rotated.
func (k *Keyring) Sign(p Purpose, s Subject) string {
	key := k.keys.Load().current
	plain := s.bytes()
	mac := key.mac(p, plain)
	raw := make([]byte, rawSize)
	raw[0] = key.id
	copy(raw[1:], mac[:])
	key.crypt(raw[1+macSize:], plain[:], mac)
	return encoding.EncodeToString(raw)
}

// Verify returns the subject of a token signed for p under any key of the ring.
// Every failure is [ErrInvalid]. A subject has one token per key and purpose: no
// other spelling of it verifies.
func (k *Keyring) Verify(p Purpose, token string) (Subject, error) {
	keys := k.keys.Load()
	raw, wellFormed := decode(token)
	if !wellFormed {
		raw = make([]byte, rawSize) // what has no form takes as long as what was forged
	}
	key, known := keys.byID[raw[0]]
	if !known {
		key = keys.current
	}
	var plain [subjectSize]byte
	claimed := [macSize]byte(raw[1:])
	key.crypt(plain[:], raw[1+macSize:], claimed)
	mac := key.mac(p, plain)
	if !hmac.Equal(mac[:], claimed[:]) || !wellFormed || !known || p == 0 {
		return Subject{}, ErrInvalid
	}
	return subjectOf(plain), nil
}

// decode accepts the canonical spelling only: package base64 skips line ends, and
// would let one token have many spellings.
func decode(token string) ([]byte, bool) {
	if len(token) != Size {
		return nil, false
	}
	raw, err := encoding.DecodeString(token)
	return raw, err == nil && len(raw) == rawSize
}

func (s Subject) bytes() [subjectSize]byte {
	var b [subjectSize]byte
	binary.BigEndian.PutUint64(b[:8], uint64(s.A))
	binary.BigEndian.PutUint64(b[8:], uint64(s.B))
	return b
}

func subjectOf(b [subjectSize]byte) Subject {
	return Subject{A: int64(binary.BigEndian.Uint64(b[:8])), B: int64(binary.BigEndian.Uint64(b[8:]))}
}
