package app

import (
	"testing"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/token"
)

// BenchmarkLinks signs the links that every message carries.
func BenchmarkLinks(b *testing.B) {
	keys, err := token.NewKeyring(token.Key{Secret: [token.KeySize]byte{1}})
	if err != nil {
		b.Fatal(err)
	}
	people, of := audience.New(audience.Options{Keyring: keys}), drip.Enrollment{ID: 12345, Subscriber: 6789}
	const base = "https://letters.example.org"
	b.ReportAllocs()
	for b.Loop() {
		people.UnsubscribeURL(base, of)
		people.PreferencesURL(base, of)
		people.ViewURL(base, drip.DeliveryKey{Enrollment: of.ID, Issue: 3})
	}
}
