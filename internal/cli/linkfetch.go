package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"syscall"
	"time"

	"partwork/internal/app"
)

// The limits of looking at links.
const (
	linkWorkers   = 8 // sites at once
	linkRedirects = 5
	linkTimeout   = 10 * time.Second
)

// linkWorld is the world that links are looked up in; the zero value is the one
// outside. Tests have one of their own.
type linkWorld struct {
	roots    *x509.CertPool
	loopback bool          // reaches this machine as well
	timeout  time.Duration // linkTimeout if zero
}

// fetcher asks sites for pages: one request at a time to each of them, without
// cookies, without passwords, and saying who asks. It never connects to an address
// within a network, whatever a name or a redirect says: what can be reached from
// here is not for strangers to choose. It uses no proxy, which would decide about
// addresses itself.
type fetcher struct {
	client  *http.Client
	timeout time.Duration
	agent   string

	mu    sync.Mutex
	turns map[string]chan struct{} // by host
}

func newFetcher(world linkWorld) *fetcher {
	f := &fetcher{timeout: world.timeout, agent: "partwork/" + app.Version() + " (+link check)", turns: make(map[string]chan struct{})}
	if f.timeout == 0 {
		f.timeout = linkTimeout
	}
	dialer := &net.Dialer{Timeout: f.timeout, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !reachable(at.Addr()) && !(world.loopback && at.Addr().Unmap().IsLoopback()) {
			return &innerAddressError{address}
		}
		return nil
	}}
	f.client = &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSClientConfig: &tls.Config{RootCAs: world.roots}, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: f.timeout, IdleConnTimeout: f.timeout, MaxResponseHeaderBytes: 64 << 10, DisableCompression: true,
		},
	}
	return f
}

func (f *fetcher) close() { f.client.CloseIdleConnections() }

// innerAddressError says that a link leads into a network.
type innerAddressError struct{ address string }

// Error implements error.
func (e *innerAddressError) Error() string { return e.address + " is an address within a network" }

// inner are the networks that are not the world's, besides those that netip knows,
// and IPv6 networks that stand for others (RFC 6890, RFC 6598, RFC 3056, RFC 6052).
var inner = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

// reachable reports whether an address is one of the world's.
func reachable(a netip.Addr) bool {
	a = a.Unmap()
	if through := netip.MustParsePrefix("64:ff9b::/96"); through.Contains(a) {
		b := a.As16()
		return reachable(netip.AddrFrom4([4]byte(b[12:])))
	}
	for _, network := range inner {
		if network.Contains(a) {
			return false
		}
	}
	return a.IsGlobalUnicast() && !a.IsPrivate()
}

// page is what came of asking for one.
type page struct {
	status int
	// hops were followed, and left is the address that the last of them led to and
	// that was not asked for.
	hops int
	left *url.URL
}

// look asks for a page and follows redirects.
func (f *fetcher) look(ctx context.Context, u *url.URL) (page, error) {
	for hops := 0; ; hops++ {
		status, next, err := f.ask(ctx, u)
		switch {
		case err != nil || next == nil:
			return page{status: status, hops: hops}, err
		case hops == linkRedirects || next.Scheme != "https":
			return page{status: status, hops: hops, left: next}, nil
		}
		u = next
	}
}

// ask asks once a site's turn has come: for the head of a page, and for the page
// if the site does not like that.
func (f *fetcher) ask(ctx context.Context, u *url.URL) (status int, next *url.URL, err error) {
	turn := f.turn(u.Host)
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
		return 0, nil, ctx.Err()
	}
	status, next, err = f.request(ctx, http.MethodHead, u)
	if errors.Is(err, io.EOF) || status >= 400 && status != http.StatusTooManyRequests {
		return f.request(ctx, http.MethodGet, u)
	}
	return status, next, err
}

// turn returns what whoever asks a site has to hold.
func (f *fetcher) turn(host string) chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.turns[host] == nil {
		f.turns[host] = make(chan struct{}, 1)
	}
	return f.turns[host]
}

// request sends one request, and returns the status and where it leads on to. The
// page itself is not read.
func (f *fetcher) request(ctx context.Context, method string, u *url.URL) (status int, next *url.URL, err error) {
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	plain := *u
	plain.User, plain.Fragment, plain.RawFragment = nil, "", ""
	r, err := http.NewRequestWithContext(ctx, method, plain.String(), nil)
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("User-Agent", f.agent)
	r.Header.Set("Accept", "*/*")
	resp, err := f.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	_ = resp.Body.Close() // nothing of it was wanted
	if resp.StatusCode/100 == 3 {
		if at, err := resp.Location(); err == nil {
			next = at
		}
	}
	return resp.StatusCode, next, nil
}
