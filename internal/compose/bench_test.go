package compose

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"partwork/campaigns"
	"partwork/internal/mailaddr"
)

// BenchmarkCompose fills an edition for a reader, as the sender does: the merge values
// are picked, and the buffer is that of the message before.
func BenchmarkCompose(b *testing.B) {
	c := shipped(b, campaigns.MSTherapies)
	for _, issue := range []int{0, 2} {
		b.Run(c.Issues[issue].ID, func(b *testing.B) {
			e, _ := Compile(NewBundle(c, issue, layouts(b)))
			r := anna(c, issue)
			to := mailaddr.Mailbox{Name: r.Name, Address: r.Email}
			var buf []byte
			b.ReportAllocs()
			for b.Loop() {
				letter, err := e.AppendTo(buf[:0], to, e.Merge(r), links, stamp)
				if err != nil {
					b.Fatal(err)
				}
				buf = letter.Bytes
			}
			b.SetBytes(int64(len(buf)))
		})
	}
}

// BenchmarkGoMail has go-mail compose the same message, whose parts it is given filled
// in, and the edition make it for the reader, in turns. Trust the ratio.
func BenchmarkGoMail(b *testing.B) {
	c := shipped(b, campaigns.MSTherapies)
	for _, issue := range []int{0, 2} {
		b.Run(c.Issues[issue].ID, func(b *testing.B) {
			e, _ := Compile(NewBundle(c, issue, layouts(b)))
			r := anna(c, issue)
			to := mailaddr.Mailbox{Name: r.Name, Address: r.Email}
			p := partsFor(e, to, e.Merge(r), links, stamp)
			var buf []byte
			var theirs bytes.Buffer
			var ours, rival, ratios []float64
			for b.Loop() {
				began := time.Now()
				for range benchTurn {
					letter, err := e.AppendTo(buf[:0], to, e.Merge(r), links, stamp)
					if err != nil {
						b.Fatal(err)
					}
					buf = letter.Bytes
				}
				split := time.Now()
				for range benchTurn {
					theirs.Reset()
					p.byGoMail(b, &theirs)
				}
				ours = append(ours, split.Sub(began).Seconds())
				rival = append(rival, time.Since(split).Seconds())
				ratios = append(ratios, rival[len(rival)-1]/ours[len(ours)-1])
			}
			b.ReportMetric(median(ours)/benchTurn*1e9, "ns/msg")
			b.ReportMetric(median(rival)/benchTurn*1e9, "go-mail-ns/msg")
			b.ReportMetric(median(ratios), "x-go-mail")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// benchTurn is how many messages are composed in a turn.
const benchTurn = 100

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
			var buf []byte
			b.ReportAllocs()
			for b.Loop() {
				letter, err := e.AppendTo(buf[:0], to, e.Merge(r), links, stamp)
				if err != nil {
					b.Fatal(err)
				}
				buf = letter.Bytes
			}
		})
	}
}
