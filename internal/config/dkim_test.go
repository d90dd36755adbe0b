package config

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// pemOf encodes bytes.
func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// pkcs8 encodes a private key.
func pkcs8(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pemOf("PRIVATE KEY", der)
}

// rsa2048 is an RSA key that all tests share: making one takes a while.
var rsa2048 = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func newEd25519(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// loadDKIM loads a file with two keys of the given texts; an empty text is no file.
func loadDKIM(t *testing.T, rsaText, edText string, mode fs.FileMode) (*Config, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"rsa.pem": rsaText, "ed25519.pem": edText} {
		if text != "" {
			write(t, filepath.Join(dir, name), text, mode)
		}
	}
	file := filepath.Join(dir, "partwork.yaml")
	write(t, file, `smtp:
  dkim:
    domain: example.org
    rsa: {selector: r, file: rsa.pem}
    ed25519: {selector: e, file: ed25519.pem}
`, 0o600)
	return Load(file, nil)
}

func TestKeysAreRead(t *testing.T) {
	t.Parallel()
	rsaKey, edKey := rsa2048(), newEd25519(t)
	for name, text := range map[string]string{
		"PKCS8": pkcs8(t, rsaKey),
		"PKCS1": "a comment\n" + pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := loadDKIM(t, text, pkcs8(t, edKey), 0o600)
			if err != nil {
				t.Fatal(err)
			}
			keys := c.SMTP.DKIM.Keys()
			if len(keys) != 2 {
				t.Fatalf("%d keys", len(keys))
			}
			first, err1 := keys[0].Signer()
			second, err2 := keys[1].Signer()
			if err1 != nil || err2 != nil || !rsaKey.Equal(first) || !edKey.Equal(second) {
				t.Errorf("other keys, or %v, %v", err1, err2)
			}
			if err := c.CheckRelay(); err != nil {
				t.Errorf("CheckRelay: %v", err)
			}
		})
	}
}

// TestKeysThatCannotBeUsed holds that what is wrong with a key is said with the line,
// and that nothing of the key is.
func TestKeysThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(rsa2048().Public())
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct{ text, want string }{
		"Ed25519ForRSA":   {pkcs8(t, newEd25519(t)), "it is an Ed25519 key; expected an RSA key"},
		"TooShort":        {pkcs8(t, short), "it is an RSA key of 1024 bits; expected 2048 to 4096"},
		"AnotherKind":     {pkcs8(t, other), "it is neither an RSA nor an Ed25519 key"},
		"PublicHalf":      {pemOf("PUBLIC KEY", public), `it holds "PUBLIC KEY"; expected PRIVATE KEY`},
		"WithPassphrase":  {pemOf("ENCRYPTED PRIVATE KEY", []byte("hunter2")), `it holds "ENCRYPTED PRIVATE KEY"`},
		"NoPEM":           {"hunter2 hunter2", "it holds no PEM"},
		"Damaged":         {pemOf("PRIVATE KEY", []byte("hunter2")), "it is damaged"},
		"DamagedOlderOne": {pemOf("RSA PRIVATE KEY", []byte("hunter2")), "it is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := loadDKIM(t, tc.text, pkcs8(t, newEd25519(t)), 0o600)
			var found Findings
			if !errors.As(err, &found) || len(found) != 1 {
				t.Fatalf("Load: %v, want one finding", err)
			}
			if f := found[0]; f.Line != 4 || f.Key != "smtp.dkim.rsa.file" || !strings.Contains(f.Message, tc.want) || f.Fix == "" {
				t.Errorf("the finding is %q, want line 4 and %q", f, tc.want)
			}
			if secret := base64.StdEncoding.EncodeToString([]byte("hunter2")); strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), secret) {
				t.Errorf("the error repeats the file: %v", err)
			}
		})
	}
}

func TestKeysOthersMayOpenAreRefused(t *testing.T) {
	t.Parallel()
	_, err := loadDKIM(t, pkcs8(t, rsa2048()), pkcs8(t, newEd25519(t)), 0o640)
	var found Findings
	if !errors.As(err, &found) || len(found) != 2 || !strings.Contains(found[0].Message, "other users may open") || found[0].Line != 4 {
		t.Errorf("Load: %v", err)
	}
}

// TestMissingKeysStopServeOnly holds that who writes can work without the keys, and
// that nothing leaves without them.
func TestMissingKeysStopServeOnly(t *testing.T) {
	t.Parallel()
	c, err := loadDKIM(t, pkcs8(t, rsa2048()), "", 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.CheckRelay(); err == nil || !strings.Contains(err.Error(), "smtp.dkim.ed25519.file") || strings.Contains(err.Error(), "dkim.rsa") {
		t.Errorf("CheckRelay: %v", err)
	}
	if _, err := c.SMTP.DKIM.Keys()[1].Signer(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the key that is not there: %v", err)
	}
}

func TestNewDKIM(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	d, err := NewDKIM("example.org", "s1", dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range d.Keys() {
		if want := filepath.Join(dir, "dkim-s1-"+k.Algorithm+".pem"); k.File != want || k.Selector != "s1-"+k.Algorithm {
			t.Errorf("%s: %s, %s; want %s", k.Algorithm, k.Selector, k.File, want)
		}
		info, err := os.Stat(k.File)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", k.File, info, err)
		}
		if _, err := k.Signer(); err != nil {
			t.Error(err)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", info, err)
	}

	t.Run("NothingIsReplaced", func(t *testing.T) {
		before, err := os.ReadFile(d.Ed25519.File)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(d.RSA.File); err != nil {
			t.Fatal(err)
		}
		if _, err := NewDKIM("example.org", "s1", dir); !errors.Is(err, fs.ErrExist) {
			t.Errorf("a second time: %v", err)
		}
		after, err := os.ReadFile(d.Ed25519.File)
		if err != nil || string(after) != string(before) {
			t.Errorf("the key changed, or %v", err)
		}
		if _, err := os.Stat(d.RSA.File); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("half a pair was made: %v", err)
		}
	})
	t.Run("NoKeyIsPrinted", func(t *testing.T) {
		text := strings.Split(d.Ed25519.Key.Reveal(), "\n")[1]
		if printed := fmt.Sprintf("%v %+v %#v %s", d, d, d.Keys(), d.Ed25519.Key); len(text) < 40 || strings.Contains(printed, text) {
			t.Errorf("printed: %s", printed)
		}
	})
}

func TestIsSelector(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"pw202611": true, "letters.2026": true, "a": true, strings.Repeat("a", 55): true,
		"": false, "my letters": false, "-a": false, "a/b": false, "..": false, strings.Repeat("a", 56): false,
	} {
		if got := IsSelector(text); got != want {
			t.Errorf("IsSelector(%q) = %v", text, got)
		}
	}
}
