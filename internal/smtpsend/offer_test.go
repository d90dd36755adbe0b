package smtpsend

import (
	"slices"
	"strings"
	"testing"

	"partwork/internal/drip"
	"partwork/internal/testkit"
)

func TestOfferThenData(t *testing.T) {
	t.Parallel()
	c, r := dialed(t, testkit.Script{})
	reply := c.Offer(t.Context(), ann)
	check(t, reply, drip.PhaseRcpt, 250, "2.1.5", goOn)
	reply = c.Data(t.Context(), []byte(letter))
	check(t, reply, drip.PhaseFinal, 250, "2.0.0", accepted)
	if reply.Text != "queued" || !c.Usable() {
		t.Errorf("reply is %+v, usable %t", reply, c.Usable())
	}
	tx := r.Transactions()[0]
	if string(tx.Body) != letter || tx.Early {
		t.Errorf("message is %q, early %t", tx.Body, tx.Early)
	}
	if want := strings.ReplaceAll(letter, "\r\n.", "\r\n..") + ".\r\n"; string(tx.Raw) != want {
		t.Errorf("on the wire it was %q", tx.Raw)
	}
	if tx.MailLine != "MAIL FROM:<b+1@example.org>" || !slices.Equal(tx.To, []string{"ann@example.net"}) {
		t.Errorf("envelope is %q, %q", tx.MailLine, tx.To)
	}
	if got := r.Verbs(1); !slices.Equal(got, []string{"EHLO", "MAIL", "RCPT", "DATA"}) {
		t.Errorf("commands are %q", got)
	}
}

func TestOfferRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		at       testkit.Moment
		say      string
		phase    drip.Phase
		code     int
		enhanced string
		class    drip.Class
		usable   bool
	}{
		{"Mail550", testkit.AtMail, "550 5.7.1 not you", drip.PhaseMail, 550, "5.7.1", sender, true},
		{"Mail451", testkit.AtMail, "451 4.3.0 later", drip.PhaseMail, 451, "4.3.0", deferred, true},
		{"Rcpt550", testkit.AtRcpt, "550 5.1.1 <ann@example.net> unknown", drip.PhaseRcpt, 550, "5.1.1", recipient, true},
		{"Rcpt450", testkit.AtRcpt, "450 4.2.0 greylisted", drip.PhaseRcpt, 450, "4.2.0", deferred, true},
		{"RcptLines", testkit.AtRcpt, "550-5.7.1 blocked\r\n550 5.7.1 see ann@example.net", drip.PhaseRcpt, 550, "5.7.1", sender, true},
		{"Mail421", testkit.AtMail, "421 4.3.2 bye", drip.PhaseMail, 421, "4.3.2", throttled, false},
		{"Rcpt421", testkit.AtRcpt, "421 4.3.2 bye", drip.PhaseRcpt, 421, "4.3.2", throttled, false},
		{"Garbage", testkit.AtMail, "what?", drip.PhaseMail, 0, "", transport, false},
		{"Mail354", testkit.AtMail, "354 odd", drip.PhaseMail, 0, "", transport, false},
		{"Rcpt354", testkit.AtRcpt, "354 odd", drip.PhaseRcpt, 0, "", transport, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, r := dialed(t, on(tt.at, testkit.Say(tt.say)))
			reply := c.Offer(t.Context(), ann)
			check(t, reply, tt.phase, tt.code, tt.enhanced, tt.class)
			if strings.Contains(reply.Text, "ann") || reply.Text == "" {
				t.Errorf("text is %q", reply.Text)
			}
			if c.Usable() != tt.usable {
				t.Errorf("usable is %t", c.Usable())
			}
			verbs := r.Verbs(1)
			if reset := verbs[len(verbs)-1] == "RSET"; reset != tt.usable {
				t.Errorf("commands are %q", verbs)
			}
			r.ExactlyOnce(t)
		})
	}
}

// A refusal of one recipient leaves the connection good for the next one.
func TestNextMessageAfterARefusal(t *testing.T) {
	t.Parallel()
	c, r := dialed(t, testkit.Script{Rules: []testkit.Rule{
		{At: testkit.AtRcpt, Times: 1, Do: []testkit.Step{testkit.Say("550 5.1.1 unknown")}},
	}})
	check(t, c.Offer(t.Context(), ann), drip.PhaseRcpt, 550, "5.1.1", recipient)
	check(t, deliver(t, c, letter), drip.PhaseFinal, 250, "2.0.0", accepted)
	r.ExactlyOnce(t, "<1@example.org>")
}

func TestOfferLocally(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		extensions []string
		envelope   Envelope
		want       string // the MAIL command, or empty when there must be none
		code       int
		enhanced   string
		class      drip.Class
		text       string
	}{
		{"Size", []string{"SIZE 1000"}, Envelope{From: "b@example.org", To: "a@example.net", Size: 1000},
			"MAIL FROM:<b@example.org> SIZE=1000", 250, "2.1.5", goOn, "ok"},
		{"SizeOverLimit", []string{"SIZE 1000"}, Envelope{From: "b@example.org", To: "a@example.net", Size: 1001},
			"", 552, "5.3.4", message, "not sent: the message has 1001 bytes, the relay takes 1000"},
		{"SizeWithoutLimit", []string{"SIZE 0"}, Envelope{From: "b@example.org", To: "a@example.net", Size: 1 << 30},
			"MAIL FROM:<b@example.org> SIZE=1073741824", 250, "2.1.5", goOn, "ok"},
		{"SizeNotOffered", []string{}, Envelope{From: "b@example.org", To: "a@example.net", Size: 5},
			"MAIL FROM:<b@example.org>", 250, "2.1.5", goOn, "ok"},
		{"UTF8", []string{"SMTPUTF8"}, Envelope{From: "b@example.org", To: "grüße@example.net", UTF8: true},
			"MAIL FROM:<b@example.org> SMTPUTF8", 250, "2.1.5", goOn, "ok"},
		{"UTF8NotAskedFor", []string{"SMTPUTF8", "8BITMIME"}, Envelope{From: "b@example.org", To: "a@example.net"},
			"MAIL FROM:<b@example.org>", 250, "2.1.5", goOn, "ok"},
		{"UTF8NotOffered", []string{}, Envelope{From: "b@example.org", To: "grüße@example.net", UTF8: true},
			"", 553, "5.6.7", message, "not sent: relay does not offer SMTPUTF8"},
		{"UTF8Forgotten", []string{"SMTPUTF8"}, Envelope{From: "b@example.org", To: "grüße@example.net"},
			"", 553, "5.6.7", message, "not sent: the address needs SMTPUTF8, which was not asked for"},
		{"NullSender", []string{}, Envelope{To: "a@example.net"}, "MAIL FROM:<>", 250, "2.1.5", goOn, "ok"},
		{"NoRecipient", []string{}, Envelope{From: "b@example.org"}, "", 553, "", message, ""},
		{"Smuggled", []string{}, Envelope{From: "b@example.org", To: "a@x> ORCPT=rfc822;c@y"}, "", 553, "", message, ""},
		{"SmuggledLine", []string{}, Envelope{From: "b@example.org\r\nRCPT TO:<c@y", To: "a@example.net"}, "", 553, "", message, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, r := dialed(t, testkit.Script{Extensions: tt.extensions})
			reply := c.Offer(t.Context(), tt.envelope)
			if reply.Code != tt.code || reply.Enhanced != tt.enhanced || Classify(reply) != tt.class {
				t.Errorf("reply is %+v (%q)", reply, Classify(reply))
			}
			if tt.text != "" && reply.Text != tt.text {
				t.Errorf("text is %q", reply.Text)
			}
			txs := r.Transactions()
			switch {
			case tt.want == "" && len(txs) > 0:
				t.Errorf("the relay saw %q", txs[0].MailLine)
			case tt.want != "" && txs[0].MailLine != tt.want:
				t.Errorf("the relay saw %q, want %q", txs[0].MailLine, tt.want)
			}
			if !c.Usable() {
				t.Error("the connection is not usable")
			}
		})
	}
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	c, r := dialed(t, testkit.Script{Rules: []testkit.Rule{
		{At: testkit.AtRset, Message: 2, Do: []testkit.Step{testkit.Say("451 4.3.0 no")}},
	}})
	c.Offer(t.Context(), ann)
	c.Withdraw()
	if !c.Usable() {
		t.Error("not usable after RSET")
	}
	c.Offer(t.Context(), ann)
	c.Withdraw()
	if c.Usable() {
		t.Error("usable after a refused RSET")
	}
	c.Withdraw()
	if err := c.Quit(); err != nil {
		t.Errorf("Quit: %v", err)
	}
	check(t, c.Offer(t.Context(), ann), drip.PhaseMail, 0, "", transport)
	check(t, c.Data(t.Context(), []byte(letter)), drip.PhaseData, 0, "", transport)
	want := []string{"EHLO", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "RSET"}
	if got := r.Verbs(1); !slices.Equal(got, want) {
		t.Errorf("commands are %q", got)
	}
	r.ExactlyOnce(t)
}

// A 421 that comes between messages ends the connection and is the reply to
// the next command; any other reply out of turn is nobody's.
func TestSpokenOutOfTurn(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, extra string
		code        int
		class       drip.Class
	}{
		{"421", "421 4.3.2 shutting down\r\n", 421, throttled},
		{"550", "550 5.1.1 unknown\r\n", 0, transport},
		{"250", "250 2.1.5 ok\r\n", 0, transport},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, r := dialed(t, on(testkit.AtFinal, testkit.Accept(), testkit.Bytes("250 2.0.0 queued\r\n"+tt.extra)))
			check(t, deliver(t, c, letter), drip.PhaseFinal, 250, "2.0.0", accepted)
			reply := c.Offer(t.Context(), ann)
			if reply.Code != tt.code || Classify(reply) != tt.class || c.Usable() {
				t.Errorf("reply is %+v, usable %t", reply, c.Usable())
			}
			if got := r.Verbs(1); got[len(got)-1] != "DATA" {
				t.Errorf("commands are %q", got)
			}
		})
	}
}

func TestQuit(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]testkit.Step{
		"Answered": testkit.Say("221 bye"), "Dropped": testkit.Drop(), "Refused": testkit.Say("500 what"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, r := dialed(t, on(testkit.AtQuit, step))
			if err := c.Quit(); (err == nil) != (name == "Answered") {
				t.Errorf("Quit: %v", err)
			}
			if c.Usable() {
				t.Error("usable after QUIT")
			}
			r.AwaitEnded(t, 1)
		})
	}
}

// A relay that shut down while the connection was idle has said why; that is
// found also when the next command cannot be written any more.
func TestPartingWord(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]testkit.Step{"Closed": testkit.Drop(), "Reset": testkit.Reset()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gate := testkit.NewGate()
			c, r := dialed(t, on(testkit.AtFinal, testkit.Say("250 2.0.0 queued"),
				testkit.Hold(gate), testkit.Bytes("421 4.3.2 shutting down\r\n"), end))
			check(t, deliver(t, c, letter), drip.PhaseFinal, 250, "2.0.0", accepted)
			gate.Open()
			r.AwaitEnded(t, 1)
			check(t, c.Offer(t.Context(), ann), drip.PhaseMail, 421, "4.3.2", throttled)
			if c.Usable() {
				t.Error("the connection is usable")
			}
		})
	}
}
