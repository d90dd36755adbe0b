package app

import (
	"cmp"
	"math"
	"net"
	"strconv"
	"time"

	"partwork/internal/config"
	"partwork/internal/outbox"
	"partwork/internal/smtpsend"
)

// relayLine is a relay with the limits under which it is used.
type relayLine struct {
	relay  smtpsend.Relay
	limits outbox.RelayConfig
}

// relaysOf returns the relays of a configuration in order of preference.
func relaysOf(cfg *config.Config) []relayLine {
	var lines []relayLine
	for _, c := range cfg.Relays() {
		lines = append(lines, relayLine{relay: relayFor(c), limits: limitsOf(c)})
	}
	return lines
}

// instead returns the relays with another one in place of all of them, under the limits
// of the first; a zero one leaves them as they are.
func instead(lines []relayLine, relay smtpsend.Relay) []relayLine {
	if relay.Host == "" {
		return lines
	}
	one := relayLine{relay: relay, limits: lines[0].limits}
	one.limits.Name = relayAt(relay)
	return []relayLine{one}
}

func limitsOf(c config.SMTP) outbox.RelayConfig {
	w := c.Warmup
	return outbox.RelayConfig{
		Name: c.Address(), Connections: c.Connections, Rate: c.Rate,
		PerConnection: cmp.Or(c.MaxPerConnection, math.MaxInt), MaxAge: c.MaxConnectionAge,
		Warmup: outbox.Warmup{Start: w.Start, FirstDay: w.FirstDay, Growth: w.Growth, Until: w.Until},
	}
}

// domainLimits returns the limits of domains.
func domainLimits(cfg *config.Config) map[string]outbox.DomainLimit {
	limits := make(map[string]outbox.DomainLimit)
	for _, d := range cfg.Limits.Domains {
		limits[d.Name] = outbox.DomainLimit{Rate: d.Rate, Connections: d.Connections}
	}
	return limits
}

// markLease is how long a marked row is answered for: DATA, the bytes and the final dot
// of the most patient relay, with something to spare.
func markLease(cfg *config.Config) time.Duration {
	var longest time.Duration
	for _, c := range cfg.Relays() {
		longest = max(longest, c.Timeouts.Data+c.Timeouts.Final)
	}
	return longest + 8*time.Minute
}

// relayFor returns how to reach a relay of the configuration.
func relayFor(c config.SMTP) smtpsend.Relay {
	return smtpsend.Relay{
		Host: c.Host, Port: c.Port, TLS: smtpsend.TLSMode(c.TLS),
		Username: c.Username, Password: c.Password.Reveal(), HELO: c.Helo,
		Timeouts: smtpsend.Timeouts{
			Connect: c.Timeouts.Dial, Command: c.Timeouts.Command, Data: c.Timeouts.Data, Final: c.Timeouts.Final,
		},
	}
}

// relayAt returns host:port.
func relayAt(r smtpsend.Relay) string { return net.JoinHostPort(r.Host, strconv.Itoa(r.Port)) }
