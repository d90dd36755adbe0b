package app_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	mail "github.com/wneessen/go-mail"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/compose"
	"partwork/internal/mailaddr"
	"partwork/internal/smtpsend"
	"partwork/internal/token"
	"partwork/templates"
)

// How much work a round is, and how many rounds are interleaved.
const (
	benchMessages = 10_000
	benchRows     = 100_000
	benchRounds   = 5
)

// BenchmarkSend sends an issue to many readers from the durable ledger, and
// messages of the same size with go-mail's own Send over as many connections, in
// turns. Figures are medians; trust the ratio.
func BenchmarkSend(b *testing.B) {
	sink := startSink(b)
	for _, connections := range []int{4, 16} {
		b.Run(fmt.Sprintf("connections=%d", connections), func(b *testing.B) { benchSend(b, sink, connections) })
	}
}

func benchSend(b *testing.B, sink string, connections int) {
	size := messageSize(b)
	for b.Loop() {
		var ours, theirs, ratios, cpu []float64
		peak := 0.0
		for range benchRounds {
			run := sendFromLedger(b, sink, benchMessages, connections)
			rival := sendWithGoMail(b, sink, benchMessages/4, connections, size)
			ours, theirs = append(ours, run.rate), append(theirs, rival)
			ratios, cpu = append(ratios, run.rate/rival), append(cpu, run.cpu)
			peak = max(peak, run.peak)
		}
		b.ReportMetric(median(ours), "msg/s")
		b.ReportMetric(median(theirs), "go-mail-msg/s")
		b.ReportMetric(median(ratios), "x-go-mail")
		b.ReportMetric(median(cpu), "cpu-µs/msg")
		b.ReportMetric(peak, "peak-MiB")
		b.ReportMetric(float64(size), "B/msg")
	}
	b.ReportMetric(0, "ns/op")
}

// messageSize returns the size of the test campaign's first message.
func messageSize(b *testing.B) int {
	b.Helper()
	in := newInstance(b, instanceOptions{})
	program, err := in.Library.Campaign("letters")
	if err != nil {
		b.Fatal(err)
	}
	layouts, err := compose.LoadLayouts(templates.Files())
	if err != nil {
		b.Fatal(err)
	}
	edition, _ := compose.Compile(compose.NewBundle(program.Campaign, 0, layouts))
	message, err := edition.Compose(mailaddr.Mailbox{Address: program.Campaign.From.Address}, compose.Values{Number: 1, Count: 3},
		compose.Links{Unsubscribe: "https://letters.test/u/" + strings.Repeat("x", token.Size)},
		compose.Stamp{MessageID: "size@letters.test", Date: newsday})
	if err != nil {
		b.Fatal(err)
	}
	return len(message.Bytes)
}

// BenchmarkImport imports a CSV file of new, sorted people, and lets sqlite3
// .import take the same file, in turns.
func BenchmarkImport(b *testing.B) {
	file := writePeople(b, benchRows)
	for b.Loop() {
		var ours, theirs, ratios []float64
		peak := 0.0
		for range benchRounds {
			in := newInstance(b, instanceOptions{})
			debug.FreeOSMemory()
			resetPeak(b)
			began := time.Now()
			importPeople(b, in, file, "")
			ours = append(ours, benchRows/time.Since(began).Seconds())
			peak = max(peak, peakMiB(b))
			in.Close()
			if rival, ok := sqliteImport(b, file); ok {
				theirs = append(theirs, rival)
				ratios = append(ratios, ours[len(ours)-1]/rival)
			}
		}
		b.ReportMetric(median(ours), "rows/s")
		b.ReportMetric(peak, "peak-MiB")
		if len(theirs) > 0 {
			b.ReportMetric(median(theirs), "sqlite3-rows/s")
			b.ReportMetric(median(ratios), "x-sqlite3")
		}
	}
	b.ReportMetric(0, "ns/op")
}

// sendRun is what a run of the sender cost.
type sendRun struct{ rate, cpu, peak float64 }

// sendFromLedger enrolls n readers and measures from the start of Serve until
// the last message is settled.
func sendFromLedger(b *testing.B, sink string, n, connections int) sendRun {
	b.Helper()
	in := newInstance(b, instanceOptions{connections: connections, at: newsday})
	importPeople(b, in, writePeople(b, n), "letters")
	host, port, _ := net.SplitHostPort(sink)
	number, _ := strconv.Atoi(port)
	in.step(newsday.Add(time.Second))
	debug.FreeOSMemory()
	resetPeak(b)

	ctx, cancel := context.WithTimeout(b.Context(), 5*time.Minute)
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
	if sent := in.sent(b); sent != n {
		b.Fatalf("sent %d of %d", sent, n)
	}
	in.Close()
	return sendRun{
		rate: float64(n) / elapsed.Seconds(),
		cpu:  float64(used.Microseconds()) / float64(n), peak: peakMiB(b),
	}
}

// sendWithGoMail sends n messages of the given size with go-mail's Send.
func sendWithGoMail(b *testing.B, sink string, n, connections, size int) float64 {
	b.Helper()
	host, port, _ := net.SplitHostPort(sink)
	number, _ := strconv.Atoi(port)
	paragraphs := (size - 900) / (len(benchParagraph) * 103 / 100) // headers; soft line breaks
	text := strings.Repeat(benchParagraph, paragraphs/3)
	html := "<html><body><p>" + strings.Repeat(benchParagraph, paragraphs-paragraphs/3) + "</p></body></html>"
	var workers sync.WaitGroup
	began := time.Now()
	for range connections {
		workers.Go(func() {
			client, err := mail.NewClient(host, mail.WithPort(number), mail.WithTLSPolicy(mail.NoTLS),
				mail.WithoutNoop(), mail.WithoutRset(), mail.WithHELO("localhost"))
			if err != nil {
				b.Error(err)
				return
			}
			if err := client.DialWithContext(b.Context()); err != nil {
				b.Error(err)
				return
			}
			defer client.Close()
			for i := range n / connections {
				m := mail.NewMsg()
				m.From("letters@example.org")
				m.To(fmt.Sprintf("reader%d@example.net", i))
				m.Subject("A letter")
				m.SetBodyString(mail.TypeTextPlain, text)
				m.AddAlternativeString(mail.TypeTextHTML, html)
				if err := client.Send(m); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	workers.Wait()
	return float64(n/connections*connections) / time.Since(began).Seconds()
}

const benchParagraph = "Stand at the window at noon and look at the shadow of your hand: sharp edges mean plenty of light, soft ones enough. "

// sqliteImport measures sqlite3's own .import of the file; false if it is not
// installed.
func sqliteImport(b *testing.B, file string) (float64, bool) {
	b.Helper()
	path, err := exec.LookPath("sqlite3")
	if err != nil {
		b.Log("sqlite3 is not installed: no comparison")
		return 0, false
	}
	db := filepath.Join(b.TempDir(), fmt.Sprintf("rival-%d.db", time.Now().UnixNano()))
	began := time.Now()
	out, err := exec.Command(path, db,
		"CREATE TABLE people (email TEXT UNIQUE, name TEXT, timezone TEXT, city TEXT)",
		"PRAGMA journal_mode=WAL", ".import --csv --skip 1 "+file+" people").CombinedOutput()
	if err != nil {
		b.Fatalf("sqlite3: %v: %s", err, out)
	}
	return benchRows / time.Since(began).Seconds(), true
}

// importPeople imports a file, and enrolls everybody if a campaign is named.
func importPeople(t testing.TB, in *instance, file, campaign string) audience.ImportReport {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	opts := audience.ImportOptions{File: filepath.Base(file), Consent: "a test"}
	if campaign != "" {
		program, err := in.Library.Campaign(campaign)
		if err != nil {
			t.Fatal(err)
		}
		opts.Campaign = &audience.CampaignTarget{No: program.Record.No}
	}
	report, err := in.Audience.Import(t.Context(), f, opts)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// writePeople writes a CSV file of n people in London, sorted by address.
func writePeople(t testing.TB, n int) string {
	t.Helper()
	var s strings.Builder
	s.WriteString("email,name,timezone,city\n")
	for i := range n {
		fmt.Fprintf(&s, "reader%08d@example.net,Reader %d,Europe/London,London\n", i, i)
	}
	file := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(file, []byte(s.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// cpuTime returns the processor time that this process has used.
func cpuTime(t testing.TB) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// resetPeak makes the kernel forget the process's largest resident size so far.
func resetPeak(t testing.TB) {
	t.Helper()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		t.Logf("peak memory includes earlier rounds: %v", err)
	}
}

// peakMiB returns the largest resident size since resetPeak, in MiB.
func peakMiB(t testing.TB) float64 {
	t.Helper()
	status, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer status.Close()
	data, err := io.ReadAll(status)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "VmHWM:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kib, err := strconv.ParseFloat(fields[0], 64)
	if err != nil {
		t.Fatal(err)
	}
	return kib / 1024
}
