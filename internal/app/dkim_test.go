package app_test

import (
	"bytes"
	"crypto"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"partwork/internal/app"
	"partwork/internal/compose"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/testkit"
)

// newSigningInstance opens an installation that signs for a domain, and returns the
// records of its keys by name.
func newSigningInstance(t *testing.T, domain string) (*instance, map[string]string) {
	t.Helper()
	in := newInstance(t, instanceOptions{connections: 2})
	in.Close()
	made, err := config.NewDKIM(domain, "s1", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	in.cfg.SMTP.DKIM = made
	in.open(t)
	records := map[string]string{}
	for _, k := range made.Keys() {
		key, err := k.Signer()
		if err != nil {
			t.Fatal(err)
		}
		r, err := compose.NewKeyRecord(domain, k.Selector, key.Public())
		if err != nil {
			t.Fatal(err)
		}
		records[r.Name] = r.Value
	}
	return in, records
}

// signatures returns how many signatures of a message hold; one that does not fails
// the test.
func signatures(t *testing.T, raw []byte, records map[string]string) int {
	t.Helper()
	found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{
		LookupTXT: func(name string) ([]string, error) { return []string{records[name]}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		if v.Err != nil {
			t.Errorf("a signature does not hold: %v", v.Err)
		}
	}
	return len(found)
}

// sendTo sends the first issue to so many people and returns what the relay took.
func (in *instance) sendTo(t *testing.T, people int) []testkit.Message {
	t.Helper()
	relay := testkit.Start(t, testkit.Script{})
	importPeople(t, in, writePeople(t, people), "letters")
	in.step(newsday)
	r := in.serve(t, relay, app.ServeOptions{})
	relay.Await(t, "the issue", func() bool { return len(relay.Accepted()) >= people })
	r.stop()
	r.wait()
	in.verify(t)
	return relay.Accepted()
}

func TestWhatIsSentIsSigned(t *testing.T) {
	t.Parallel()
	in, records := newSigningInstance(t, "letters.test")
	accepted := in.sendTo(t, 6)
	for _, m := range accepted {
		if got := signatures(t, m.Body, records); got != 2 {
			t.Errorf("%d signatures, want 2\n%s", got, m.Body[:min(len(m.Body), 1500)])
		}
	}

	t.Run("TheSameBytesForEveryAttempt", func(t *testing.T) {
		row := in.entries(t)[0]
		enrollment, err1 := in.Store.Enrollment(t.Context(), row.Enrollment)
		subscriber, err2 := in.Store.Subscriber(t.Context(), row.Subscriber)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		item := store.Claimed{Delivery: row.Delivery, Subscriber: subscriber, Campaign: enrollment.Campaign, Enrollment: enrollment}
		again, err := in.ComposeAgain(t.Context(), item, newsday.Add(5*24*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range accepted {
			if bytes.Equal(m.Body, again) {
				return
			}
		}
		t.Errorf("an attempt five days later has other bytes:\n%s", again[:1500])
	})
}

// TestUnalignedMessagesLeaveUnsigned holds that a campaign whose from address is
// elsewhere goes out as if there were no keys.
func TestUnalignedMessagesLeaveUnsigned(t *testing.T) {
	t.Parallel()
	in, _ := newSigningInstance(t, "elsewhere.test")
	for _, m := range in.sendTo(t, 2) {
		if bytes.Contains(m.Body, []byte("DKIM-Signature")) {
			t.Errorf("it is signed:\n%s", m.Body[:1000])
		}
	}
}

// brokenKey is a key whose device is gone.
type brokenKey struct{ crypto.Signer }

// Sign implements crypto.Signer.
func (brokenKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("the device is gone")
}

// TestWhatCannotBeSignedStays holds that a message that should be signed never
// leaves unsigned: everything waits, nobody is suppressed, and health says why.
func TestWhatCannotBeSignedStays(t *testing.T) {
	t.Parallel()
	in, _ := newSigningInstance(t, "letters.test")
	good, err := in.cfg.SMTP.DKIM.Keys()[0].Signer()
	if err != nil {
		t.Fatal(err)
	}
	broken, err := compose.NewSigner(compose.SignerOptions{
		Domain: "letters.test", Keys: []compose.SigningKey{{Selector: "s1", Key: brokenKey{good}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	in.SignWith(broken)
	relay := testkit.Start(t, testkit.Script{})
	importPeople(t, in, writePeople(t, 30), "letters")
	in.step(newsday)
	ready := make(chan string, 1)
	r := in.serve(t, relay, app.ServeOptions{Ready: func(_, private net.Addr) { ready <- "http://" + private.String() + "/readyz" }})
	page := <-ready
	await(t, "health in trouble", func() bool { return strings.Contains(get(t, page), "cannot be signed") })
	r.stop()
	r.wait()
	in.verify(t)
	ledger := in.ledger(t)
	if n := len(relay.Accepted()); n > 0 || ledger[drip.DeliverySent]+ledger[drip.DeliveryRefused]+ledger[drip.DeliveryUnknown] > 0 {
		t.Errorf("%d accepted, ledger %v; want everything to wait", n, ledger)
	}
	if n := ledger[drip.DeliveryDeferred]; n > 4 {
		t.Errorf("%d deliveries were tried in vain; want nothing to be tried while the relay cannot be used", n)
	}
	for _, row := range in.entries(t) {
		s, err := in.Store.Subscriber(t.Context(), row.Subscriber)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := in.Store.Suppressed(t.Context(), in.Hasher.Sum(s.Email)); !errors.Is(err, drip.ErrNotFound) {
			t.Errorf("subscriber %d: suppressed, %v", s.ID, err)
		}
	}
}

// TestServeRefusesWithoutItsKeys holds that an instance that is to sign and cannot
// does not begin to send.
func TestServeRefusesWithoutItsKeys(t *testing.T) {
	t.Parallel()
	in, _ := newSigningInstance(t, "letters.test")
	in.Close()
	in.cfg.SMTP.DKIM.Ed25519.Key = config.Secret{} // as when the file is gone
	if err := os.Remove(in.cfg.SMTP.DKIM.Ed25519.File); err != nil {
		t.Fatal(err)
	}
	in.open(t)
	relay := testkit.Start(t, testkit.Script{})
	r := in.serve(t, relay, app.ServeOptions{})
	select {
	case err := <-r.done:
		if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "smtp.dkim.ed25519.file") {
			t.Errorf("serve: %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("serve runs without a key")
	}
}
