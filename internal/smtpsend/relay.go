package smtpsend

import (
	"context"
	"crypto/tls"
	"net"
	"time"
)

// TLSMode says how a connection to a relay is encrypted.
type TLSMode string

// The TLS modes.
const (
	// STARTTLS encrypts after EHLO (RFC 3207); a relay that does not offer
	// it is refused. It is what the empty mode means.
	STARTTLS TLSMode = "starttls"
	// ImplicitTLS encrypts from the first byte (RFC 8314 §3.3).
	ImplicitTLS TLSMode = "implicit"
	// NoTLS does not encrypt. It is meant for a relay on the same machine.
	NoTLS TLSMode = "none"
)

// Relay says where to send and how.
type Relay struct {
	// Host is a name or an IP address, and what the certificate must be for.
	Host string
	// Port is from 1 to 65535.
	Port int
	// TLS is how to encrypt; empty means STARTTLS.
	TLS TLSMode
	// Username and Password log in when Username is not empty. They are sent
	// over TLS or to a loopback address only.
	Username, Password string
	// HELO is the name to greet with (RFC 5321 §4.1.1.1); empty means
	// "localhost". The machine's own name is never used.
	HELO string
	// Timeouts are how long to wait; its zero value means the defaults.
	Timeouts Timeouts
	// TLSConfig is what TLS starts from; nil means the system's roots. The
	// server name and a minimum of TLS 1.2 are set when it has none.
	TLSConfig *tls.Config
	// Dial opens the connection; nil means net.Dialer.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Timeouts are how long to wait for a relay (RFC 5321 §4.5.3.2). A zero field
// means its default.
type Timeouts struct {
	// Connect is for resolving the name and connecting. Default 30 s.
	Connect time.Duration
	// Greeting is for the banner. Default 5 min.
	Greeting time.Duration
	// Command is for the replies to EHLO, STARTTLS, AUTH, MAIL and RCPT.
	// Default 5 min.
	Command time.Duration
	// Data is for the reply to DATA. Default 2 min.
	Data time.Duration
	// Block is for the relay to take 64 KiB of a message. Default 3 min.
	Block time.Duration
	// Final is for the reply to the final dot. When it is too short, messages
	// that were accepted become unknown. Default 10 min.
	Final time.Duration
	// Tidy is for the replies to RSET and QUIT, on which nothing depends.
	// Default 10 s.
	Tidy time.Duration
}

// withDefaults replaces zero fields.
func (t Timeouts) withDefaults() Timeouts {
	for field, value := range map[*time.Duration]time.Duration{
		&t.Connect:  30 * time.Second,
		&t.Greeting: 5 * time.Minute,
		&t.Command:  5 * time.Minute,
		&t.Data:     2 * time.Minute,
		&t.Block:    3 * time.Minute,
		&t.Final:    10 * time.Minute,
		&t.Tidy:     10 * time.Second,
	} {
		if *field <= 0 {
			*field = value
		}
	}
	return t
}

// tlsConfig is the configuration for TLS with this relay.
func (r Relay) tlsConfig() *tls.Config {
	cfg := &tls.Config{}
	if r.TLSConfig != nil {
		cfg = r.TLSConfig.Clone()
	}
	if cfg.ServerName == "" {
		cfg.ServerName = r.Host
	}
	cfg.MinVersion = max(cfg.MinVersion, tls.VersionTLS12)
	return cfg
}

// loopback says whether a host is this machine, without asking a resolver.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
