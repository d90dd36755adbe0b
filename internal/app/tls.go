package app

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"partwork/internal/config"
	"partwork/internal/timing"
)

// certificate is that of the readers' pages. It follows its files: whoever renews it need
// not restart anything.
type certificate struct {
	certFile, keyFile string
	machine           timing.Clock
	log               *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	// seen is what the files looked like when they were read last, well or not.
	seen [2]glimpse
}

// glimpse is a file from outside; zero for a missing one.
type glimpse struct {
	size int64
	at   time.Time
}

// secured lets a listener speak TLS 1.2 or newer if the configuration has a certificate.
// The error names the file that cannot be used.
func (in *Instance) secured(l net.Listener) (net.Listener, error) {
	if !in.Config.TLS() {
		return l, nil
	}
	c := &certificate{certFile: in.Config.TLSCertFile, keyFile: in.Config.TLSKeyFile, machine: in.machine, log: in.log}
	c.seen = c.look()
	var err error
	if c.current, err = readCertificate(c.certFile, c.keyFile); err != nil {
		return nil, err
	}
	c.warn()
	return tls.NewListener(l, &tls.Config{
		MinVersion: tls.VersionTLS12, // RFC 8996
		NextProtos: []string{"h2", "http/1.1"}, GetCertificate: c.get,
	}), nil
}

// readCertificate reads certificate and key. The errors say which file is to blame and what
// to do.
func readCertificate(certFile, keyFile string) (*tls.Certificate, error) {
	for _, f := range []struct{ key, name string }{{"tls_cert_file", certFile}, {"tls_key_file", keyFile}} {
		if _, err := os.ReadFile(f.name); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: there is no file %s; put it there, or remove the two lines that begin with tls_ to serve http", f.key, f.name)
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w; let the user who runs serve read it", f.key, err)
		}
	}
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("tls_cert_file %s and tls_key_file %s cannot be used: %w; both are PEM, the certificate itself comes first in its file, and the key is the one it was made for",
			certFile, keyFile, err)
	}
	return &pair, nil
}

// get returns the certificate for a handshake. Looking at the files costs far less than the
// handshake does.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if seen := c.look(); seen != c.seen {
		c.seen = seen
		c.renew()
	}
	return c.current, nil
}

// renew reads files that have changed. In the middle of a renewal, certificate and key do
// not go together: the old pair goes on, until the files change again.
func (c *certificate) renew() {
	pair, err := readCertificate(c.certFile, c.keyFile)
	if err != nil {
		c.log.Error("the certificate has changed and cannot be used, so the one before stays", "error", err)
		return
	}
	c.current = pair
	c.log.Info("the certificate has changed", "ends", pair.Leaf.NotAfter)
	c.warn()
}

// certificateWarn is how long before its end a certificate is complained of.
const certificateWarn = 14 * 24 * time.Hour

// warn complains of a certificate that browsers refuse, or soon will.
func (c *certificate) warn() {
	switch left := c.current.Leaf.NotAfter.Sub(c.machine()); {
	case left <= 0:
		c.log.Error("the certificate of the readers' pages has ended, and browsers refuse it", "file", c.certFile, "ended", c.current.Leaf.NotAfter)
	case left < certificateWarn:
		c.log.Warn("the certificate of the readers' pages ends soon", "file", c.certFile, "ends", c.current.Leaf.NotAfter)
	}
}

// look looks at both files.
func (c *certificate) look() [2]glimpse {
	return [2]glimpse{glimpseOf(c.certFile), glimpseOf(c.keyFile)}
}

// glimpseOf looks at a file from outside.
func glimpseOf(name string) glimpse {
	info, err := os.Stat(name)
	if err != nil {
		return glimpse{}
	}
	return glimpse{info.Size(), info.ModTime()}
}

// Scheme returns how the readers' pages are spoken to at listen itself.
func Scheme(cfg *config.Config) string {
	if cfg.TLS() {
		return "https"
	}
	return "http"
}
