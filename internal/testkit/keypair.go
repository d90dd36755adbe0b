package testkit

import (
	"crypto/x509"
	"encoding/pem"
	"testing"
)

// KeyPair makes a certificate for a name and its key, both as PEM, and the authority that
// vouches for it. Without a name it is right for localhost and the loopback addresses.
func KeyPair(t testing.TB, name string) (cert, key []byte, roots *x509.CertPool) {
	t.Helper()
	pair, roots := certificate(t, name, false)
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatalf("marshal key: %v", err)
	}
	cert = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]})
	return cert, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), roots
}
