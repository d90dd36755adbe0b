package config

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// parseKey reads a private key in PEM: PKCS #8, or the older form for RSA that many
// tools write. The error never repeats the text.
func parseKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("it holds no PEM; expected a line -----BEGIN PRIVATE KEY-----")
	}
	var (
		key any
		err error
	)
	switch block.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	default:
		return nil, fmt.Errorf("it holds %s; expected PRIVATE KEY, without a passphrase", quote(block.Type))
	}
	if err != nil {
		return nil, errors.New("it is damaged; expected a private key without a passphrase")
	}
	switch key := key.(type) {
	case *rsa.PrivateKey:
		return key, nil
	case ed25519.PrivateKey:
		return key, nil
	default:
		return nil, errors.New("it is neither an RSA nor an Ed25519 key")
	}
}

// NewDKIM makes an RSA and an Ed25519 key and returns the section of the
// configuration that uses them. The files lie in dir, have mode 0600 and the names
// dkim-SELECTOR.pem; the selectors are the given one with "-rsa" and "-ed25519"
// added. A file is never replaced: fs.ErrExist, and nothing is made.
func NewDKIM(domain, selector, dir string) (DKIM, error) {
	d := DKIM{
		Domain:  domain,
		RSA:     newKeyAt(dir, selector, AlgorithmRSA),
		Ed25519: newKeyAt(dir, selector, AlgorithmEd25519),
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, minRSABits)
	if err != nil {
		return DKIM{}, fmt.Errorf("make an RSA key: %w", err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return DKIM{}, fmt.Errorf("make an Ed25519 key: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return DKIM{}, fmt.Errorf("make the folder of the keys: %w", err)
	}
	if err := d.RSA.write(rsaKey); err != nil {
		return DKIM{}, err
	}
	if err := d.Ed25519.write(edKey); err != nil {
		return DKIM{}, errors.Join(err, os.Remove(d.RSA.File)) // half a pair is of no use
	}
	return d, nil
}

func newKeyAt(dir, selector, algorithm string) DKIMKey {
	selector += "-" + algorithm
	return DKIMKey{Selector: selector, File: filepath.Join(dir, "dkim-"+selector+".pem")}
}

// write makes the file of a key, and remembers its text.
func (k *DKIMKey) write(key any) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("encode a key: %w", err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	switch err := writeNew(k.File, text); {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s: %w", k.File, fs.ErrExist)
	case err != nil:
		return fmt.Errorf("write a key: %w", err)
	}
	k.Key = NewSecret(string(text))
	return nil
}

// IsSelector reports whether a text can be the selector that [NewDKIM] is given: what it
// adds has to fit into a label of the domain name system.
func IsSelector(text string) bool {
	return isHost(text) && len(text) <= 63-len("-"+AlgorithmEd25519)
}
