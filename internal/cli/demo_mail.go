package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"partwork/internal/inbox"
)

// mailroom is the demo's SMTP inbox and its page.
type mailroom struct {
	box      *inbox.Inbox
	listener net.Listener
	server   *http.Server
	finished atomic.Bool
}

// arrival names a message in an inbox: who has it, and its Message-ID.
type arrival struct{ email, id string }

// openMailroom starts the SMTP server on a free port of loopback.
func openMailroom(ctx context.Context, now func() time.Time) (*mailroom, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for mail: %w", err)
	}
	m := &mailroom{box: inbox.New(inbox.Options{Stamp: now}), listener: listener}
	go func() {
		// The inbox outlives the sender, which may still finish a message.
		_ = m.box.Serve(context.WithoutCancel(ctx), listener)
	}()
	return m, nil
}

func (m *mailroom) port() int { return m.listener.Addr().(*net.TCPAddr).Port }

func (m *mailroom) close() {
	if m.server != nil {
		_ = m.server.Close()
	}
	_ = m.listener.Close()
}

// finish notes that nothing more will come.
func (m *mailroom) finish() { m.finished.Store(true) }

// serve opens the page that shows the inboxes.
func (m *mailroom) serve(ctx context.Context, listen string, d *demo) (net.Addr, error) {
	page, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, usagef("choose another address with --listen", "the page cannot be served at %s: %v", listen, err)
	}
	describe := make(map[string]demoReader, len(d.readers))
	for _, r := range d.readers {
		describe[r.email] = r
	}
	total := len(d.readers) * len(d.campaign.Issues)
	m.server = &http.Server{
		ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute,
		Handler: m.box.Handler(inbox.PageOptions{
			Title: d.campaign.Title,
			Describe: func(addr string) (name, zone string) {
				return describe[addr].name, describe[addr].zone
			},
			Progress: func() inbox.Progress {
				return inbox.Progress{
					Done: m.total(), Total: total, Calendar: d.clock.now(), Finished: m.finished.Load(),
				}
			},
		}),
	}
	go func() {
		if err := m.server.Serve(page); !errors.Is(err, http.ErrServerClosed) {
			d.note("the page is gone: %v", err)
		}
	}()
	return page.Addr(), nil
}

// count returns how many messages have that subject.
func (m *mailroom) count(subject string) int {
	n := 0
	m.each(func(message inbox.Message) {
		if message.Subject == subject {
			n++
		}
	})
	return n
}

func (m *mailroom) total() int {
	n := 0
	for _, box := range m.box.Mailboxes() {
		n += box.Count
	}
	return n
}

// messageIDs counts the messages by recipient and Message-ID.
func (m *mailroom) messageIDs() map[arrival]int {
	ids := make(map[arrival]int)
	m.each(func(message inbox.Message) {
		ids[arrival{message.To, message.Content().Header.Get("Message-Id")}]++
	})
	return ids
}

func (m *mailroom) each(visit func(inbox.Message)) {
	for _, box := range m.box.Mailboxes() {
		for _, message := range m.box.Messages(box.Address) {
			visit(message)
		}
	}
}
