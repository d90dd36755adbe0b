package app_test

import (
	"context"
	"fmt"
	"net"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/smtpsend"
	"partwork/internal/token"
	"partwork/templates"
)

// How many messages a round is: over loopback, over a link with delay.
const (
	benchMessages        = 10_000
	benchMessagesDelayed = 1200
)

// BenchmarkSend sends an issue to many readers from the durable ledger. In turns
// with it, Postfix's smtp-source, which is written in C, composes nothing and keeps
// no ledger, sends messages of the same size into the same sink, and so does
// go-mail's Send. Figures are medians; trust the ratios.
func BenchmarkSend(b *testing.B) {
	sink := startSink(b)
	for _, connections := range []int{4, 16, 32, 64} {
		b.Run(fmt.Sprintf("connections=%d", connections), func(b *testing.B) { benchSend(b, sink, connections) })
	}
}

func benchSend(b *testing.B, sink string, connections int) {
	message := specimen(b)
	for b.Loop() {
		f := figures{}
		for range benchRounds {
			if rate, ok := sendWithPostfix(b, sink, 2*benchMessages, message); ok {
				f.add("smtp-source-msg/s", rate)
			}
			f.add("go-mail-msg/s", sendWithGoMail(b, sink, benchMessages/4, connections, len(message), tuned...))
			run := sendFromLedger(b, sink, benchMessages, connections)
			f.add("msg/s", run.rate)
			f.add("cpu-µs/msg", run.cpu)
			f.add("peak-MiB", run.peak)
			f.ratio("x-smtp-source", "msg/s", "smtp-source-msg/s")
			f.ratio("x-go-mail", "msg/s", "go-mail-msg/s")
		}
		f.report(b)
		b.ReportMetric(float64(len(message)), "B/msg")
	}
}

// BenchmarkSendDelayed is BenchmarkSend over a link on which everything takes 10 ms
// each way, beside go-mail's Send over as many connections: as it comes, and tuned
// to leave out the NOOP and RSET around each message.
func BenchmarkSendDelayed(b *testing.B) {
	link := startLink(b, startSink(b), 10*time.Millisecond)
	const connections = 8
	message := specimen(b)
	for b.Loop() {
		f := figures{}
		for range benchRounds {
			f.add("go-mail-msg/s", sendWithGoMail(b, link, benchMessagesDelayed/6, connections, len(message)))
			f.add("go-mail-tuned-msg/s", sendWithGoMail(b, link, benchMessagesDelayed/4, connections, len(message), tuned...))
			run := sendFromLedger(b, link, benchMessagesDelayed, connections)
			f.add("msg/s", run.rate)
			f.ratio("x-go-mail", "msg/s", "go-mail-msg/s")
			f.ratio("x-go-mail-tuned", "msg/s", "go-mail-tuned-msg/s")
		}
		f.report(b)
	}
}

// specimen is the test campaign's first message, as everybody gets it.
func specimen(b *testing.B) []byte {
	b.Helper()
	in := newInstance(b, instanceOptions{})
	defer in.Close()
	program, err := in.Library.Campaign("letters")
	if err != nil {
		b.Fatal(err)
	}
	layouts, err := compose.LoadLayouts(templates.Files())
	if err != nil {
		b.Fatal(err)
	}
	edition, _ := compose.Compile(compose.NewBundle(program.Campaign, 0, layouts))
	link := func(page string) string {
		return "https://letters.test/" + page + "/" + strings.Repeat("x", token.Size)
	}
	message, err := edition.Compose(mailaddr.Mailbox{Address: program.Campaign.From.Address}, compose.Values{Number: 1, Count: 3},
		compose.Links{Unsubscribe: link("u"), Preferences: link("p"), View: link("v")},
		compose.Stamp{MessageID: "size@letters.test", Date: newsday})
	if err != nil {
		b.Fatal(err)
	}
	return message.Bytes
}

// sendRun is what a run of the sender cost.
type sendRun struct{ rate, cpu, peak float64 }

// sendFromLedger enrolls n readers and measures from the start of Serve until
// the last message is settled.
func sendFromLedger(b *testing.B, relay string, n, connections int) sendRun {
	b.Helper()
	in := newInstance(b, instanceOptions{connections: connections, at: newsday})
	defer in.Close()
	importPeople(b, in, writePeople(b, n), "letters")
	in.step(newsday.Add(time.Second))
	return in.sendAll(b, relay, n)
}

// sendAll measures from the start of Serve until n messages are settled.
func (in *instance) sendAll(b *testing.B, relay string, n int) sendRun {
	b.Helper()
	host, port, _ := net.SplitHostPort(relay)
	number, _ := strconv.Atoi(port)
	debug.FreeOSMemory()
	resetPeak(b)
	ctx, cancel := context.WithTimeout(b.Context(), time.Hour)
	defer cancel()
	before, began := cpuTime(b), time.Now()
	err := in.Serve(ctx, app.ServeOptions{
		Relay:  smtpsend.Relay{Host: host, Port: number, TLS: smtpsend.NoTLS},
		Public: listen(b), Private: listen(b),
		Idle: func(time.Time) bool { cancel(); return false },
	})
	if err != nil {
		b.Fatal(err)
	}
	elapsed, used := time.Since(began), cpuTime(b)-before
	if got := in.ledger(b)[drip.DeliverySent]; got != n {
		b.Fatalf("sent %d of %d", got, n)
	}
	return sendRun{
		rate: float64(n) / elapsed.Seconds(),
		cpu:  float64(used.Microseconds()) / float64(n), peak: peakMiB(b),
	}
}
