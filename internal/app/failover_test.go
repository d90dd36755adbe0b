package app_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/testkit"
	"partwork/internal/timing"
	"partwork/internal/web/private"
)

// through sets the relays of the configuration, in order of preference.
func (in *instance) through(relays ...*testkit.Relay) {
	var all []config.SMTP
	for _, r := range relays {
		one := in.cfg.SMTP
		one.Host, one.Port, one.TLS, one.Fallbacks = r.Host(), r.Port(), config.TLSNone, nil
		all = append(all, one)
	}
	in.cfg.SMTP = all[0]
	in.cfg.SMTP.Fallbacks = all[1:]
}

// serveConfigured serves with the relays of the configuration.
func (in *instance) serveConfigured(t *testing.T) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{t: t, stop: cancel, done: make(chan error, 1)}
	opts := app.ServeOptions{Public: listen(t), Private: listen(t)}
	r.private = "http://" + opts.Private.Addr().String()
	go func() { r.done <- in.Serve(ctx, opts) }()
	t.Cleanup(cancel)
	return r
}

// health asks the operator's pages.
func (r *running) health(t *testing.T) private.Health {
	t.Helper()
	response, err := http.Get(r.private + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var h private.Health
	if err := json.NewDecoder(response.Body).Decode(&h); err != nil {
		t.Fatal(err)
	}
	return h
}

// ready opens an installation in which so many people are due.
func ready(t *testing.T, people int, relays ...*testkit.Relay) *instance {
	t.Helper()
	in := newInstance(t, instanceOptions{connections: 2})
	in.through(relays...)
	importPeople(t, in, writePeople(t, people), "letters")
	in.step(newsday)
	return in
}

func TestSecondRelayTakesOverWhatTheFirstWillNotTake(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]testkit.Rule{
		"greeting": {At: testkit.AtBanner, Do: []testkit.Step{testkit.Say("554 5.3.2 closed"), testkit.Drop()}},
		"sender":   {At: testkit.AtMail, Do: []testkit.Step{testkit.Say("550 5.7.1 not you")}},
		"throttle": {At: testkit.AtMail, Do: []testkit.Step{testkit.Say("421 4.7.0 slow down"), testkit.Drop()}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := testkit.Start(t, testkit.Script{Rules: []testkit.Rule{rule}})
			second := testkit.Start(t, testkit.Script{})
			in := ready(t, 20, first, second)
			r := in.serveConfigured(t)
			second.Await(t, "every letter", func() bool { return len(second.Accepted()) == 20 })
			troubles := r.health(t).Troubles
			r.stop()
			r.wait()
			if len(first.Accepted()) > 0 || in.sent(t) != 20 {
				t.Errorf("the first relay took %d, the ledger says %v", len(first.Accepted()), in.ledger(t))
			}
			if len(troubles) != 1 || !strings.Contains(troubles[0], "letters leave through "+in.cfg.SMTP.Fallbacks[0].Address()) {
				t.Errorf("the troubles are %q", troubles)
			}
			for _, entry := range in.entries(t) {
				if entry.State == drip.DeliverySent && entry.Tries > 0 {
					t.Errorf("a try counts against %v", entry.DeliveryKey)
				}
			}
			in.verify(t)
		})
	}
}

// What the first relay took without a word is unknown, and the second never hears of it.
func TestDoubtIsNotTakenToTheSecondRelay(t *testing.T) {
	t.Parallel()
	first := testkit.Start(t, testkit.Script{Rules: []testkit.Rule{
		{At: testkit.AtFinal, Do: []testkit.Step{testkit.Accept(), testkit.Drop()}},
	}})
	second := testkit.Start(t, testkit.Script{})
	in := ready(t, 20, first, second)
	r := in.serveConfigured(t)
	await(t, "an end of all letters", func() bool {
		got := in.ledger(t)
		return got[drip.DeliverySent]+got[drip.DeliveryUnknown] == 20
	})
	r.stop()
	r.wait()
	unknown := in.ledger(t)[drip.DeliveryUnknown]
	if unknown == 0 || unknown != len(first.Accepted()) || unknown+len(second.Accepted()) != 20 {
		t.Errorf("%d unknown, %d at the first relay, %d at the second", unknown, len(first.Accepted()), len(second.Accepted()))
	}
	recipients := map[string]int{}
	for _, m := range slices.Concat(first.Accepted(), second.Accepted()) {
		for _, to := range m.To {
			recipients[to]++
		}
	}
	for _, n := range recipients {
		if n > 1 {
			t.Errorf("somebody got the letter %d times", n)
		}
	}
	in.verify(t)
}

// A letter is signed with the key of the relay that it is offered to.
func TestEachRelayHasItsSignature(t *testing.T) {
	t.Parallel()
	first := testkit.Start(t, testkit.Script{Rules: []testkit.Rule{
		{At: testkit.AtMail, Message: 3, Do: []testkit.Step{testkit.Say("550 5.7.1 enough")}},
	}})
	second := testkit.Start(t, testkit.Script{})
	in, records := newSigningInstance(t, "letters.test")
	in.Close()
	in.through(first, second)
	in.cfg.SMTP.Connections = 1
	in.cfg.SMTP.Fallbacks[0].Sign = false
	in.open(t)
	importPeople(t, in, writePeople(t, 6), "letters")
	in.step(newsday)
	r := in.serveConfigured(t)
	second.Await(t, "the rest", func() bool { return len(second.Accepted()) == 4 })
	r.stop()
	r.wait()
	for _, m := range first.Accepted() {
		if n := signatures(t, m.Body, records); n != 2 {
			t.Errorf("%d signatures for the first relay, want 2", n)
		}
	}
	for _, m := range second.Accepted() {
		if n := signatures(t, m.Body, records); n != 0 {
			t.Errorf("%d signatures for a relay that signs by itself", n)
		}
	}
	if len(first.Accepted()) != 2 {
		t.Errorf("the first relay took %d", len(first.Accepted()))
	}
}

// The day's allowance is that of the relay, not of the process.
func TestAllowanceOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	relay := testkit.Start(t, testkit.Script{})
	in := ready(t, 20, relay)
	// Until the first day of the ramp, every day is like it, also the next one.
	in.cfg.SMTP.Warmup = config.Warmup{Start: timing.NewDate(2100, time.January, 1), FirstDay: 7, Growth: 2, Until: 1000}
	for range 3 {
		r := in.serveConfigured(t)
		await(t, "a day that is spent", func() bool {
			h := r.health(t)
			return len(h.Holds) == 1 && h.Holds[0].Kind == "warmup" && h.Holds[0].Allowance == 7
		})
		r.stop()
		r.wait()
		in.Close()
		in.open(t)
	}
	if len(relay.Accepted()) != 7 || in.sent(t) != 7 {
		t.Errorf("%d letters left in three runs on one day, want 7; the ledger says %v", len(relay.Accepted()), in.ledger(t))
	}
	in.verify(t)
}

func TestStormPausesTheCampaignAndSaysWhy(t *testing.T) {
	t.Parallel()
	relay := testkit.Start(t, testkit.Script{Rules: []testkit.Rule{
		{At: testkit.AtRcpt, Do: []testkit.Step{testkit.Say("550 5.7.1 policy of <somebody@example.org>")}},
	}})
	in := ready(t, 100, relay)
	r := in.serveConfigured(t)
	paused := func() string {
		records, err := in.Store.Campaigns(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return records[0].PauseReason
	}
	await(t, "a paused campaign", func() bool { return paused() != "" })
	r.stop()
	r.wait()
	got := paused()
	if !strings.Contains(got, "refused 11 of the first 11 messages, the last with 550 5.7.1 policy of") || strings.Contains(got, "@") {
		t.Errorf("the reason is %q", got)
	}
	if n := len(relay.Transactions()); n > 11+2 {
		t.Errorf("%d transactions before the campaign was paused", n)
	}
	for _, entry := range in.entries(t) {
		if entry.Reason != drip.ReasonNone {
			t.Errorf("%v is %s (%s): a policy is nobody's own fault", entry.DeliveryKey, entry.State, entry.Reason)
		}
	}
	in.verify(t)
}

// A domain with a rate waits, is told of, and holds up nobody.
func TestDomainLimitIsTold(t *testing.T) {
	t.Parallel()
	relay := testkit.Start(t, testkit.Script{})
	in := ready(t, 20, relay)
	const domain = "example.net" // of everybody
	in.cfg.Limits.Domains = []config.DomainLimit{{Name: domain, Rate: 0.01}}
	r := in.serveConfigured(t)
	relay.Await(t, "one letter", func() bool { return len(relay.Accepted()) == 1 })
	await(t, "a hold", func() bool {
		h := r.health(t)
		return len(h.Holds) == 1 && h.Holds[0].Domain == domain && h.Holds[0].Waiting == 19 && len(h.Troubles) == 0 && h.Ready
	})
	r.stop()
	r.wait()
	in.verify(t)
}
