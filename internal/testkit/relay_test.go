package testkit

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/smtp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// talk sends each line that starts with a space-less word and returns the
// replies, one line each.
func talk(t *testing.T, c net.Conn, lines ...string) []string {
	t.Helper()
	r := bufio.NewReader(c)
	var got []string
	read := func() bool {
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				got = append(got, "(closed)")
				return false
			}
			if len(line) > 3 && line[3] == '-' {
				continue
			}
			got = append(got, strings.TrimSpace(line))
			return true
		}
	}
	if !read() {
		return got
	}
	for _, line := range lines {
		if _, err := io.WriteString(c, line+"\r\n"); err != nil {
			return append(got, "(closed)")
		}
		if !read() {
			return got
		}
	}
	return got
}

// dial connects to a relay.
func dial(t *testing.T, r *Relay) net.Conn {
	t.Helper()
	c, err := r.Dial(context.Background(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// letter is a message with everything a relay may trip over.
const letter = "Message-ID: <1@relay.test>\r\n\r\n..leading\r\n.\x20not the end\r\nbye"

func TestRelayRecordsTheWire(t *testing.T) {
	t.Parallel()
	for name, relay := range map[string]*Relay{"TCP": Start(t, Script{}), "Pipe": Pipe(t, Script{})} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := talk(t, dial(t, relay), "EHLO me", "MAIL FROM:<a@example.org>", "RCPT TO:<b@example.org>",
				"DATA", strings.ReplaceAll(letter, "\r\n.", "\r\n..")+"\r\n.", "QUIT")
			want := []string{"220 relay.test ESMTP", "250 ENHANCEDSTATUSCODES", "250 2.1.0 ok", "250 2.1.5 ok",
				"354 go ahead", "250 2.0.0 queued", "221 2.0.0 bye"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("replies (-want +got):\n%s", diff)
			}
			relay.ExactlyOnce(t, "<1@relay.test>")
			tx := relay.Transactions()[0]
			if string(tx.Body) != letter+"\r\n" || !tx.Complete || !tx.Accepted || tx.Early {
				t.Errorf("transaction is %+v", tx)
			}
			if tx.From != "a@example.org" || tx.To[0] != "b@example.org" {
				t.Errorf("envelope is %q, %q", tx.From, tx.To)
			}
			if diff := cmp.Diff([]string{"EHLO", "MAIL", "RCPT", "DATA", "QUIT"}, relay.Verbs(1)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRelayKeepsNothingWithoutTheDot(t *testing.T) {
	t.Parallel()
	relay := Start(t, Script{})
	c := dial(t, relay)
	talk(t, c, "MAIL FROM:<>", "RCPT TO:<b@example.org>", "DATA")
	_, _ = io.WriteString(c, "half a\n.\nmessage\r\n.")
	_ = c.Close()
	relay.AwaitEnded(t, 1)
	relay.ExactlyOnce(t)
	if tx := relay.Transactions()[0]; tx.Complete || string(tx.Raw) != "half a\n.\nmessage\r\n." {
		t.Errorf("transaction is %+v", tx)
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	dialogue := []string{"MAIL FROM:<a@example.org>", "RCPT TO:<b@example.org>", "DATA", "x\r\n."}
	tests := []struct {
		name  string
		rules []Rule
		want  []string // the replies after the banner
		kept  int
	}{
		{"Say", []Rule{{At: AtRcpt, Do: []Step{Say("450 4.7.1 later")}}},
			[]string{"250 2.1.0 ok", "450 4.7.1 later", "354 go ahead", "250 2.0.0 queued"}, 1},
		{"OtherArgument", []Rule{{At: AtRcpt, Arg: "<c@", Do: []Step{Drop()}}},
			[]string{"250 2.1.0 ok", "250 2.1.5 ok", "354 go ahead", "250 2.0.0 queued"}, 1},
		{"OtherMessage", []Rule{{At: AtMail, Message: 2, Do: []Step{Drop()}}},
			[]string{"250 2.1.0 ok", "250 2.1.5 ok", "354 go ahead", "250 2.0.0 queued"}, 1},
		{"Drop", []Rule{{At: AtRcpt, Do: []Step{Drop()}}}, []string{"250 2.1.0 ok", "(closed)"}, 0},
		{"SayThenDrop", []Rule{{At: AtFinal, Do: []Step{Say("250 fine"), Drop()}}},
			[]string{"250 2.1.0 ok", "250 2.1.5 ok", "354 go ahead", "250 fine"}, 1},
		{"AcceptWithoutReply", []Rule{{At: AtFinal, Do: []Step{Accept(), Drop()}}},
			[]string{"250 2.1.0 ok", "250 2.1.5 ok", "354 go ahead", "(closed)"}, 1},
		{"RejectAfterDot", []Rule{{At: AtFinal, Do: []Step{Say("554 5.6.0 no")}}},
			[]string{"250 2.1.0 ok", "250 2.1.5 ok", "354 go ahead", "554 5.6.0 no"}, 0},
		{"HalfClose", []Rule{{At: AtMail, Do: []Step{HalfClose()}}}, []string{"(closed)"}, 0},
		{"Reset", []Rule{{At: AtMail, Do: []Step{Reset()}}}, []string{"(closed)"}, 0},
		{"Bytes", []Rule{{At: AtMail, Do: []Step{Bytes("garbage\r\n")}}},
			[]string{"garbage", "250 2.1.5 ok", "354 go ahead", "250 2.0.0 queued"}, 1},
		{"Once", []Rule{{At: AtMail, Times: 1, Conn: 1, Do: []Step{Say("421 4.3.2 bye"), Drop()}}},
			[]string{"421 4.3.2 bye", "(closed)"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			relay := Start(t, Script{Rules: tt.rules})
			got := talk(t, dial(t, relay), dialogue...)[1:]
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("replies (-want +got):\n%s", diff)
			}
			if n := len(relay.Accepted()); n != tt.kept {
				t.Errorf("%d messages accepted, want %d", n, tt.kept)
			}
		})
	}
}

func TestGateHoldsAReply(t *testing.T) {
	t.Parallel()
	gate := NewGate()
	relay := Start(t, Script{Rules: []Rule{{At: AtMail, Do: []Step{Hold(gate)}}}})
	c := dial(t, relay)
	done := make(chan []string)
	go func() { done <- talk(t, c, "MAIL FROM:<a@example.org>") }()
	gate.Await(t)
	select {
	case got := <-done:
		t.Fatalf("replied %q with the gate closed", got)
	default:
	}
	gate.Open()
	if got := <-done; got[1] != "250 2.1.0 ok" {
		t.Errorf("replied %q", got)
	}
}

func TestRelayTLSAndAuth(t *testing.T) {
	t.Parallel()
	relay := Start(t, Script{Security: StartTLS, Users: map[string]string{"ann": "secret"}})
	c, err := smtp.NewClient(dial(t, relay), "localhost")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.StartTLS(&tls.Config{RootCAs: relay.Roots(), ServerName: "localhost"}); err != nil {
		t.Fatal(err)
	}
	if err := c.Mail("a@example.org"); err == nil || !strings.Contains(err.Error(), "530") {
		t.Errorf("MAIL before AUTH: %v", err)
	}
	if err := c.Auth(smtp.PlainAuth("", "ann", "wrong", "localhost")); err == nil {
		t.Error("a wrong password was taken")
	}
	if got := fmt.Sprint(relay.Commands()); strings.Contains(got, "wrong") || !strings.Contains(got, "AUTH PLAIN") {
		t.Errorf("commands are %s", got)
	}
}

func TestPauseInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		relay := Pipe(t, Script{Security: Implicit, Rules: []Rule{{At: AtBanner, Do: []Step{Pause(time.Hour), Trickle("220 hi\r\n", time.Minute)}}}})
		start := time.Now()
		c := tls.Client(dial(t, relay), &tls.Config{RootCAs: relay.Roots(), ServerName: relay.Host()})
		if got := talk(t, c); got[0] != "220 hi" {
			t.Errorf("banner is %q", got)
		}
		if d := time.Since(start); d != time.Hour+8*time.Minute {
			t.Errorf("took %v", d)
		}
	})
}

func TestRelayLimitsMessagesPerConnection(t *testing.T) {
	t.Parallel()
	relay := Start(t, Script{MaxMessages: 1})
	got := talk(t, dial(t, relay), "MAIL FROM:<a@example.org>", "RSET", "MAIL FROM:<a@example.org>", "NOOP")
	if diff := cmp.Diff([]string{"421 4.7.0 too many messages on this connection", "(closed)"}, got[3:]); diff != "" {
		t.Error(diff)
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	Golden(t, "testdata/golden.txt", []byte("as it was\n"))
}
