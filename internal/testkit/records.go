package testkit

import (
	"bytes"
	"net/mail"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Command is one line a client sent outside of a message.
type Command struct {
	// Conn is the connection, counted from 1.
	Conn int
	// At is when the line was read.
	At time.Time
	// Line is the command without its CRLF; what follows AUTH is left out.
	Line string
}

// Transaction is what followed one MAIL command.
type Transaction struct {
	// Conn and Number say which one it was: connection and MAIL command on
	// it, both counted from 1.
	Conn, Number int
	// From and To are the addresses without their angle brackets.
	From string
	To   []string
	// MailLine is the whole MAIL command.
	MailLine string
	// Raw is what came after 354, with dot-stuffing and the final dot if it
	// came; Body is the message in it.
	Raw, Body []byte
	// Complete says that the final dot was read.
	Complete bool
	// Early says that bytes of the message came before the 354.
	Early bool
	// Accepted says that the relay took the message.
	Accepted bool
}

// Message is a message that the relay took.
type Message struct {
	// Conn and Number are those of its transaction.
	Conn, Number int
	From         string
	To           []string
	// Body is the message; Raw the bytes on the wire, with the final dot.
	Body, Raw []byte
	// At is when the relay took it.
	At time.Time
}

// ID is the message's Message-ID, empty when it has none.
func (m Message) ID() string {
	parsed, err := mail.ReadMessage(bytes.NewReader(m.Body))
	if err != nil {
		return ""
	}
	return parsed.Header.Get("Message-Id")
}

// Accepted lists the messages that were taken, in order.
func (r *Relay) Accepted() []Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.accepted)
}

// Transactions lists what followed each MAIL command, in order, ended or not.
func (r *Relay) Transactions() []Transaction {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]Transaction, len(r.txs))
	for i, tx := range r.txs {
		list[i] = *tx
		list[i].To = slices.Clone(tx.To)
	}
	return list
}

// Commands lists every command, in order.
func (r *Relay) Commands() []Command {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.commands)
}

// Verbs lists the first words of the commands of one connection, in order;
// connection 0 means all of them.
func (r *Relay) Verbs(conn int) []string {
	var verbs []string
	for _, c := range r.Commands() {
		if conn == 0 || c.Conn == conn {
			verbs = append(verbs, verb(c.Line))
		}
	}
	return verbs
}

// Connections counts the connections so far, and how many of them have ended.
func (r *Relay) Connections() (opened, ended int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.conns), r.ended
}

// Await returns when ok holds, looking again whenever the relay has seen
// something, and fails the test when it never does.
func (r *Relay) Await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	limit := time.After(patience)
	for {
		r.mu.Lock()
		changed := r.changed
		r.mu.Unlock()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("the relay never saw %s", what)
		}
	}
}

// AwaitEnded returns when n connections have ended: everything they sent has
// been read and recorded then.
func (r *Relay) AwaitEnded(t testing.TB, n int) {
	t.Helper()
	r.Await(t, "the end of its connections", func() bool {
		_, ended := r.Connections()
		return ended >= n
	})
}

// ExactlyOnce fails the test unless the relay took exactly the messages with
// these Message-IDs, each once, in any order.
func (r *Relay) ExactlyOnce(t testing.TB, ids ...string) {
	t.Helper()
	got := []string{}
	for _, m := range r.Accepted() {
		got = append(got, m.ID())
	}
	want := append([]string{}, ids...)
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("accepted Message-IDs (-want +got):\n%s", diff)
	}
}
