package testkit

import (
	"io"
	"net"
	"strings"
	"time"
)

// reply carries out the rule for a moment, or gives the polite reply.
func (s *session) reply(at Moment, line string, polite ...string) error {
	give, err := s.actFinal(at, line)
	if err != nil || !give {
		return err
	}
	if at == AtFinal {
		s.accept()
	}
	return s.say(polite...)
}

// act carries out the rule for a moment and says whether the polite reply is
// still to be given.
func (s *session) act(at Moment, line string) (polite bool, err error) {
	rule := s.relay.match(func(r Rule) bool {
		return r.At == at && s.fits(r) && strings.Contains(line, r.Arg)
	})
	if rule == nil {
		return true, nil
	}
	polite = true
	for _, step := range rule.Do {
		if step.answers {
			polite = false
		}
	}
	return polite, s.perform(rule)
}

// actFinal is act; at the final dot a reply that starts with 2 accepts before
// it is sent, as a relay does that has written the message to its disk.
func (s *session) actFinal(at Moment, line string) (polite bool, err error) {
	if at != AtFinal {
		return s.act(at, line)
	}
	s.final = true
	defer func() { s.final = false }()
	return s.act(at, line)
}

// fits says whether a rule is about this connection and message.
func (s *session) fits(r Rule) bool {
	return (r.Conn == 0 || r.Conn == s.n) && (r.Message == 0 || r.Message == s.number)
}

// perform carries out the steps of a rule.
func (s *session) perform(rule *Rule) error {
	for _, step := range rule.Do {
		if err := step.do(s); err != nil {
			return err
		}
	}
	return nil
}

// say sends lines with their CRLF.
func (s *session) say(lines ...string) error {
	if s.final && strings.HasPrefix(lines[0], "2") {
		s.accept()
	}
	return s.send(strings.Join(lines, "\r\n") + "\r\n")
}

// send sends text as it is.
func (s *session) send(text string) error {
	_, err := io.WriteString(s.conn, text)
	return err
}

// endless sends a line until that fails.
func (s *session) endless(line string) error {
	block := strings.Repeat(line+"\r\n", 64)
	for {
		if err := s.send(block); err != nil {
			return err
		}
	}
}

// huge sends start and n bytes after it, in blocks.
func (s *session) huge(start string, n int) error {
	if err := s.send(start); err != nil {
		return err
	}
	block := strings.Repeat("x", 32<<10)
	for ; n > 0; n -= len(block) {
		if err := s.send(block[:min(n, len(block))]); err != nil {
			return err
		}
	}
	return nil
}

// pause lets d pass, unless the relay is closed first.
func (s *session) pause(d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-s.relay.done:
		return errDropped
	}
}

// linger makes the close of a TCP connection a reset.
func (s *session) linger() {
	if c, ok := s.raw.(*net.TCPConn); ok {
		_ = c.SetLinger(0)
	}
}

// halfClose ends the relay's side; a pipe can only be closed as a whole.
func (s *session) halfClose() error {
	if c, ok := s.raw.(*net.TCPConn); ok {
		return c.CloseWrite()
	}
	return errDropped
}
