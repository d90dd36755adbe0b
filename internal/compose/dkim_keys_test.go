package compose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"partwork/internal/mailaddr"
)

// failingKey is a key that cannot be used, such as one in a device that is gone.
type failingKey struct{ crypto.Signer }

// Sign implements crypto.Signer.
func (failingKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("the device is gone")
}

func TestNothingLeavesHalfSigned(t *testing.T) {
	t.Parallel()
	for i := range 2 {
		c := campaign("Hello.\n")
		e, _ := Compile(NewBundle(c, 0, layouts(t)))
		stamp := stamp
		stamp.Signer = newSigner(t, func(o *SignerOptions) {
			o.Keys = slices.Clone(o.Keys)
			o.Keys[i].Key = failingKey{o.Keys[i].Key}
		})
		m, err := e.Compose(mailaddr.Mailbox{Address: addr("anna@example.net")}, e.Merge(anna(c, 0)), links, stamp)
		if m != nil || !errors.Is(err, ErrSigning) || !strings.Contains(err.Error(), signingKeys()[i].Selector) {
			t.Errorf("key %d fails: %v, %v; want no message and ErrSigning", i, m != nil, err)
		}
	}
}

func TestNewSignerRefuses(t *testing.T) {
	t.Parallel()
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := signingKeys()
	for name, o := range map[string]SignerOptions{
		"NoDomain":     {Keys: good},
		"TopLevel":     {Domain: "org", Keys: good},
		"Injection":    {Domain: "example.org;\r\n l=0", Keys: good},
		"NoKeys":       {Domain: "example.org"},
		"NoSelector":   {Domain: "example.org", Keys: []SigningKey{{"", good[0].Key}}},
		"BadSelector":  {Domain: "example.org", Keys: []SigningKey{{"a b", good[0].Key}}},
		"SameSelector": {Domain: "example.org", Keys: []SigningKey{{"a", good[0].Key}, {"A", good[1].Key}}},
		"ShortKey":     {Domain: "example.org", Keys: []SigningKey{{"a", short}}},
		"OtherKey":     {Domain: "example.org", Keys: []SigningKey{{"a", other}}},
		"MissingKey":   {Domain: "example.org", Keys: []SigningKey{{"a", nil}}},
	} {
		if s, err := NewSigner(o); s != nil || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeyRecord(t *testing.T) {
	t.Parallel()
	for name, r := range published(t) {
		if strings.Join(r.Strings(), "") != r.Value || !strings.HasPrefix(r.Value, "v=DKIM1; k=") {
			t.Errorf("%s: %q is %q", name, r.Value, r.Strings())
		}
		for _, s := range r.Strings() {
			if len(s) > 255 || s == "" {
				t.Errorf("%s: a string of %d octets", name, len(s))
			}
		}
		want := map[string]int{"s1-rsa._domainkey.example.org": 2, "s1-ed25519._domainkey.example.org": 1}[name]
		if len(r.Strings()) != want || strings.Count(r.Zone(), `"`) != 2*want {
			t.Errorf("%s: %d strings, want %d: %s", name, len(r.Strings()), want, r.Zone())
		}
	}
	if _, err := NewKeyRecord("example.org", "a", "a text"); err == nil {
		t.Error("a text was published as a key")
	}
}
