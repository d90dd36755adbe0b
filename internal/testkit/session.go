package testkit

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"net"
	"slices"
	"strings"
	"time"
)

// session is one connection to a [Relay]. Its fields belong to one goroutine,
// except the transaction, which is shared under the relay's lock.
type session struct {
	relay  *Relay
	n      int
	raw    net.Conn // the socket
	conn   net.Conn // the socket or TLS on it
	r      *bufio.Reader
	tls    bool
	user   string
	number int // transactions so far
	tx     *Transaction
	final  bool // a reply of 2yz accepts the message
}

// run speaks with the client until one side hangs up.
func (s *session) run() {
	s.attach(s.raw)
	if s.relay.script.Security == Implicit && s.upgrade() != nil {
		return
	}
	if s.reply(AtBanner, "", "220 relay.test ESMTP") != nil {
		return
	}
	for {
		line, err := s.r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		s.note(line)
		if s.command(line) != nil {
			return
		}
	}
}

// attach reads and writes through c from now on.
func (s *session) attach(c net.Conn) {
	s.conn, s.r = c, bufio.NewReader(c)
}

// upgrade starts TLS.
func (s *session) upgrade() error {
	c := tls.Server(s.raw, &tls.Config{Certificates: []tls.Certificate{s.relay.cert}})
	if err := c.Handshake(); err != nil {
		return err
	}
	s.attach(c)
	s.tls = true
	return nil
}

// note remembers a command, without secrets.
func (s *session) note(line string) {
	if words := strings.Fields(line); len(words) > 2 && verb(line) == "AUTH" {
		line = words[0] + " " + words[1]
	}
	s.relay.record(func() {
		s.relay.commands = append(s.relay.commands, Command{Conn: s.n, At: time.Now(), Line: line})
	})
}

// verb is the first word of a command, in upper case.
func verb(line string) string {
	word, _, _ := strings.Cut(line, " ")
	return strings.ToUpper(word)
}

// command answers one command. An error ends the connection.
func (s *session) command(line string) error {
	switch v := verb(line); v {
	case "EHLO":
		return s.reply(AtEhlo, line, s.extensions()...)
	case "HELO":
		return s.reply(AtHelo, line, "250 relay.test")
	case "STARTTLS":
		return s.startTLS(line)
	case "AUTH":
		return s.auth(line)
	case "MAIL":
		return s.mail(line)
	case "RCPT":
		return s.rcpt(line)
	case "DATA":
		return s.data(line)
	case "RSET":
		s.tx = nil
		return s.reply(AtRset, line, "250 2.0.0 reset")
	case "NOOP":
		return s.reply(AtNoop, line, "250 2.0.0 still here")
	case "QUIT":
		if err := s.reply(AtQuit, line, "221 2.0.0 bye"); err != nil {
			return err
		}
		return errDropped
	default:
		return s.say("500 5.5.1 what is " + v)
	}
}

// extensions is the reply to EHLO.
func (s *session) extensions() []string {
	keywords := s.relay.script.Extensions
	if keywords == nil {
		keywords = []string{"PIPELINING", "SIZE 10485760", "8BITMIME", "ENHANCEDSTATUSCODES"}
	}
	keywords = slices.Clone(keywords)
	if s.relay.script.Security == StartTLS && !s.tls {
		keywords = append(keywords, "STARTTLS")
	}
	if len(s.relay.script.Users) > 0 {
		keywords = append(keywords, "AUTH "+s.mechanisms())
	}
	lines := []string{"250 relay.test"}
	for _, k := range keywords {
		lines[len(lines)-1] = strings.Replace(lines[len(lines)-1], "250 ", "250-", 1)
		lines = append(lines, "250 "+k)
	}
	return lines
}

// mechanisms is the list of AUTH mechanisms.
func (s *session) mechanisms() string {
	if m := s.relay.script.Mechanisms; m != "" {
		return m
	}
	return "PLAIN LOGIN"
}

// startTLS answers STARTTLS.
func (s *session) startTLS(line string) error {
	if s.relay.script.Security != StartTLS || s.tls {
		return s.say("502 5.5.1 no TLS here")
	}
	polite, err := s.act(AtStartTLS, line)
	if err != nil || !polite {
		return err
	}
	if err := s.say("220 2.0.0 go ahead"); err != nil {
		return err
	}
	return s.upgrade()
}

// auth answers AUTH PLAIN and AUTH LOGIN (RFC 4954, RFC 4616).
func (s *session) auth(line string) error {
	polite, err := s.act(AtAuth, line)
	if err != nil || !polite {
		return err
	}
	words := strings.Fields(line)
	var name, password string
	switch {
	case len(words) == 3 && words[1] == "PLAIN":
		parts := strings.Split(decode(words[2]), "\x00")
		if len(parts) == 3 {
			name, password = parts[1], parts[2]
		}
	case len(words) == 2 && words[1] == "LOGIN":
		if name, err = s.challenge("Username:"); err != nil {
			return err
		}
		if password, err = s.challenge("Password:"); err != nil {
			return err
		}
	default:
		return s.say("504 5.5.4 no such mechanism")
	}
	if want, ok := s.relay.script.Users[name]; !ok || want != password {
		return s.say("535 5.7.8 bad credentials")
	}
	s.user = name
	return s.say("235 2.7.0 welcome")
}

// challenge asks for one value of AUTH LOGIN.
func (s *session) challenge(what string) (string, error) {
	if err := s.say("334 " + base64.StdEncoding.EncodeToString([]byte(what))); err != nil {
		return "", err
	}
	line, err := s.r.ReadString('\n')
	return decode(strings.TrimSpace(line)), err
}

// decode is base64, with nothing for what is not.
func decode(text string) string {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return ""
	}
	return string(b)
}
