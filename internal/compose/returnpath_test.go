package compose

import (
	"bytes"
	"testing"

	"partwork/campaigns"
	"partwork/internal/mailaddr"
)

// The envelope sender is nothing of the message: the bytes are the same, and so are
// the signatures.
func TestReturnPathIsOfTheEnvelopeOnly(t *testing.T) {
	t.Parallel()
	c := shipped(t, campaigns.MSTherapies)
	e, _ := Compile(NewBundle(c, 0, layouts(t)))
	r := anna(c, 0)
	to := mailaddr.Mailbox{Name: r.Name, Address: r.Email}
	plain, err := e.AppendTo(nil, to, e.Merge(r), links, stamp)
	if err != nil {
		t.Fatal(err)
	}
	stamp := stamp
	if stamp.ReturnPath, err = mailaddr.Parse("bounces+tag@bounce.example.org"); err != nil {
		t.Fatal(err)
	}
	letter, err := e.AppendTo(nil, to, e.Merge(r), links, stamp)
	if err != nil {
		t.Fatal(err)
	}
	if letter.From != "bounces+tag@bounce.example.org" || plain.From != c.From.Address.String() || letter.UTF8 {
		t.Errorf("the envelope senders are %s and %s, UTF8 %v", letter.From, plain.From, letter.UTF8)
	}
	if !bytes.Equal(letter.Bytes, plain.Bytes) {
		t.Error("the message differs")
	}
	if stamp.ReturnPath, err = mailaddr.Parse("zurück@bounce.example.org"); err != nil {
		t.Fatal(err)
	}
	if letter, err = e.AppendTo(nil, to, e.Merge(r), links, stamp); err != nil || !letter.UTF8 {
		t.Errorf("an envelope sender outside ASCII: UTF8 %v, %v", letter.UTF8, err)
	}
}
