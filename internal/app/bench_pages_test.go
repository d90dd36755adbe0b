package app_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/smtpsend"
)

// How much a round of BenchmarkPages is: readers who are sent an issue meanwhile, those
// among them who leave, pages that are looked at, and how many ask at once.
const (
	benchReaders = 20_000
	benchLeavers = 1500
	benchLooks   = 2000
	benchAskers  = 16
)

// BenchmarkPages measures the readers' pages over real connections: the one-click POST,
// each a durable commit, the page with the buttons that stop, and the preferences, which
// are planned for each look. In turns it does so alone and while the sender runs at full
// speed on the same cores. In the end nothing is lost: who was told that they have left has
// left, and everybody else was sent the issue, once.
func BenchmarkPages(b *testing.B) {
	sink := startSink(b)
	for b.Loop() {
		f := figures{}
		for range 3 {
			benchPages(b, f, sink, 0, "-alone")
			benchPages(b, f, sink, benchReaders, "")
		}
		f.report(b)
	}
}

// benchPages serves an instance in which so many readers are due, and asks.
func benchPages(b *testing.B, f figures, sink string, due int, suffix string) {
	in := newInstance(b, instanceOptions{connections: 16, at: newsday})
	in.Close()
	var err error
	if in.Instance, err = app.Open(b.Context(), app.Options{
		Config: in.cfg, Calendar: in.now, Campaigns: in.files, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}); err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	all := max(due, benchLeavers)
	importPeople(b, in, writePeople(b, all), "letters")
	if due > 0 {
		in.step(newsday.Add(time.Second))
	}
	host, port, _ := net.SplitHostPort(sink)
	number, _ := strconv.Atoi(port)
	ctx, stop := context.WithTimeout(b.Context(), 10*time.Minute)
	defer stop()
	pages, ready, idle, done := listen(b), make(chan struct{}), make(chan struct{}), make(chan error, 1)
	var once sync.Once
	go func() {
		done <- in.Serve(ctx, app.ServeOptions{
			Relay: smtpsend.Relay{Host: host, Port: number, TLS: smtpsend.NoTLS}, Public: pages, Private: listen(b),
			Ready: func(_, _ net.Addr) { close(ready) },
			Idle:  func(time.Time) bool { once.Do(func() { close(idle) }); return false },
		})
	}()
	<-ready
	base := "http://" + pages.Addr().String()
	began, sent := time.Now(), in.ledger(b)[drip.DeliverySent]
	// The last ones leave: their turn to be sent to has not come.
	leaver := func(i int) drip.Enrollment {
		n := int64(all - i%benchLeavers)
		return drip.Enrollment{ID: drip.EnrollmentID(n), Subscriber: drip.SubscriberID(n)}
	}
	ask := newAsker(b)
	ask.run(f, "look", suffix, benchLooks, func(i int) (string, string) { return in.Audience.UnsubscribeURL(base, leaver(i)), "" })
	ask.run(f, "preferences", suffix, benchLooks, func(i int) (string, string) { return in.Audience.PreferencesURL(base, leaver(i)), "" })
	ask.run(f, "one-click", suffix, benchLeavers, func(i int) (string, string) {
		return in.Audience.UnsubscribeURL(base, leaver(i)), "List-Unsubscribe=One-Click"
	})
	if due > 0 {
		meanwhile := in.ledger(b)[drip.DeliverySent] - sent
		if meanwhile >= due-benchLeavers {
			b.Errorf("the sender ran dry; more readers than %d must be due", due)
		}
		f.add("sent-meanwhile/s", float64(meanwhile)/time.Since(began).Seconds())
		<-idle
	}
	stop()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
	in.nothingLost(b, due, all)
}

// nothingLost looks that the leavers have left and all others were sent the issue.
func (in *instance) nothingLost(b *testing.B, due, all int) {
	b.Helper()
	for i := range benchLeavers {
		e, err := in.Store.Enrollment(b.Context(), drip.EnrollmentID(all-i))
		if err != nil || e.State != drip.EnrollmentLeft {
			b.Fatalf("enrollment %d is %v, %v, although its one-click was answered", all-i, e.State, err)
		}
	}
	ledger := in.ledger(b)
	if sent := ledger[drip.DeliverySent]; due > 0 && (sent < due-benchLeavers || sent > due || ledger[drip.DeliveryUnknown]+ledger[drip.DeliveryRefused] > 0) {
		b.Fatalf("the ledger is %v; expected %d sent at least", ledger, due-benchLeavers)
	}
	in.verify(b)
	if _, err := in.Audience.Show(b.Context(), audience.Who{ID: drip.SubscriberID(all)}); err != nil {
		b.Fatal(err)
	}
}

// asker asks for pages over connections that are kept.
type asker struct {
	b      *testing.B
	client *http.Client
}

func newAsker(b *testing.B) asker {
	transport := &http.Transport{MaxIdleConnsPerHost: benchAskers, MaxConnsPerHost: benchAskers}
	b.Cleanup(transport.CloseIdleConnections)
	return asker{b, &http.Client{Transport: transport, Timeout: time.Minute}}
}

// run asks n times and adds how many answers came per second, and what 99 of 100 took at
// most. A form makes it a POST.
func (a asker) run(f figures, what, suffix string, n int, request func(i int) (url, form string)) {
	a.b.Helper()
	took := make([]time.Duration, n)
	var next, failed atomic.Int64
	var asking sync.WaitGroup
	began := time.Now()
	for range benchAskers {
		asking.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				at := time.Now()
				if !a.one(request(int(i))) {
					failed.Add(1)
				}
				took[i] = time.Since(at)
			}
		})
	}
	asking.Wait()
	elapsed := time.Since(began)
	if failed.Load() > 0 {
		a.b.Fatalf("%d of %d requests for %s failed", failed.Load(), n, what)
	}
	slices.Sort(took)
	f.add(what+suffix+"/s", float64(n)/elapsed.Seconds())
	f.add(what+suffix+"-p99-ms", float64(took[n*99/100])/float64(time.Millisecond))
}

// one asks once; false if the answer is not 200, or is cut off.
func (a asker) one(url, form string) bool {
	method, body := http.MethodGet, io.Reader(nil)
	if form != "" {
		method, body = http.MethodPost, strings.NewReader(form)
	}
	r, err := http.NewRequestWithContext(a.b.Context(), method, url, body)
	if err != nil {
		return false
	}
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := a.client.Do(r)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return err == nil && response.StatusCode == http.StatusOK
}
