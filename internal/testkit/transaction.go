package testkit

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// mail answers MAIL and begins a transaction.
func (s *session) mail(line string) error {
	if limit := s.relay.script.MaxMessages; limit > 0 && s.number >= limit {
		if err := s.say("421 4.7.0 too many messages on this connection"); err != nil {
			return err
		}
		return errDropped
	}
	s.number++
	s.tx = &Transaction{Conn: s.n, Number: s.number, From: address(line), MailLine: line}
	tx := s.tx
	s.relay.record(func() { s.relay.txs = append(s.relay.txs, tx) })
	if len(s.relay.script.Users) > 0 && s.user == "" {
		return s.say("530 5.7.0 log in first")
	}
	return s.reply(AtMail, line, "250 2.1.0 ok")
}

// rcpt answers RCPT.
func (s *session) rcpt(line string) error {
	if s.tx == nil {
		return s.say("503 5.5.1 MAIL first")
	}
	tx := s.tx
	s.relay.record(func() { tx.To = append(tx.To, address(line)) })
	return s.reply(AtRcpt, line, "250 2.1.5 ok")
}

// address takes the address out of a MAIL or RCPT command.
func address(line string) string {
	_, rest, _ := strings.Cut(line, "<")
	addr, _, _ := strings.Cut(rest, ">")
	return addr
}

// data answers DATA, reads the message and answers its final dot.
func (s *session) data(line string) error {
	if s.tx == nil || len(s.tx.To) == 0 {
		return s.say("503 5.5.1 RCPT first")
	}
	polite, err := s.act(AtData, line)
	if err != nil || !polite {
		return err
	}
	early := s.r.Buffered() > 0
	if err := s.say("354 go ahead"); err != nil {
		return err
	}
	return s.message(early)
}

// message reads a message and answers its final dot.
func (s *session) message(early bool) error {
	raw, complete, err := s.body()
	tx := s.tx
	s.relay.record(func() {
		tx.Raw, tx.Body, tx.Complete, tx.Early = raw, unstuff(raw), complete, early
	})
	if err != nil {
		return err
	}
	if s.tx.Accepted { // by a rule that acted in the middle of it
		return s.say("250 2.0.0 queued")
	}
	err = s.reply(AtFinal, "", "250 2.0.0 queued")
	s.tx = nil
	return err
}

// body reads up to the final dot: CRLF "." CRLF and nothing else (RFC 5321
// §4.1.1.4). It returns what it has read also when that dot never comes.
func (s *session) body() (raw []byte, complete bool, err error) {
	var acted []*Rule
	for {
		line, err := s.r.ReadSlice('\n')
		raw = append(raw, line...)
		if rule := s.due(len(raw), acted); rule != nil {
			acted = append(acted, rule)
			if err := s.perform(rule); err != nil {
				return raw, false, err
			}
		}
		switch {
		case bytes.HasSuffix(raw, []byte("\r\n.\r\n")) || string(raw) == ".\r\n":
			return raw, true, nil
		case err != nil && len(line) == 0:
			return raw, false, err
		}
	}
}

// due finds the next rule for the body that has not acted on this message.
func (s *session) due(read int, acted []*Rule) *Rule {
	if len(s.relay.script.Rules) == 0 { // nothing to look for, line after line
		return nil
	}
	return s.relay.match(func(r Rule) bool {
		if r.At != AtBody || !s.fits(r) || read < r.After {
			return false
		}
		return !slices.ContainsFunc(acted, func(a *Rule) bool { return a.After == r.After })
	})
}

// unstuff takes the dot-stuffing and the final dot away (RFC 5321 §4.5.2).
func unstuff(raw []byte) []byte {
	var body []byte
	for line := range bytes.Lines(raw) {
		if string(line) == ".\r\n" {
			break
		}
		body = append(body, bytes.TrimPrefix(line, []byte("."))...)
	}
	return body
}

// accept takes the message of the current transaction, once.
func (s *session) accept() {
	tx := s.tx
	s.relay.record(func() {
		if tx == nil || tx.Accepted {
			return
		}
		tx.Accepted = true
		s.relay.accepted = append(s.relay.accepted, Message{
			Conn: tx.Conn, Number: tx.Number, From: tx.From, To: slices.Clone(tx.To),
			Body: tx.Body, Raw: tx.Raw, At: time.Now(),
		})
	})
}
