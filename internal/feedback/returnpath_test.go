package feedback

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/token"
)

func keyring(t testing.TB, ids ...byte) *token.Keyring {
	t.Helper()
	var keys []token.Key
	for _, id := range ids {
		keys = append(keys, token.Key{ID: id, Secret: [token.KeySize]byte{id + 1, 2, 3}})
	}
	ring, err := token.NewKeyring(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func address(t testing.TB, text string) mailaddr.Address {
	t.Helper()
	a, err := mailaddr.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// longest is a mailbox with as many octets before the @ as config lets through.
const longest = "bounces-of-the-circle.1"

func mailbox(t testing.TB, text string) ReturnPath {
	return NewReturnPath(address(t, text), keyring(t, 1))
}

func TestReturnPathRoundTrip(t *testing.T) {
	t.Parallel()
	paths := []ReturnPath{
		mailbox(t, "bounces@bounce.example.org"), mailbox(t, longest+"@example.org"), mailbox(t, "a+b@bücher.example"), mailbox(t, "B@example.org"),
	}
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.SampledFrom(paths).Draw(t, "mailbox")
		key := drip.DeliveryKey{
			Enrollment: drip.EnrollmentID(rapid.Int64Range(0, 1<<48-1).Draw(t, "enrollment")),
			Issue:      drip.IssueNo(rapid.Int64Range(0, 1<<32-1).Draw(t, "issue")),
		}
		a, err := r.For(key)
		if again, _ := r.For(key); err != nil || again != a {
			t.Fatalf("For = %s, then %s, %v", a, again, err)
		}
		if len(a.Local()) > 64 || !strings.HasPrefix(a.Local(), r.mailbox.Local()+"+") || a.NeedsSMTPUTF8() {
			t.Fatalf("%s cannot be used", a)
		}
		for _, spelling := range []string{a.String(), strings.ToUpper(a.String()), strings.ToLower(a.String())} {
			back, err := mailaddr.Parse(spelling)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := r.Delivery(back); err != nil || got != key {
				t.Fatalf("Delivery(%s) = %v, %v; want %v", back, got, err, key)
			}
		}
	})
}

func TestEveryFlippedCharacterIsIgnored(t *testing.T) {
	t.Parallel()
	r := mailbox(t, "bounces@bounce.example.org")
	a, err := r.For(drip.DeliveryKey{Enrollment: 12, Issue: 3})
	if err != nil {
		t.Fatal(err)
	}
	text := a.String()
	for i := range len(text) {
		for c := byte('!'); c <= '~'; c++ {
			if strings.EqualFold(text[i:i+1], string(c)) {
				continue
			}
			changed, err := mailaddr.Parse(text[:i] + string(c) + text[i+1:])
			if err != nil {
				continue // no address at all
			}
			want := ErrForeign
			if at := len("bounces+"); i >= at && i < at+token.TagSize {
				want = ErrForged
			}
			if got, err := r.Delivery(changed); !errors.Is(err, want) || got != (drip.DeliveryKey{}) {
				t.Errorf("Delivery(%s) = %v, %v; want %v", changed, got, err, want)
			}
		}
	}
}

func TestReturnPathSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	r := mailbox(t, "bounces@bounce.example.org")
	ours, err := r.For(drip.DeliveryKey{Enrollment: 1, Issue: 1})
	if err != nil {
		t.Fatal(err)
	}
	tag := strings.TrimPrefix(ours.Local(), "bounces+")
	other := NewReturnPath(address(t, "bounces@bounce.example.org"), keyring(t, 2))
	theirs, err := other.For(drip.DeliveryKey{Enrollment: 1, Issue: 1})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]error{
		"bounces@bounce.example.org":                  ErrNoTag,
		"BOUNCES+@BOUNCE.example.org":                 ErrNoTag,
		"bounces+" + tag + "@example.org":             ErrForeign,
		"bounces+" + tag + "@bounce.example.org.test": ErrForeign,
		"other+" + tag + "@bounce.example.org":        ErrForeign,
		"bounces-" + tag + "@bounce.example.org":      ErrForeign,
		"bouncesx@bounce.example.org":                 ErrForeign,
		"b@bounce.example.org":                        ErrForeign,
		"bounces+x@bounce.example.org":                ErrForged,
		"bounces+" + tag + "x@bounce.example.org":     ErrForged,
		"bounces+x" + tag + "@bounce.example.org":     ErrForged,
		"bounces++" + tag + "@bounce.example.org":     ErrForged,
		theirs.String():                               ErrForged,
	} {
		if got, err := r.Delivery(address(t, text)); !errors.Is(err, want) || got != (drip.DeliveryKey{}) {
			t.Errorf("Delivery(%s) = %v, %v; want %v", text, got, err, want)
		}
	}
	if _, err := r.Delivery(mailaddr.Address{}); !errors.Is(err, ErrForeign) {
		t.Errorf("no address: %v", err)
	}
}

func TestWithoutAMailboxThereIsNoReturnPath(t *testing.T) {
	t.Parallel()
	none := NewReturnPath(mailaddr.Address{}, keyring(t, 1))
	if a, err := none.For(drip.DeliveryKey{Enrollment: 1, Issue: 1}); err != nil || !a.IsZero() {
		t.Errorf("For = %s, %v", a, err)
	}
	if _, err := none.Delivery(address(t, "bounces@example.org")); !errors.Is(err, ErrNoMailbox) {
		t.Errorf("Delivery: %v", err)
	}
}

func TestAMailboxWithoutRoomIsAnError(t *testing.T) {
	t.Parallel()
	r := mailbox(t, longest+"2@example.org")
	if a, err := r.For(drip.DeliveryKey{Enrollment: 1, Issue: 1}); err == nil || strings.Contains(err.Error(), longest) {
		t.Errorf("For = %s, %v; want an error that names no address", a, err)
	}
}

// Rotated keys go on reading the bounces of letters under the old ones.
func TestOldKeysReadTheirBounces(t *testing.T) {
	t.Parallel()
	key := drip.DeliveryKey{Enrollment: 5, Issue: 6}
	to := address(t, "bounces@example.org")
	old, err := NewReturnPath(to, keyring(t, 1)).For(key)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := NewReturnPath(to, keyring(t, 2, 1)).Delivery(old); err != nil || got != key {
		t.Errorf("Delivery = %v, %v", got, err)
	}
}

func FuzzDelivery(f *testing.F) {
	r := mailbox(f, "bounces@bounce.example.org")
	a, err := r.For(drip.DeliveryKey{Enrollment: 12, Issue: 3})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(a.String())
	f.Add(strings.ToUpper(a.String()))
	f.Add("bounces@bounce.example.org")
	f.Fuzz(func(t *testing.T, text string) {
		to, err := mailaddr.Parse(text)
		if err != nil {
			return
		}
		key, err := r.Delivery(to)
		if err != nil {
			if key != (drip.DeliveryKey{}) {
				t.Fatalf("Delivery(%q) = %v, %v", text, key, err)
			}
			return
		}
		if made, err := r.For(key); err != nil || !strings.EqualFold(made.String(), to.String()) {
			t.Fatalf("%q is of %v, whose address is %s, %v", text, key, made, err)
		}
	})
}

func BenchmarkReturnPath(b *testing.B) {
	r := mailbox(b, "bounces@bounce.example.org")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.For(drip.DeliveryKey{Enrollment: 12, Issue: 3}); err != nil {
			b.Fatal(err)
		}
	}
}
