package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTrustedProxies(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"127.0.0.1":                     "127.0.0.1/32",
		"10.0.0.0/8, fd00::/8":          "10.0.0.0/8, fd00::/8",
		"10.0.0.0/8 ::1":                "10.0.0.0/8, ::1/128",
		"\n  - 127.0.0.1\n  - ::1":      "127.0.0.1/32, ::1/128",
		"\"\"":                          "",
		"::ffff:127.0.0.1":              "127.0.0.1/32",
		"\n  - 10.0.0.0/8 # the office": "10.0.0.0/8",
	} {
		c, err := load("partwork.yaml", "/srv", []byte("trusted_proxies: "+text+"\n"), nil)
		if err != nil || c.TrustedProxies.String() != want {
			t.Errorf("%q is read as %v, %v", text, c, err)
		}
	}
	for text, want := range map[string]string{
		"10.1.2.3/8": `partwork.yaml:1: trusted_proxies: "10.1.2.3/8" cannot be used; expected networks`, "example.org": "cannot be used", "::/0": "cannot be used",
		"\n  - 127.0.0.1\n  - 0.0.0.0/0": `partwork.yaml:3: trusted_proxies: "0.0.0.0/0" cannot be used; expected`, "\n  - {a: b}": "no network", "fe80::1%eth0": "cannot be used",
		strings.Repeat("10.0.0.0/8,", maxNetworks+1): "cannot be used", "::ffff:10.0.0.0/104": "cannot be used",
	} {
		_, err := load("partwork.yaml", "/srv", []byte("trusted_proxies: "+text+"\n"), nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: the error is %v", text, err)
		}
	}
}

func TestCertificateFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key := filepath.Join(dir, "tls.key")
	read := func(mode os.FileMode) error {
		if err := os.WriteFile(key, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(key, mode); err != nil {
			t.Fatal(err)
		}
		c, err := load("partwork.yaml", dir, []byte("public_url: https://letters.net\ntls_cert_file: tls.pem\ntls_key_file: tls.key\n"), nil)
		if err == nil && (!c.TLS() || c.TLSKeyFile != key) {
			t.Errorf("read as %q, %q", c.TLSCertFile, c.TLSKeyFile)
		}
		return err
	}
	if err := read(0o640); err != nil {
		t.Errorf("a group that may read the key: %v", err)
	}
	if err := read(0o644); err == nil || !strings.Contains(err.Error(), `partwork.yaml:3: tls_key_file: every user may open "`+key+`" (mode 0644); run chmod o= on it`) {
		t.Errorf("a key that everybody may read: %v", err)
	}
	if Default().TLS() {
		t.Error("https without a certificate")
	}
}
