package config

import (
	"net"
	"strconv"

	"partwork/internal/timing"
)

// Warmup is the ramp of a relay whose address nobody knows yet: so many letters on the
// first day, more on each following one. Without a start there is no ramp.
type Warmup struct {
	Start    timing.Date `yaml:"start" default:"" doc:"The first day of the ramp, in UTC; empty for no ramp. Until then as much leaves a day as on the first."`
	FirstDay int         `yaml:"first_day" default:"50" doc:"How many letters leave on the first day at most."`
	Growth   float64     `yaml:"growth" default:"1.5" doc:"How many times as many may leave on each following day, from 1 to 10."`
	Until    int         `yaml:"until" default:"100000" doc:"The ramp ends on the day on which so many might leave: from then on there is no limit."`
}

// relayAt is a relay and where it is configured.
type relayAt struct {
	*SMTP
	section string // "smtp" or "smtp.fallbacks.1"
}

func (r relayAt) key(name string) string { return r.section + "." + name }

// relaysAt returns the relays in order of preference.
func (c *Config) relaysAt() []relayAt {
	all := []relayAt{{&c.SMTP, "smtp"}}
	for i := range c.SMTP.Fallbacks {
		all = append(all, relayAt{&c.SMTP.Fallbacks[i], string(fallbacks) + "." + strconv.Itoa(i+1)})
	}
	return all
}

// Relays returns the relays in order of preference: smtp, and then its fallbacks. A
// fallback without a Helo has that of smtp, and one that signs and has no keys of its
// own has those of smtp.
func (c *Config) Relays() []SMTP {
	var all []SMTP
	for _, r := range c.relaysAt() {
		one := *r.SMTP
		one.Fallbacks = nil
		if one.Helo == "" {
			one.Helo = c.HeloName()
		}
		if one.DKIM.Domain == "" {
			one.DKIM = c.SMTP.DKIM
		}
		if !one.Sign {
			one.DKIM = DKIM{}
		}
		all = append(all, one)
	}
	return all
}

// Address returns host:port.
func (s *SMTP) Address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// checkRelayHost reports a host that is none, and a fallback that is another relay
// once more.
func (l *loader) checkRelayHost(r relayAt) {
	if r.Host == "" && r.section != "smtp" {
		if l.wasSet(r.section) {
			l.report(r.section, "it has no host", "write the host of the relay: "+r.key("host"))
		} else {
			l.report(r.key("host"), "the relay has no host", "set it, and number the fallbacks from 1 on")
		}
		return
	}
	l.checkHost(r.key("host"), r.Host)
	for _, other := range l.cfg.relaysAt() {
		if other.section == r.section {
			return
		}
		if other.Address() == r.Address() {
			l.report(r.key("host"), quote(r.Address())+" is "+other.section+" too", "remove one: a relay that is down does not take over from itself")
			return
		}
	}
}

// validateWarmup reports a ramp that leads nowhere.
func (l *loader) validateWarmup(r relayAt) {
	w := r.Warmup
	if w.Start == 0 {
		for _, name := range []string{"warmup.first_day", "warmup.growth", "warmup.until"} {
			if w != Default().SMTP.Warmup && l.wasSet(r.key(name)) {
				l.report(r.key(name), "there is no "+r.key("warmup.start")+" to go with it", "set the first day, or remove this")
			}
		}
		return
	}
	l.checkRange(r.key("warmup.first_day"), w.FirstDay, 1, 10_000_000)
	l.checkRange(r.key("warmup.until"), w.Until, 1, 10_000_000)
	if w.Growth < 1 || w.Growth > 10 {
		l.report(r.key("warmup.growth"), "it is out of range", "write a number from 1 to 10, such as 1.5")
	}
	if w.Until < w.FirstDay {
		l.report(r.key("warmup.until"), "it is less than "+r.key("warmup.first_day"), "write a larger number, or remove warmup")
	}
}
