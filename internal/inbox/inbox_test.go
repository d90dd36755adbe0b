package inbox

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// morning is the calendar's time in these tests.
var morning = time.Date(2026, 3, 24, 9, 0, 0, 0, time.UTC)

// serve runs an inbox on a loopback port until the test ends.
func serve(t *testing.T, o Options) (*Inbox, string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := New(o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- b.Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return b, ln.Addr().String()
}

// letter is a small message.
func letter(subject, body string) string {
	return "From: Circle <letters@example.org>\r\nSubject: " + subject + "\r\n\r\n" + body + "\r\n"
}

// fixture is a file of testdata with the line ends of a message.
func fixture(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(raw), "\n", "\r\n")
}

func TestReceive(t *testing.T) {
	t.Parallel()
	b, addr := serve(t, Options{Stamp: func() time.Time { return morning }})
	send := func(subject string, to ...string) {
		t.Helper()
		if err := smtp.SendMail(addr, nil, "b@example.org", to, []byte(letter(subject, ".dot"))); err != nil {
			t.Fatal(err)
		}
	}
	send("one", "Ann@Example.net", "bob@example.net")
	send("two", "ann@example.net")
	want := []Mailbox{
		{Number: 1, Address: "ann@example.net", Count: 2, Unread: 2, Latest: "two"},
		{Number: 2, Address: "bob@example.net", Count: 1, Unread: 1, Latest: "one"},
	}
	if diff := cmp.Diff(want, b.Mailboxes()); diff != "" {
		t.Errorf("mailboxes (-want +got):\n%s", diff)
	}
	got := b.Messages("ANN@example.net")
	if len(got) != 2 || got[0].Subject != "one" || got[1].Subject != "two" {
		t.Fatalf("messages are %+v", got)
	}
	m, ok := b.Message(got[0].ID)
	if !ok || m.EnvelopeFrom != "b@example.org" || m.From != "Circle" || !m.Arrived.Equal(morning) ||
		string(m.Raw) != letter("one", ".dot") || m.Preheader != ".dot" {
		t.Errorf("message is %+v", m)
	}
	if _, ok := b.Message(99); ok {
		t.Error("there is a message 99")
	}
}

func TestServeRefusesOtherAddresses(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := New(Options{}).Serve(t.Context(), ln); !errors.Is(err, ErrNotLoopback) {
		t.Errorf("Serve: %v", err)
	}
	if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the listener is open: %v", err)
	}
}

func TestServeSaysWhyItFailed(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = ln.Close()
	if err := New(Options{}).Serve(t.Context(), ln); err == nil {
		t.Error("Serve on a closed listener succeeded")
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	b, addr := serve(t, Options{MaxMessageBytes: 1000})
	err := smtp.SendMail(addr, nil, "b@example.org", []string{"a@example.net"}, []byte(letter("big", strings.Repeat("x", 1000))))
	if err == nil || !strings.Contains(err.Error(), "552") {
		t.Errorf("SendMail: %v", err)
	}
	if n := len(b.Mailboxes()); n != 0 {
		t.Errorf("%d mailboxes", n)
	}
}

func TestOldestMakeRoom(t *testing.T) {
	t.Parallel()
	b := New(Options{MaxMessages: 3})
	for i := range 5 {
		b.add("", "a@example.net", []byte(letter(fmt.Sprint(i+1), "")))
	}
	b.markRead(5)
	got := b.Messages("a@example.net")
	if len(got) != 3 || got[0].Subject != "3" || got[2].ID != 5 {
		t.Errorf("kept %+v", got)
	}
	if box := b.Mailboxes()[0]; box.Unread != 2 || box.Count != 3 {
		t.Errorf("mailbox is %+v", box)
	}
	if _, ok := b.Message(2); ok {
		t.Error("message 2 is still there")
	}
}

func TestWatch(t *testing.T) {
	t.Parallel()
	b := New(Options{})
	b.add("", "a@example.net", []byte(letter("before", "")))
	ctx, cancel := context.WithCancel(t.Context())
	ch := b.Watch(ctx)
	for i := range 50 { // nobody reads yet, and nobody waits for that
		b.add("", "a@example.net", []byte(letter(fmt.Sprint(i), "")))
	}
	for i := range 50 {
		if m := <-ch; m.Subject != fmt.Sprint(i) {
			t.Fatalf("message %d is %q", i, m.Subject)
		}
	}
	b.add("", "a@example.net", []byte(letter("after", "")))
	if m := <-ch; m.Subject != "after" {
		t.Errorf("then came %q", m.Subject)
	}
	cancel()
	if _, ok := <-ch; ok {
		t.Error("the channel is open")
	}
}

func TestContent(t *testing.T) {
	t.Parallel()
	html := "<p>Hi</p>"
	eml := strings.Replace(fixture(t, "letter.eml"),
		"PCFkb2N0eXBlIGh0bWw+CjxodG1sIGxhbmc9ImVuIj48aGVhZD48bWV0YSBjaGFyc2V0PSJ1dGYt",
		base64.StdEncoding.EncodeToString([]byte(html)), 1)
	m := Message{Raw: []byte(eml)}
	m.summarize()
	if m.Subject != "Acupuncture and MS: an honest score – part 2" || m.From != "MS Reading Circle" || m.Preheader != "Hi" {
		t.Errorf("summary is %q, %q, %q", m.Subject, m.From, m.Preheader)
	}
	c := m.Content()
	if c.HTML != html {
		t.Errorf("HTML is %q", c.HTML)
	}
	if !strings.HasPrefix(c.Text, "Acupuncture is one of the most-tried therapies – and one of the least proven.") {
		t.Errorf("text is %q", c.Text)
	}
}

func TestContentOfStrangeMessages(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", 50)
	tests := []struct{ name, raw, text, html string }{
		{"NoHeader", "just text", "just text", ""},
		{"Empty", "", "", ""},
		{"BadType", "Content-Type: ???\r\n\r\nhello", "hello", ""},
		{"Latin1", "Content-Type: text/plain; charset=ISO-8859-1\r\n\r\ngr\xfc\xdfe", "grüße", ""},
		{"NotUTF8", "Content-Type: text/plain\r\n\r\na\xffb", "a\ufffdb", ""},
		{"BrokenBase64", "Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8h!!", "", "hello!"},
		{"NoBoundary", "Content-Type: multipart/mixed\r\n\r\nx", "", ""},
		{"Attachment", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: attachment\r\n\r\nno\r\n" +
			"--b\r\n\r\nyes\r\n--b--\r\n", "yes", ""},
		{"Deep", deep, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if c := (Message{Raw: []byte(tt.raw)}).Content(); c.Text != tt.text || c.HTML != tt.html {
				t.Errorf("content is %q, %q", c.Text, c.HTML)
			}
		})
	}
}

func TestBeginning(t *testing.T) {
	t.Parallel()
	html := fixture(t, "letter.html")
	want := "Some hints for fatigue and wellbeing. No proof it changes MS."
	if got := beginning(Content{HTML: html}); got != want {
		t.Errorf("beginning is %q", got)
	}
	if got := beginning(Content{Text: strings.Repeat("wörd ", 100)}); len([]rune(got)) > maxBeginning+1 || !strings.HasSuffix(got, "…") {
		t.Errorf("beginning is %q", got)
	}
	if got := beginning(Content{Text: "می\u200cخواهم \u200c\u200cx"}); got != "میخواهم x" {
		t.Errorf("beginning is %q", got)
	}
	if got := beginning(Content{HTML: "w<b>or</b>d<br>&lt;x&gt;"}); got != "word <x>" {
		t.Errorf("beginning is %q", got)
	}
}

func FuzzContent(f *testing.F) {
	f.Add([]byte(letter("x", "y")))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--"))
	f.Add([]byte(illustrated(`<img src="cid:pots@example.org">`, "")))
	f.Fuzz(func(_ *testing.T, raw []byte) {
		m := Message{Raw: raw}
		m.summarize()
		headerList(raw)
		linksOpenOutside(m.Content().page())
	})
}
