package inbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"time"

	"github.com/emersion/go-smtp"
)

// ErrNotLoopback says that a listener could be reached from other machines.
var ErrNotLoopback = errors.New("the inbox listens on loopback addresses only")

// What a client may take and ask for.
const (
	patience      = 5 * time.Minute
	maxRecipients = 100
)

// Serve receives mail on ln until ctx ends, and closes ln. It returns nil when
// ctx has ended, ErrNotLoopback when ln is not a TCP listener on a loopback
// address, and the error of ln when that fails.
func (b *Inbox) Serve(ctx context.Context, ln net.Listener) error {
	addr, ok := ln.Addr().(*net.TCPAddr)
	if !ok || !addr.IP.IsLoopback() {
		_ = ln.Close()
		return fmt.Errorf("serve SMTP on %s: %w", ln.Addr(), ErrNotLoopback)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{inbox: b}, nil
	}))
	server.Domain = "inbox.localhost"
	server.ReadTimeout, server.WriteTimeout = patience, patience
	server.MaxMessageBytes = b.opts.MaxMessageBytes
	server.MaxRecipients = maxRecipients
	server.EnableSMTPUTF8 = true
	server.ErrorLog = log.New(io.Discard, "", 0) // a client that hangs up is no news
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(ln); err != nil && ctx.Err() == nil {
		return fmt.Errorf("serve SMTP: %w", err)
	}
	return nil
}

// session receives the messages of one connection.
type session struct {
	inbox *Inbox
	from  string
	to    []string
}

// Reset forgets the envelope.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout ends the session.
func (s *session) Logout() error { return nil }

// Mail begins an envelope.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt takes everybody.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

// Data keeps the message for every recipient.
func (s *session) Data(r io.Reader) error {
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(r); err != nil {
		return err
	}
	for _, to := range s.to {
		s.inbox.add(s.from, to, raw.Bytes())
	}
	return nil
}
