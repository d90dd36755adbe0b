package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"

	"partwork/internal/campaignfile"
	"partwork/internal/drip"
)

// ruleDeadLink is the rule that links lead somewhere.
const ruleDeadLink = "dead-link"

// linkUse is a place in an issue where a link stands.
type linkUse struct {
	file  string
	line  int
	draft bool
}

// links are those of all issues, each once.
type links struct {
	uses map[string][]linkUse // by address
	// sites are the addresses by host, in the order of the issues.
	sites [][]*url.URL
	// personal counts addresses that differ from reader to reader.
	personal int
	findings []drip.Finding
}

// links collects the links of the campaigns; of all if none is named.
func (f *folder) links(campaigns []string) *links {
	l, sites := &links{uses: make(map[string][]linkUse)}, make(map[string]int)
	for _, c := range f.library.Campaigns {
		if len(campaigns) > 0 && !slices.Contains(campaigns, c.ID) {
			continue
		}
		for i := range c.Issues {
			is := &c.Issues[i]
			for _, link := range campaignfile.Links(is) {
				l.add(link, linkUse{file: path.Join(f.name, is.File), line: link.Line, draft: is.Draft}, sites)
			}
		}
	}
	return l
}

// add notes a link. What is no address is left to those who compose the messages.
func (l *links) add(link campaignfile.Link, use linkUse, sites map[string]int) {
	address, _, _ := strings.Cut(link.URL, "#")
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return
	}
	if link.Personal {
		l.personal++
		return
	}
	u.Host = strings.ToLower(u.Host)
	name := u.String()
	if l.uses[name] == nil {
		if _, known := sites[u.Host]; !known {
			sites[u.Host] = len(l.sites)
			l.sites = append(l.sites, nil)
		}
		l.sites[sites[u.Host]] = append(l.sites[sites[u.Host]], u)
	}
	l.uses[name] = append(l.uses[name], use)
}

// fetch asks for every address once, and notes what readers would not find.
func (l *links) fetch(ctx context.Context, world linkWorld) error {
	f := newFetcher(world)
	defer f.close()
	todo, mu, workers := make(chan []*url.URL), sync.Mutex{}, sync.WaitGroup{}
	for range min(linkWorkers, len(l.sites)) {
		workers.Go(func() {
			for site := range todo {
				for _, u := range site {
					got, err := f.look(ctx, u)
					finding, wrong := judge(u, got, err)
					mu.Lock()
					if wrong {
						l.found(u, finding)
					}
					mu.Unlock()
				}
			}
		})
	}
	for _, site := range l.sites {
		select {
		case todo <- site:
		case <-ctx.Done():
		}
	}
	close(todo)
	workers.Wait()
	return ctx.Err()
}

// found reports a finding at every place of an address. A draft is never sent, so
// nothing in it is an error yet.
func (l *links) found(u *url.URL, finding drip.Finding) {
	for _, use := range l.uses[u.String()] {
		at := finding
		at.File, at.Line = use.file, use.line
		if use.draft {
			at.Severity = drip.SeverityWarning
		}
		l.findings = append(l.findings, at)
	}
}

// text says what was looked at, for the last line.
func (l *links) text() string {
	if l == nil {
		return ""
	}
	text := ", " + count(len(l.uses), "link") + " fetched"
	if l.personal > 0 {
		text += fmt.Sprintf(", %d more that depend on the reader", l.personal)
	}
	return text
}

// judge says what is wrong with a link, if anything. What readers cannot find
// either is an error; what only this program may not see is a warning.
func judge(u *url.URL, got page, err error) (drip.Finding, bool) {
	name := shortened(u.String())
	dead := func(fix, format string, args ...any) (drip.Finding, bool) {
		return drip.Finding{Severity: drip.SeverityError, Rule: ruleDeadLink, Message: fmt.Sprintf(format, args...), Fix: fix}, true
	}
	doubt := func(fix, format string, args ...any) (drip.Finding, bool) {
		finding, _ := dead(fix, format, args...)
		finding.Severity = drip.SeverityWarning
		return finding, true
	}
	const open = "open it in a browser to see what readers see"
	switch {
	case err != nil:
		if missing := (*net.DNSError)(nil); errors.As(err, &missing) && missing.IsNotFound {
			return dead("correct the address, or leave the link out", "the link to %s leads nowhere: there is no site %s", name, missing.Name)
		}
		return doubt(open, "the link to %s could not be checked: %s", name, cause(err))
	case got.left != nil && got.hops == linkRedirects:
		return dead("write the address where it ends", "the link to %s leads on more than %d times, at last to %s", name, linkRedirects, shortened(got.left.String()))
	case got.left != nil:
		return doubt("write an https address that stays one", "the link to %s leads on to %s, which is not encrypted", name, shortened(got.left.String()))
	case got.status == http.StatusNotFound || got.status == http.StatusGone:
		return dead("correct the address, or leave the link out", "the link to %s leads nowhere: %s", name, statusText(got.status))
	case got.status/100 != 2:
		return doubt(open, "the link to %s could not be checked: %s", name, statusText(got.status))
	}
	return drip.Finding{}, false
}

// statusText writes a status as sites do.
func statusText(status int) string {
	return strings.TrimSpace(fmt.Sprintf("the site answers %d %s", status, http.StatusText(status)))
}

// cause says in a few words why there was no answer.
func cause(err error) string {
	var inner *innerAddressError
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var timeout net.Error
	var op *net.OpError
	var request *url.Error
	switch {
	case errors.As(err, &inner):
		return inner.Error()
	case errors.As(err, &certificate):
		return "the site's certificate is not trusted: " + printable(certificate.Err.Error())
	case errors.As(err, &timeout) && timeout.Timeout():
		return "there is no answer"
	case errors.As(err, &name):
		return "the name cannot be looked up: " + printable(name.Err)
	case errors.As(err, &op):
		return printable(op.Err.Error())
	case errors.As(err, &request):
		return printable(request.Err.Error())
	}
	return printable(err.Error())
}

// shortened keeps a long address from filling the screen.
func shortened(address string) string {
	const most = 100
	if text := []rune(printable(address)); len(text) > most {
		return string(text[:most]) + "…"
	}
	return printable(address)
}
