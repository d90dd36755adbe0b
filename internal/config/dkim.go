package config

import (
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
)

// DKIM says who signs the letters for this relay, and with which keys (RFC 6376).
// Without a domain nothing is signed.
type DKIM struct {
	Domain  string  `yaml:"domain" type:"host" default:"" doc:"The domain that signs the letters whose from: is in it or below it; others leave unsigned. Empty for a relay that signs itself, as most do."`
	RSA     DKIMKey `yaml:"rsa"`
	Ed25519 DKIMKey `yaml:"ed25519"`
}

// DKIMKey is one of the keys that sign.
type DKIMKey struct {
	Selector string `yaml:"selector" type:"host" default:"" doc:"The name under which the public half of the key is published: SELECTOR._domainkey.DOMAIN."`
	File     string `yaml:"file" type:"path" default:"" doc:"The private key in PEM, which only its owner may read. partwork dkim new makes it."`
	// Key is the text of the file. [Load] sets it; it is not set while the file
	// is missing.
	Key Secret
}

// The names of the algorithms, which are also those of their sections.
const (
	AlgorithmRSA     = "rsa"
	AlgorithmEd25519 = "ed25519"
)

// NamedKey is a configured key with its algorithm.
type NamedKey struct {
	Algorithm string
	DKIMKey
}

// Keys returns the keys that are configured, RSA first; none without a domain.
func (d DKIM) Keys() []NamedKey {
	var keys []NamedKey
	for _, k := range []NamedKey{{AlgorithmRSA, d.RSA}, {AlgorithmEd25519, d.Ed25519}} {
		if d.Domain != "" && k.File != "" {
			keys = append(keys, k)
		}
	}
	return keys
}

// Signer returns the private key. The error says what is wrong with the file, and
// never what is in it.
func (k NamedKey) Signer() (crypto.Signer, error) {
	if !k.Key.IsSet() {
		return nil, fmt.Errorf("the key of smtp.dkim.%s.file, %s: %w", k.Algorithm, k.File, fs.ErrNotExist)
	}
	key, err := parseKey([]byte(k.Key.Reveal()))
	if err == nil {
		err = k.check(key)
	}
	if err != nil {
		return nil, fmt.Errorf("the key of smtp.dkim.%s.file, %s: %w", k.Algorithm, k.File, err)
	}
	return key, nil
}

// minRSABits is the shortest RSA key that signs (RFC 8301 §3.2). Longer ones than
// maxRSABits do not fit into the answers of all name servers (RFC 6376 §3.3.3).
const minRSABits, maxRSABits = 2048, 4096

// check holds a key against what the section is for.
func (k NamedKey) check(key crypto.Signer) error {
	private, isRSA := key.(*rsa.PrivateKey)
	switch {
	case k.Algorithm == AlgorithmRSA && !isRSA:
		return errors.New("it is an Ed25519 key; expected an RSA key")
	case k.Algorithm == AlgorithmEd25519 && isRSA:
		return errors.New("it is an RSA key; expected an Ed25519 key")
	case isRSA && (private.N.BitLen() < minRSABits || private.N.BitLen() > maxRSABits):
		return fmt.Errorf("it is an RSA key of %d bits; expected %d to %d", private.N.BitLen(), minRSABits, maxRSABits)
	}
	return nil
}

// validateDKIM reports what keeps the letters from being signed, and reads the
// keys. A file that is missing is for CheckRelay to report.
func (l *loader) validateDKIM(r relayAt) {
	d, section := &r.DKIM, r.key("dkim.")
	l.validateKey(r, AlgorithmRSA, &d.RSA)
	l.validateKey(r, AlgorithmEd25519, &d.Ed25519)
	if d.Domain == "" {
		return
	}
	d.Domain = strings.ToLower(strings.TrimSuffix(d.Domain, "."))
	switch {
	case !isHost(d.Domain) || !strings.Contains(d.Domain, ".") || net.ParseIP(d.Domain) != nil:
		l.report(section+"domain", quote(d.Domain)+" cannot be used", "write a domain, such as example.org; names outside ASCII in their xn-- form")
	case d.RSA.File == "" && d.Ed25519.File == "":
		l.report(section+"domain", "there is no key to sign with", "make keys with `partwork dkim new`, or remove the line")
	case d.RSA.File == "":
		l.report(section+"ed25519.file", "there is no RSA key beside it, and many receivers do not know Ed25519",
			"make both keys with `partwork dkim new`")
	case strings.EqualFold(d.RSA.Selector, d.Ed25519.Selector):
		l.report(section+"ed25519.selector", quote(d.Ed25519.Selector)+" is that of the RSA key too", "publish each key under a selector of its own")
	}
}

// validateKey reports what is wrong with one of the keys.
func (l *loader) validateKey(r relayAt, algorithm string, k *DKIMKey) {
	d, section := &r.DKIM, r.key("dkim.")
	selector, file := section+algorithm+".selector", section+algorithm+".file"
	switch {
	case k.Selector == "" && k.File == "":
		return
	case d.Domain == "":
		at := file
		if k.File == "" {
			at = selector
		}
		l.report(at, "there is no "+section+"domain to go with it", "set the domain that signs, or remove this")
		return
	case k.Selector == "":
		l.report(file, "there is no "+selector+" to go with it", "write the selector under which the key is published")
	case !isHost(k.Selector) || strings.HasSuffix(k.Selector, "."):
		l.report(selector, quote(k.Selector)+" cannot be used", "write letters, digits and hyphens, such as letters2026")
	case k.File == "":
		l.report(selector, "there is no "+file+" to go with it", "name the file of the private key; `partwork dkim new` makes one")
	}
	if k.File != "" {
		l.readKeyFile(file, NamedKey{Algorithm: algorithm, DKIMKey: *k}, k)
	}
}

// readKeyFile sets the key from its file, if there is one.
func (l *loader) readKeyFile(key string, named NamedKey, into *DKIMKey) {
	text, err := readSecret(named.File)
	if errors.Is(err, fs.ErrNotExist) {
		return // CheckRelay says so.
	}
	if err != nil {
		l.reportSecret(key, err)
		return
	}
	parsed, err := parseKey(text)
	if err == nil {
		err = named.check(parsed)
	}
	if err != nil {
		l.report(key, quote(named.File)+" cannot be used: "+err.Error(), "make keys with `partwork dkim new`")
		return
	}
	into.Key = NewSecret(string(text))
}
