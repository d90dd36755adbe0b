package compose

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
)

// KeyRecord is the DNS record that publishes a key (RFC 6376 §3.6.2): a TXT record
// with this name and value.
type KeyRecord struct {
	// Name has no dot at its end.
	Name string
	// Value is the whole text. A record holds it in pieces; see Strings.
	Value string
}

// NewKeyRecord returns the record for the public half of a key, which is RSA or
// Ed25519.
func NewKeyRecord(domain, selector string, public crypto.PublicKey) (KeyRecord, error) {
	var data []byte
	switch key := public.(type) {
	case *rsa.PublicKey:
		encoded, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			return KeyRecord{}, fmt.Errorf("encode the public key: %w", err)
		}
		data = encoded
	case ed25519.PublicKey:
		data = key // RFC 8463 §4: the 32 bytes themselves
	default:
		return KeyRecord{}, fmt.Errorf("a %T cannot be published; expected an RSA or an Ed25519 key", public)
	}
	return KeyRecord{
		Name:  strings.ToLower(selector + "._domainkey." + domain),
		Value: "v=DKIM1; k=" + keyType(public) + "; p=" + base64.StdEncoding.EncodeToString(data),
	}, nil
}

// keyType is the k= tag of a key.
func keyType(public crypto.PublicKey) string {
	if _, ok := public.(ed25519.PublicKey); ok {
		return "ed25519"
	}
	return "rsa"
}

// maxString is the most octets that one string of a TXT record has (RFC 1035 §3.3).
const maxString = 255

// Strings cuts the value into the strings of a TXT record, which mean their
// concatenation (RFC 6376 §3.6.2.2).
func (r KeyRecord) Strings() []string {
	var out []string
	for rest := r.Value; rest != ""; {
		n := min(len(rest), maxString)
		out = append(out, rest[:n])
		rest = rest[n:]
	}
	return out
}

// Zone returns the record as a line of a zone file.
func (r KeyRecord) Zone() string {
	return r.Name + `. IN TXT ( "` + strings.Join(r.Strings(), `" "`) + `" )`
}
