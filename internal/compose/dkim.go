package compose

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Signer signs messages with DKIM (RFC 6376): once with each of its keys, so that
// each signature verifies alone. It never changes and serves any number of
// goroutines at once.
//
// A signature depends on the message, the key and the stamp's date and on nothing
// else, so the retry of a message has the same bytes.
type Signer struct {
	domain string
	keys   []SigningKey
	listed []signedField
}

// SigningKey is a private key with the name under which its public half is
// published.
type SigningKey struct {
	Selector string
	// Key is an RSA key of at least 2048 bits (RFC 8301 §3.2) or an Ed25519 key
	// (RFC 8463).
	Key crypto.Signer
}

// SignerOptions say how to sign.
type SignerOptions struct {
	// Domain takes responsibility (d=); names outside ASCII in their xn-- form.
	Domain string
	// Keys sign in this order, the first at the top. Verifiers that give up at
	// the first signature they do not understand do better with RSA there.
	Keys []SigningKey
	// Rewritten says that the relay replaces Message-ID and Date, as Amazon SES
	// does. They are not signed then, because no signature over them survives.
	Rewritten bool
}

// ErrSigning says that a message was composed but could not be signed. It is about
// the keys, not about the message or its reader.
var ErrSigning = errors.New("the message cannot be signed; check smtp.dkim in the configuration")

// minRSABits is the shortest RSA key that signs (RFC 8301 §3.2).
const minRSABits = 2048

// domainForm is a domain of letters, digits, hyphens and underscores.
var domainForm = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$`)

// NewSigner returns a signer. The error says what no signature can be made with.
func NewSigner(o SignerOptions) (*Signer, error) {
	if !domainForm.MatchString(o.Domain) || !strings.Contains(o.Domain, ".") || len(o.Domain) > 253 {
		return nil, fmt.Errorf("%q is no domain to sign for", o.Domain)
	}
	if len(o.Keys) == 0 {
		return nil, errors.New("there is no key to sign with")
	}
	s := &Signer{domain: strings.ToLower(o.Domain), keys: slices.Clone(o.Keys)}
	for i, k := range s.keys {
		if !domainForm.MatchString(k.Selector) {
			return nil, fmt.Errorf("%q is no selector", k.Selector)
		}
		if err := checkSigningKey(k.Key); err != nil {
			return nil, fmt.Errorf("the key with selector %s: %w", k.Selector, err)
		}
		if slices.ContainsFunc(s.keys[:i], func(other SigningKey) bool { return strings.EqualFold(other.Selector, k.Selector) }) {
			return nil, fmt.Errorf("two keys have the selector %s; one record cannot publish both", k.Selector)
		}
	}
	for _, f := range signedFields {
		if !f.rewritten || !o.Rewritten {
			s.listed = append(s.listed, f)
		}
	}
	return s, nil
}

func checkSigningKey(key crypto.Signer) error {
	if key == nil {
		return errors.New("it is missing")
	}
	switch public := key.Public().(type) {
	case *rsa.PublicKey:
		if bits := public.N.BitLen(); bits < minRSABits {
			return fmt.Errorf("it is RSA with %d bits; expected at least %d", bits, minRSABits)
		}
		return nil
	case ed25519.PublicKey:
		return nil
	default:
		return fmt.Errorf("it is %T; expected an RSA or an Ed25519 key", public)
	}
}

// Covers reports whether messages from a domain are signed.
func (s *Signer) Covers(domain string) bool { return Aligned(domain, s.domain) }

// Aligned reports whether a signature of the signing domain speaks for messages from
// another: from the same domain or one below it. Any other signature would prove
// nothing to those who look at the From header (RFC 9989). Case does not matter.
func Aligned(from, signing string) bool {
	from, signing = strings.ToLower(from), strings.ToLower(signing)
	return from == signing || strings.HasSuffix(from, "."+signing)
}

// sign returns the signatures for the top of a message whose From header is of a
// domain that the signer covers, and nothing for others. The error is ErrSigning.
func (s *Signer) sign(raw []byte, from string, at time.Time) ([]byte, error) {
	if !s.Covers(from) {
		return nil, nil
	}
	_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	names, fields := s.choose(readHeaders(raw))
	bodyHash := sha256.Sum256(relaxBody(body))
	var signatures []byte
	for _, k := range s.keys {
		field := s.unsigned(k, names, bodyHash[:], at)
		digest := sha256.Sum256(append(slices.Clip(fields), strings.TrimSuffix(relaxField("DKIM-Signature", field), "\r\n")...))
		value, err := k.sign(digest[:])
		if err != nil {
			return nil, fmt.Errorf("%w: the key with selector %s: %w", ErrSigning, k.Selector, err)
		}
		signatures = append(signatures, "DKIM-Signature:"+field+foldBase64(value)+"\r\n"...)
	}
	return signatures, nil
}

// sign returns the signature of a SHA-256. Neither algorithm draws lots: RSA is
// RSASSA-PKCS1-v1_5 (RFC 6376 §3.3), and Ed25519 signs the hash as it would any
// text (RFC 8463 §3).
func (k SigningKey) sign(digest []byte) ([]byte, error) {
	return k.Key.Sign(nil, digest, k.hash())
}

// hash is what the key must be told of the hash that it signs.
func (k SigningKey) hash() crypto.Hash {
	if _, ok := k.Key.Public().(ed25519.PublicKey); ok {
		return 0
	}
	return crypto.SHA256
}

// algorithm is the a= tag.
func (k SigningKey) algorithm() string { return keyType(k.Key.Public()) + "-sha256" }

// unsigned returns the value of a DKIM-Signature up to the signature itself
// (RFC 6376 §3.5), folded. There is no l=, which would let others append text, and
// no x=, so that a message may wait in queues.
func (s *Signer) unsigned(k SigningKey, names []string, bodyHash []byte, at time.Time) string {
	tags := []string{
		"v=1;", "a=" + k.algorithm() + ";", "c=relaxed/relaxed;", "d=" + s.domain + ";", "s=" + k.Selector + ";",
		"t=" + strconv.FormatInt(at.Unix(), 10) + ";", "bh=" + base64.StdEncoding.EncodeToString(bodyHash) + ";",
	}
	for i, name := range names {
		switch {
		case i == 0:
			name = "h=" + name + ":"
		case i == len(names)-1:
			name += ";"
		default:
			name += ":"
		}
		tags = append(tags, name)
	}
	return foldTags(append(tags, "b="))
}
