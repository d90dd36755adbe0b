package token

import (
	"crypto/aes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"strings"
)

// A tag is a token for a place that is short and does not keep upper and lower case
// apart: the local part of a mail address (RFC 5321 §4.5.3.1.1 allows 64 octets; §2.4
// warns of hosts that change the case). It is key id (1 byte) ‖ synthetic IV (14) ‖
// ciphertext (10) in lower-case base32: 40 characters, by the construction of a token
// with other keys. A stranger's guess is right once in 2^112.
const (
	tagMACSize     = 14
	tagSubjectSize = 10
	tagRawSize     = 1 + tagMACSize + tagSubjectSize

	// TagSize is the length of every tag, in characters of a–z and 2–7. It holds
	// the 25 bytes exactly: no spare bits, so one spelling but for case.
	TagSize = 40

	// maxTagA and maxTagB are the largest numbers that a tag has room for.
	maxTagA = 1<<48 - 1
	maxTagB = 1<<32 - 1
)

// tagKeys are those functions of a Key that make tags.
type tagKeys struct {
	mac   func(Purpose, [tagSubjectSize]byte) [tagMACSize]byte
	crypt func(dst, src []byte, iv [tagMACSize]byte)
}

func newTagKeys(key Key) tagKeys {
	macKey := derive(key, "partwork tag mac v1")
	block := newBlock(derive(key, "partwork tag enc v1"))
	return tagKeys{
		mac: func(p Purpose, plain [tagSubjectSize]byte) [tagMACSize]byte {
			h := hmac.New(sha256.New, macKey)
			h.Write([]byte{key.ID, byte(p)})
			h.Write(plain[:])
			return [tagMACSize]byte(h.Sum(nil))
		},
		// Encrypts or decrypts: counter mode with one block, so that its counter,
		// the last two bytes, stays zero.
		crypt: func(dst, src []byte, iv [tagMACSize]byte) {
			var stream [aes.BlockSize]byte
			copy(stream[:], iv[:])
			block.Encrypt(stream[:], stream[:])
			subtle.XORBytes(dst, src, stream[:])
		},
	}
}

// Tag returns the tag of s for p, under the current key. The same arguments give the
// same tag until the key is rotated. It is an error if a number of s is negative, or
// if A needs more than 48 bits or B more than 32.
func (k *Keyring) Tag(p Purpose, s Subject) (string, error) {
	if s.A < 0 || s.A > maxTagA || s.B < 0 || s.B > maxTagB {
		return "", errors.New("a number is negative or too large for a tag")
	}
	key := k.keys.Load().current
	plain := s.tagBytes()
	mac := key.tag.mac(p, plain)
	var raw [tagRawSize]byte
	raw[0] = key.id
	copy(raw[1:], mac[:])
	key.tag.crypt(raw[1+tagMACSize:], plain[:], mac)
	return opaqueEncoding.EncodeToString(raw[:]), nil
}

// ReadTag returns the subject of a tag made for p under any key of the ring, in
// letters of either case. Every failure is [ErrInvalid].
func (k *Keyring) ReadTag(p Purpose, tag string) (Subject, error) {
	raw, ok := decodeTag(tag)
	if !ok || p == 0 {
		return Subject{}, ErrInvalid
	}
	key, ok := k.keys.Load().byID[raw[0]]
	if !ok {
		return Subject{}, ErrInvalid
	}
	var plain [tagSubjectSize]byte
	claimed := [tagMACSize]byte(raw[1:])
	key.tag.crypt(plain[:], raw[1+tagMACSize:], claimed)
	if mac := key.tag.mac(p, plain); !hmac.Equal(mac[:], claimed[:]) {
		return Subject{}, ErrInvalid
	}
	return tagSubjectOf(plain), nil
}

// decodeTag accepts ASCII letters and digits only: package base32 skips line ends, and
// there are letters outside ASCII whose lower case is within.
func decodeTag(tag string) ([]byte, bool) {
	if len(tag) != TagSize {
		return nil, false
	}
	for i := range len(tag) {
		if c := tag[i] | 0x20; (c < 'a' || c > 'z') && (tag[i] < '2' || tag[i] > '7') {
			return nil, false
		}
	}
	raw, err := opaqueEncoding.DecodeString(strings.ToLower(tag))
	return raw, err == nil && len(raw) == tagRawSize
}

func (s Subject) tagBytes() [tagSubjectSize]byte {
	var wide [8]byte
	binary.BigEndian.PutUint64(wide[:], uint64(s.A))
	var b [tagSubjectSize]byte
	copy(b[:6], wide[2:])
	binary.BigEndian.PutUint32(b[6:], uint32(s.B))
	return b
}

func tagSubjectOf(b [tagSubjectSize]byte) Subject {
	var wide [8]byte
	copy(wide[2:], b[:6])
	return Subject{A: int64(binary.BigEndian.Uint64(wide[:])), B: int64(binary.BigEndian.Uint32(b[6:]))}
}
