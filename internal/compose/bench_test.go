package compose

import (
	"testing"

	"partwork/campaigns"
	"partwork/internal/mailaddr"
)

func BenchmarkCompose(b *testing.B) {
	c := shipped(b, campaigns.MSTherapies)
	for _, issue := range []int{0, 2} {
		b.Run(c.Issues[issue].ID, func(b *testing.B) {
			e, _ := Compile(NewBundle(c, issue, layouts(b)))
			r := anna(c, issue)
			to := mailaddr.Mailbox{Name: r.Name, Address: r.Email}
			b.ReportAllocs()
			for b.Loop() {
				m, err := e.Compose(to, e.Merge(r), links, stamp)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(m.Bytes)))
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	c := shipped(b, campaigns.MSTherapies)
	bundle := NewBundle(c, 0, layouts(b))
	b.ReportAllocs()
	for b.Loop() {
		if e, _ := Compile(bundle); e.Broken() {
			b.Fatal("broken")
		}
	}
}

// BenchmarkSign composes and signs the same message with each kind of key; compare
// it with BenchmarkCompose.
func BenchmarkSign(b *testing.B) {
	c := shipped(b, campaigns.MSTherapies)
	e, _ := Compile(NewBundle(c, 0, layouts(b)))
	r := anna(c, 0)
	to := mailaddr.Mailbox{Name: r.Name, Address: r.Email}
	keys := signingKeys()
	for name, signer := range map[string]*Signer{
		"unsigned": nil,
		"rsa":      newSigner(b, func(o *SignerOptions) { o.Keys = keys[:1] }),
		"ed25519":  newSigner(b, func(o *SignerOptions) { o.Keys = keys[1:] }),
		"both":     newSigner(b, nil),
	} {
		b.Run(name, func(b *testing.B) {
			stamp := stamp
			stamp.Signer = signer
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Compose(to, e.Merge(r), links, stamp); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
