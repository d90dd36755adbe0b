package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"
	_ "time/tzdata"

	"partwork/internal/app"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/smtpsend"
	"partwork/internal/store"
	"partwork/internal/testkit"
)

// newsday is a slot of the test campaign for readers in London.
var newsday = time.Date(2026, 3, 24, 9, 0, 0, 0, time.UTC)

// lettersFiles is a campaign of three issues, each about 10 KB as a message.
func lettersFiles() fstest.MapFS {
	files := fstest.MapFS{"letters/campaign.yaml": {Data: []byte(`id: letters
key: q7w2er
title: Letters
from: "Letters <letters@letters.test>"
schedule: "0 9 * * TUE"
timezone: subscriber
default_timezone: Europe/London
first: on-join
postal_address: "7 Post Lane, Leeds"
`)}}
	for i, id := range []string{"one", "two", "three"} {
		body := strings.Repeat(benchParagraph, 10)
		files[fmt.Sprintf("letters/%02d-%s.md", i+1, id)] = &fstest.MapFile{Data: []byte(fmt.Sprintf(
			"---\nid: %s\nsubject: \"Letter %s\"\npreheader: A letter\n---\n\nDear {{.Subscriber.Name | default \"friend\"}},\n\n%s\n", id, id, body))}
	}
	return files
}

// instance is an opened installation with a calendar that tests step.
type instance struct {
	*app.Instance
	cfg      *config.Config
	files    fstest.MapFS
	calendar atomic.Int64
}

type instanceOptions struct {
	at          time.Time // newsday if zero
	connections int
	dir         string // a temporary one if empty
	// prepare changes files and configuration before the instance is opened.
	prepare func(*instance)
}

// newInstance opens an installation in a temporary folder.
func newInstance(t testing.TB, opts instanceOptions) *instance {
	t.Helper()
	in := &instance{files: lettersFiles()}
	if opts.at.IsZero() {
		opts.at = newsday
	}
	if opts.dir == "" {
		opts.dir = t.TempDir()
	}
	in.step(opts.at.Add(-time.Hour))
	in.cfg = config.Default()
	database, err := config.ParseDatabase(filepath.Join(opts.dir, "data", "partwork.db"))
	if err != nil {
		t.Fatal(err)
	}
	in.cfg.Database = database
	in.cfg.StateDir = filepath.Join(opts.dir, "state")
	in.cfg.SecretFile = filepath.Join(opts.dir, "data", "secret")
	in.cfg.Templates = ""
	in.cfg.Backup.Dir = filepath.Join(opts.dir, "backups")
	in.cfg.Timezone = "Europe/London"
	in.cfg.SMTP.Rate = 0
	if opts.connections > 0 {
		in.cfg.SMTP.Connections = opts.connections
	}
	if opts.prepare != nil {
		opts.prepare(in)
	}
	in.open(t)
	return in
}

func (in *instance) open(t testing.TB) {
	t.Helper()
	opened, err := app.Open(t.Context(), app.Options{
		Config: in.cfg, Calendar: in.now, Campaigns: in.files,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range opened.Library.Findings() {
		if f.Severity == drip.SeverityError {
			t.Fatal(f)
		}
	}
	in.Instance = opened
	t.Cleanup(func() { opened.Close() })
}

func (in *instance) now() time.Time     { return time.UnixMilli(in.calendar.Load()).UTC() }
func (in *instance) step(now time.Time) { in.calendar.Store(now.UnixMilli()) }

// running is an instance that serves.
type running struct {
	t    testing.TB
	stop context.CancelFunc
	done chan error
	base string // of the readers' pages
	// private is that of the operator's.
	private string
}

// serve runs the instance against a relay until stop or the end of the test.
func (in *instance) serve(t testing.TB, relay *testkit.Relay, opts app.ServeOptions) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{t: t, stop: cancel, done: make(chan error, 1)}
	opts.Relay = smtpsend.Relay{Host: relay.Host(), Port: relay.Port(), TLS: smtpsend.NoTLS}
	opts.Public, opts.Private = listen(t), listen(t)
	r.base, r.private = "http://"+opts.Public.Addr().String(), "http://"+opts.Private.Addr().String()
	go func() { r.done <- in.Serve(ctx, opts) }()
	t.Cleanup(func() { cancel() })
	return r
}

// wait returns when the graceful stop is complete.
func (r *running) wait() {
	r.t.Helper()
	select {
	case err := <-r.done:
		if err != nil {
			r.t.Fatalf("serve: %v", err)
		}
	case <-time.After(time.Minute):
		r.t.Fatal("serve did not stop within a minute")
	}
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// ledger returns the deliveries by state.
func (in *instance) ledger(t testing.TB) map[drip.DeliveryState]int {
	t.Helper()
	program, err := in.Library.Campaign("letters")
	if err != nil {
		t.Fatal(err)
	}
	counts, err := in.Store.CampaignCounts(t.Context(), program.Record.No)
	if err != nil {
		t.Fatal(err)
	}
	return counts.Deliveries
}

func (in *instance) sent(t testing.TB) int {
	t.Helper()
	return in.ledger(t)[drip.DeliverySent]
}

// verify fails the test if an invariant of the ledger is broken.
func (in *instance) verify(t testing.TB) {
	t.Helper()
	invariants, err := in.Store.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, inv := range invariants {
		if inv.Rows > 0 {
			t.Errorf("%s: %d rows, such as %v", inv.Name, inv.Rows, inv.Sample)
		}
	}
}

// entries returns the ledger's rows.
func (in *instance) entries(t testing.TB) []store.LogEntry {
	t.Helper()
	rows, err := in.Store.Log(t.Context(), store.LogFilter{Limit: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// await returns when ok holds, and fails the test when it never does.
func await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	limit, look := time.After(20*time.Second), time.NewTicker(5*time.Millisecond)
	defer look.Stop()
	for !ok() {
		select {
		case <-look.C:
		case <-limit:
			t.Fatalf("it never came to %s", what)
		}
	}
}
