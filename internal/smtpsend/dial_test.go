package smtpsend

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"partwork/internal/drip"
	"partwork/internal/testkit"
)

func TestDialTLSAndLogin(t *testing.T) {
	t.Parallel()
	users := map[string]string{"letters": "secret"}
	tests := []struct {
		name     string
		script   testkit.Script
		mode     TLSMode
		commands []string
	}{
		{"STARTTLS", testkit.Script{Security: testkit.StartTLS, Users: users}, STARTTLS,
			[]string{"EHLO", "STARTTLS", "EHLO", "AUTH"}},
		{"DefaultIsSTARTTLS", testkit.Script{Security: testkit.StartTLS, Users: users}, "",
			[]string{"EHLO", "STARTTLS", "EHLO", "AUTH"}},
		{"Implicit", testkit.Script{Security: testkit.Implicit, Users: users}, ImplicitTLS, []string{"EHLO", "AUTH"}},
		{"ImplicitLOGIN", testkit.Script{Security: testkit.Implicit, Users: users, Mechanisms: "LOGIN"}, ImplicitTLS,
			[]string{"EHLO", "AUTH"}},
		{"PlainLoopback", testkit.Script{Users: users}, NoTLS, []string{"EHLO", "AUTH"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := testkit.Start(t, tt.script)
			relay := to(r)
			relay.TLS, relay.Username, relay.Password = tt.mode, "letters", "secret"
			c := dial(t, relay)
			check(t, deliver(t, c, letter), drip.PhaseFinal, 250, "2.0.0", drip.ClassAccepted)
			if err := c.Quit(); err != nil {
				t.Errorf("Quit: %v", err)
			}
			want := slices.Concat(tt.commands, []string{"MAIL", "RCPT", "DATA", "QUIT"})
			if got := r.Verbs(0); !slices.Equal(got, want) {
				t.Errorf("commands are %q, want %q", got, want)
			}
			if got := r.Commands()[0].Line; got != "EHLO letters.example.org" {
				t.Errorf("greeting is %q", got)
			}
			r.ExactlyOnce(t, "<1@example.org>")
		})
	}
}

func TestDialRefusals(t *testing.T) {
	t.Parallel()
	users := map[string]string{"letters": "other"}
	say := func(line string) []testkit.Step { return []testkit.Step{testkit.Say(line)} }
	starttls := testkit.Script{Security: testkit.StartTLS}
	tests := []struct {
		name   string
		script testkit.Script
		mode   TLSMode
		login  bool
		phase  drip.Phase
		code   int
		class  drip.Class
	}{
		{"Banner554", on(testkit.AtBanner, say("554 no service")...), NoTLS, false, drip.PhaseDial, 554, sender},
		{"Banner421", on(testkit.AtBanner, say("421 4.3.2 busy")...), NoTLS, false, drip.PhaseDial, 421, throttled},
		{"Banner450", on(testkit.AtBanner, say("450 later")...), NoTLS, false, drip.PhaseDial, 450, deferred},
		{"BannerGarbage", on(testkit.AtBanner, testkit.Bytes("HTTP/1.1 400 Bad Request\r\n")), NoTLS, false, drip.PhaseDial, 0, transport},
		{"BannerDrop", on(testkit.AtBanner, testkit.Drop()), NoTLS, false, drip.PhaseDial, 0, transport},
		{"BannerReset", on(testkit.AtBanner, testkit.Reset()), NoTLS, false, drip.PhaseDial, 0, transport},
		{"BannerEndless", on(testkit.AtBanner, testkit.Endless("220-welcome")), NoTLS, false, drip.PhaseDial, 0, transport},
		{"BannerHuge", on(testkit.AtBanner, testkit.Huge("220 ", 64<<20)), NoTLS, false, drip.PhaseDial, 0, transport},
		{"EhloEndless", on(testkit.AtEhlo, testkit.Endless("250-X-MORE")), NoTLS, false, drip.PhaseDial, 0, transport},
		{"Ehlo421", on(testkit.AtEhlo, testkit.Say("421 4.7.0 bye"), testkit.Drop()), NoTLS, false, drip.PhaseDial, 421, throttled},
		{"NoSTARTTLS", testkit.Script{}, STARTTLS, false, drip.PhaseDial, 0, sender},
		{"STARTTLS454", testkit.Script{Security: testkit.StartTLS, Rules: on(testkit.AtStartTLS, say("454 4.7.0 no TLS now")...).Rules},
			STARTTLS, false, drip.PhaseDial, 454, throttled},
		{"STARTTLSDrop", testkit.Script{Security: testkit.StartTLS, Rules: on(testkit.AtStartTLS, testkit.Say("220 go"), testkit.Drop()).Rules},
			STARTTLS, false, drip.PhaseDial, 0, transport},
		{"STARTTLSInjected", testkit.Script{Security: testkit.StartTLS, Rules: on(testkit.AtStartTLS, testkit.Bytes("220 go\r\n250 injected\r\n"), testkit.Drop()).Rules},
			STARTTLS, false, drip.PhaseDial, 0, transport},
		{"Expired", testkit.Script{Security: testkit.StartTLS, CertExpired: true}, STARTTLS, false, drip.PhaseDial, 0, sender},
		{"WrongName", testkit.Script{Security: testkit.StartTLS, CertName: "other.test"}, STARTTLS, false, drip.PhaseDial, 0, sender},
		{"WrongNameImplicit", testkit.Script{Security: testkit.Implicit, CertName: "other.test"}, ImplicitTLS, false, drip.PhaseDial, 0, sender},
		{"ImplicitToPlain", testkit.Script{}, ImplicitTLS, false, drip.PhaseDial, 0, sender},
		{"WrongPassword", testkit.Script{Security: testkit.Implicit, Users: users}, ImplicitTLS, true, drip.PhaseAuth, 535, sender},
		{"NoLogin", starttls, STARTTLS, true, drip.PhaseAuth, 0, sender},
		{"NoMechanism", testkit.Script{Security: testkit.StartTLS, Users: users, Mechanisms: "GSSAPI"}, STARTTLS, true, drip.PhaseAuth, 0, sender},
		{"Auth454", testkit.Script{Security: testkit.Implicit, Users: users, Rules: on(testkit.AtAuth, say("454 4.7.0 later")...).Rules},
			ImplicitTLS, true, drip.PhaseAuth, 454, throttled},
		{"AuthCutOff", testkit.Script{Security: testkit.Implicit, Users: users, Rules: on(testkit.AtAuth, testkit.Bytes("235 2.7.0 wel"), testkit.Drop()).Rules},
			ImplicitTLS, true, drip.PhaseAuth, 0, transport},
		{"AuthDrop", testkit.Script{Security: testkit.Implicit, Users: users, Rules: on(testkit.AtAuth, testkit.Drop()).Rules},
			ImplicitTLS, true, drip.PhaseAuth, 0, transport},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := testkit.Start(t, tt.script)
			relay := to(r)
			relay.TLS = tt.mode
			if tt.login {
				relay.Username, relay.Password = "letters", "secret"
			}
			err := refused(t, t.Context(), relay)
			if err.Reply.Phase != tt.phase || err.Reply.Code != tt.code || err.Class != tt.class {
				t.Errorf("%v is %+v", err, *err)
			}
			if err.Reply.Text == "" || strings.Contains(err.Error(), "secret") {
				t.Errorf("text is %q", err.Error())
			}
			r.AwaitEnded(t, 1) // no socket is left open
		})
	}
}

func TestDialWithoutTLSKeepsThePassword(t *testing.T) {
	t.Parallel()
	r := testkit.Start(t, testkit.Script{Users: map[string]string{"letters": "secret"}})
	relay := to(r)
	relay.Host, relay.Username, relay.Password = "smtp.example.org", "letters", "secret"
	if err := refused(t, t.Context(), relay); err.Class != sender || err.Reply.Phase != drip.PhaseAuth {
		t.Errorf("error is %+v", *err)
	}
	if slices.Contains(r.Verbs(0), "AUTH") {
		t.Errorf("commands are %q", r.Verbs(0))
	}
}

func TestDialUnknownAuthority(t *testing.T) {
	t.Parallel()
	r := testkit.Start(t, testkit.Script{Security: testkit.StartTLS})
	relay := to(r)
	relay.TLS, relay.TLSConfig = STARTTLS, &tls.Config{}
	if err := refused(t, t.Context(), relay); err.Class != sender {
		t.Errorf("error is %+v", *err)
	}
}

func TestDialNobodyThere(t *testing.T) {
	t.Parallel()
	for name, cause := range map[string]error{
		"Refused":    errors.New("connection refused"),
		"NoSuchHost": &net.DNSError{Err: "no such host", Name: "smtp.example.org", IsNotFound: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := refused(t, t.Context(), Relay{Host: "smtp.example.org", Port: 25,
				Dial: func(context.Context, string, string) (net.Conn, error) { return nil, cause }})
			if err.Class != transport || err.Reply.Phase != drip.PhaseDial || err.Reply.Code != 0 {
				t.Errorf("error is %+v", *err)
			}
		})
	}
}

func TestDialBadSettings(t *testing.T) {
	t.Parallel()
	for _, r := range []Relay{{Host: "", Port: 25}, {Host: "smtp.example.org", Port: 0}, {Host: "smtp.example.org", Port: 99999}} {
		if err := refused(t, t.Context(), r); err.Class != sender {
			t.Errorf("%+v is %+v", r, *err)
		}
	}
}

func TestDialIPv6(t *testing.T) {
	t.Parallel()
	refused(t, t.Context(), Relay{Host: "::1", Port: 25, Dial: func(_ context.Context, network, addr string) (net.Conn, error) {
		if network != "tcp" || addr != "[::1]:25" {
			t.Errorf("dialed %s %s", network, addr)
		}
		return nil, errors.New("enough")
	}})
}

func TestDialEndsWithItsContext(t *testing.T) {
	t.Parallel()
	gate := testkit.NewGate()
	r := testkit.Start(t, on(testkit.AtEhlo, testkit.Hold(gate)))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		gate.Await(t)
		cancel()
	}()
	if err := refused(t, ctx, to(r)); err.Class != transport {
		t.Errorf("error is %+v", *err)
	}
	gate.Open()
	r.AwaitEnded(t, 1)
}

func TestDialTimeouts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		rule testkit.Rule
		want time.Duration // 0 means that dialing succeeds
	}{
		{"BannerInTime", testkit.Rule{At: testkit.AtBanner, Do: []testkit.Step{testkit.Pause(soon.Greeting - time.Second)}}, 0},
		{"BannerTooLate", testkit.Rule{At: testkit.AtBanner, Do: []testkit.Step{testkit.Pause(soon.Greeting + time.Second)}}, soon.Greeting},
		{"BannerTrickles", testkit.Rule{At: testkit.AtBanner, Do: []testkit.Step{testkit.Trickle("220 a long and slow welcome\r\n", 20*time.Second)}}, soon.Greeting},
		{"EhloInTime", testkit.Rule{At: testkit.AtEhlo, Do: []testkit.Step{testkit.Pause(soon.Command - time.Second)}}, 0},
		{"EhloTooLate", testkit.Rule{At: testkit.AtEhlo, Do: []testkit.Step{testkit.Pause(soon.Command + time.Second)}}, soon.Command},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := testkit.Pipe(t, testkit.Script{Rules: []testkit.Rule{tt.rule}})
				relay := to(r)
				relay.Timeouts = soon
				start := time.Now()
				c, err := Dial(t.Context(), relay)
				if tt.want == 0 {
					if err != nil {
						t.Fatalf("Dial: %v", err)
					}
					c.Abort()
					return
				}
				if err == nil || time.Since(start) != tt.want {
					t.Errorf("after %v: %v", time.Since(start), err)
				}
			})
		})
	}
}

func TestConnectTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		err := refused(t, t.Context(), Relay{Host: "smtp.example.org", Port: 25, Timeouts: soon,
			Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			}})
		if err.Class != transport || time.Since(start) != soon.Connect {
			t.Errorf("after %v: %+v", time.Since(start), *err)
		}
	})
}

// The limit is for each reply; under TLS, where lines cannot be seen until
// dialing is over, it is wider.
func TestDialLongReplies(t *testing.T) {
	t.Parallel()
	keyword := "X-" + strings.Repeat("A", 90)
	tests := []struct {
		name     string
		keywords int
		security testkit.Security
		mode     TLSMode
		ok       bool
	}{
		{"Plain", 80, testkit.Plain, NoTLS, true},
		{"PlainTooLong", 97, testkit.Plain, NoTLS, false},
		{"Sealed", 500, testkit.Implicit, ImplicitTLS, true},
		{"SealedTooLong", 2000, testkit.Implicit, ImplicitTLS, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := testkit.Start(t, testkit.Script{
				Security: tt.security, Extensions: slices.Repeat([]string{keyword}, tt.keywords),
				Rules: []testkit.Rule{{At: testkit.AtBanner, Do: []testkit.Step{testkit.Say("220 " + strings.Repeat("hi ", 2000))}}},
			})
			relay := to(r)
			relay.TLS = tt.mode
			c, err := Dial(t.Context(), relay)
			if (err == nil) != tt.ok {
				t.Errorf("Dial: %v", err)
			}
			if err == nil {
				c.Abort()
			}
		})
	}
}

func TestOldTLSIsNeverSpoken(t *testing.T) {
	t.Parallel()
	r := Relay{Host: "smtp.example.org", TLSConfig: &tls.Config{MinVersion: tls.VersionTLS10}} //nolint:gosec // that is the test
	cfg := r.tlsConfig()
	if cfg.MinVersion != tls.VersionTLS12 || cfg.ServerName != r.Host || cfg == r.TLSConfig {
		t.Errorf("configuration is %+v", cfg)
	}
}
