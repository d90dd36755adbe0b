package smtpsend

import (
	"errors"
	"slices"

	"github.com/wneessen/go-mail/smtp"
)

// Reasons not to log in.
var (
	errNoMechanism = errors.New("the relay offers no way to log in that is known here")
	errNotPrivate  = errors.New("the connection is not encrypted: the password was not sent")
)

// login picks the mechanism and does what it says. It stands in for go-mail's
// own discovery, which takes TLS over a connection dialed by somebody else for
// none and then refuses PLAIN and LOGIN.
type login struct {
	relay Relay
	// begun says that the dialogue has come to AUTH.
	begun bool
	smtp.Auth
}

// Start picks the best mechanism of those that the relay offers (RFC 4954 §3).
// No secret leaves without TLS, except to this machine.
func (l *login) Start(server *smtp.ServerInfo) (mechanism string, first []byte, err error) {
	l.begun = true
	if !server.TLS && !loopback(l.relay.Host) {
		return "", nil, errNotPrivate
	}
	user, password, host := l.relay.Username, l.relay.Password, server.Name
	for _, m := range []struct {
		name string
		auth smtp.Auth
	}{
		{"SCRAM-SHA-256", smtp.ScramSHA256Auth(user, password)},
		{"SCRAM-SHA-1", smtp.ScramSHA1Auth(user, password)},
		{"PLAIN", smtp.PlainAuth("", user, password, host, true)},
		{"LOGIN", smtp.LoginAuth(user, password, host, true)},
		{"CRAM-MD5", smtp.CRAMMD5Auth(user, password)},
	} {
		if slices.Contains(server.Auth, m.name) {
			l.Auth = m.auth
			return m.auth.Start(server)
		}
	}
	return "", nil, errNoMechanism
}
