package app_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/testkit"
	"partwork/internal/web/public"
	"partwork/templates"
)

const joinPath = "/s/q7w2er"

// joinable opens an instance whose campaign people can join by themselves.
func joinable(t testing.TB, limits func(*config.SignUp)) *instance {
	t.Helper()
	return newInstance(t, instanceOptions{at: newsday.Add(2 * time.Hour), prepare: func(in *instance) {
		file := in.files["letters/campaign.yaml"]
		file.Data = append(file.Data, "signup:\n  open: true\n  consent: Send me the letters.\n"...)
		limits(&in.cfg.SignUp)
	}})
}

var stampField = regexp.MustCompile(`name="stamp" value="([^"]*)"`)

// TestJoining goes all the way through what serve serves: the form, the mail that asks,
// the confirmation, the first issue; and for somebody who confirms nothing, to being
// forgotten.
func TestJoining(t *testing.T) {
	t.Parallel()
	in := joinable(t, func(*config.SignUp) {})
	relay := testkit.Start(t, testkit.Script{})
	r := in.serve(t, relay, app.ServeOptions{})
	_, page := r.ask("GET", joinPath, "")
	form := url.Values{"email": {"zoe@readers.test"}, "name": {"Zoë Unheard-of"}, "zone": {"kathmandu"}, "stamp": {stampField.FindStringSubmatch(page)[1]}}
	in.step(in.now().Add(5 * time.Second))
	if _, said := r.ask("POST", joinPath, form.Encode()); !strings.Contains(said, "mailbox") {
		t.Fatalf("the form is answered with\n%s", said)
	}
	form.Set("email", "never@readers.test")
	r.ask("POST", joinPath, form.Encode())
	relay.Await(t, "the mails that ask", func() bool { return len(relay.Accepted()) == 2 })
	asks := relay.Accepted()
	if asks[0].To[0] != "zoe@readers.test" {
		asks[0], asks[1] = asks[1], asks[0]
	}
	header, text, html := mailParts(t, asks[0])
	for _, typed := range []string{"Zoë", "Unheard", "Kathmandu", "kathmandu", "Zo="} {
		if strings.Contains(text+html+fmt.Sprint(header)+string(asks[0].Body), typed) {
			t.Errorf("the mail that asks has %q in it, which a stranger may have typed", typed)
		}
	}
	link := readerLink(t, text, "c")
	r.ask("GET", link, "")
	r.ask("POST", link, "x=y")
	relay.Await(t, "the first issue", func() bool { return len(relay.Accepted()) == 3 })
	if _, text, _ = mailParts(t, relay.Accepted()[2]); !strings.Contains(text, "Zoë Unheard-of") || !strings.Contains(text, "/p/") {
		t.Errorf("the first issue is\n%s", text)
	}
	_, text, _ = mailParts(t, asks[1])
	link = readerLink(t, text, "c")
	if _, alive := r.ask("GET", link, ""); !strings.Contains(alive, "One more click") {
		t.Errorf("a link is answered with\n%s", alive)
	}
	in.step(in.now().Add(in.cfg.SignUp.Expires + time.Minute))
	in.SweepSignUps(t.Context())
	_, dead := r.ask("GET", link, "")
	if _, unknown := r.ask("GET", "/c/unknown", ""); dead != unknown {
		t.Errorf("a link that is over is answered with\n%s\none that never was with\n%s", dead, unknown)
	}
	r.ask("POST", link, "x=y")
	if _, err := in.Store.Enrollment(t.Context(), 2); err == nil {
		t.Error("who confirmed nothing is still there")
	}
	r.stop()
	r.wait()
	in.verify(t)
}

// TestBombing sends 10,000 forms from 1,000 networks for one mailbox, under all the names
// that it has, over two hours, with no limit but that of the address: it gets three
// mails.
func TestBombing(t *testing.T) {
	t.Parallel()
	in := joinable(t, func(c *config.SignUp) { c.PerNetwork, c.PerDomain, c.Total = 0, 0, 0 })
	relay := testkit.Start(t, testkit.Script{})
	r := in.serve(t, relay, app.ServeOptions{})
	pages, err := public.New(public.Options{
		Audience: in.Audience, SignUps: in.Audience, Templates: templates.Files(), PublicURL: mailedBase, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	post := func(from, body string) string {
		request := httptest.NewRequestWithContext(t.Context(), "POST", joinPath, strings.NewReader(body))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.RemoteAddr = from
		answer := httptest.NewRecorder()
		pages.ServeHTTP(answer, request)
		return answer.Body.String()
	}
	stamp := stampField.FindStringSubmatch(post("192.0.2.1:1", ""))[1]
	names := []string{"victim@gmail.com", "Victim@gmail.com", "v.i.c.t.i.m@gmail.com", "victim+%d@gmail.com", "vic.tim+%d@googlemail.com", "VICTIM@GoogleMail.com"}
	networks := 1000
	if testkit.Race {
		networks = 20
	}
	said := map[string]int{}
	for round := range 10 {
		in.step(in.now().Add(12 * time.Minute))
		for n := range networks {
			email := names[(n+round)%len(names)]
			if strings.Contains(email, "%d") {
				email = fmt.Sprintf(email, n)
			}
			form := url.Values{"email": {email}, "stamp": {stamp}}
			said[post(fmt.Sprintf("10.%d.%d.%d:1", n/250, n%250, round), form.Encode())]++
		}
		await(t, "all mails being sent", func() bool {
			due, err := in.Store.Upcoming(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return due.Calendar.IsZero() && due.Machine.IsZero()
		})
	}
	if len(said) != 1 {
		t.Errorf("there are %d different answers", len(said))
	}
	r.stop()
	r.wait()
	if got := len(relay.Accepted()); got != 3 {
		t.Errorf("%d mails were sent, want 3", got)
	}
	if sent := in.sent(t); sent != 3 || in.ledger(t)[drip.DeliverySent] != len(relay.Accepted()) {
		t.Errorf("the ledger has %d of them", sent)
	}
	in.verify(t)
}
