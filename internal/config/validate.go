package config

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// validate reports what each value, and what the values together, must be.
func (l *loader) validate() {
	c := l.cfg
	for _, f := range l.fields {
		if f.path() && f.def != "" && f.target.String() == "" {
			l.report(f.key, "it is empty", "write a path, or remove the line for "+f.def)
		}
	}
	l.checkListen("listen", c.Listen)
	l.checkListen("listen_private", c.ListenPrivate)
	if _, port, err := net.SplitHostPort(c.Listen); err == nil && c.Listen == c.ListenPrivate && port != "0" {
		l.report("listen_private", "it is the same as listen", "choose another port, so that readers cannot reach the private pages")
	}
	if fix := cleanPublicURL(&c.PublicURL); fix != "" {
		found := quote(c.PublicURL)
		if strings.Contains(c.PublicURL, "@") {
			found = "the URL" // There may be a password in it.
		}
		l.report("public_url", found+" cannot be used", fix)
	}
	l.validateTLS()
	l.checkTimezone(c.Timezone)
	if gap := c.HoldAfterGap; gap != 0 && gap < time.Hour {
		l.report("hold_after_gap", gap.String()+" is too short", "write a duration of 1h or more, such as 72h, or 0s for any time")
	}
	l.checkRange("daily_limit", c.DailyLimit, 0, 1000)
	l.checkRange("disk_reserve", c.DiskReserve, 0, 1<<20)
	l.validateBackup(&c.Backup)
	l.checkSecretFile("secret_file", c.SecretFile)
	l.checkSecretFile("secret_file", SuppressionFile(c.SecretFile))
	l.validateBounces(&c.Bounces)
	for _, r := range c.relaysAt() {
		l.validateRelay(r)
	}
	if c.SMTP.Unapproved && !c.RelayIsLoopback() {
		l.report("smtp.unapproved", fmt.Sprintf("it would send to %s what nobody approved", quote(c.BeyondLoopback())),
			"remove it, or try the series with a relay on this machine, such as localhost")
	}
	l.validateLimits(&c.Limits)
	l.validateSignUp(&c.SignUp)
}

func (l *loader) validateRelay(r relayAt) {
	l.checkRelayHost(r)
	if r.Helo != "" {
		l.checkHost(r.key("helo"), r.Helo)
	}
	l.checkRange(r.key("port"), r.Port, 1, 65535)
	l.checkRange(r.key("connections"), r.Connections, 1, 256)
	l.checkRange(r.key("max_per_connection"), r.MaxPerConnection, 0, 1_000_000)
	if r.MaxConnectionAge < 0 {
		l.report(r.key("max_connection_age"), "it is negative", "write a duration such as 10m, or 0 for any age")
	}
	if r.Rate < 0 {
		l.report(r.key("rate"), "it is negative", "write letters per second, or 0 for no limit")
	}
	if r.TLS == TLSNone && !r.Insecure && r.Host != "" && !isLoopback(r.Host) {
		l.report(r.key("tls"), fmt.Sprintf("none would send letters and the password readable to %s", quote(r.Host)),
			"use starttls or implicit, or set "+r.key("insecure")+": true if the network is yours")
	}
	l.checkTimeout(r.key("timeouts.dial"), r.Timeouts.Dial)
	l.checkTimeout(r.key("timeouts.command"), r.Timeouts.Command)
	l.checkTimeout(r.key("timeouts.data"), r.Timeouts.Data)
	l.checkTimeout(r.key("timeouts.final"), r.Timeouts.Final)
	l.validateLogin(r)
	l.validateDKIM(r)
	l.validateWarmup(r)
}

func (l *loader) checkTimeout(key string, d time.Duration) {
	if d < time.Second || d > time.Hour {
		l.report(key, d.String()+" is too short or too long", "write a duration from 1s to 1h")
	}
}

// validateLogin checks the user and the password, and reads the password file.
func (l *loader) validateLogin(r relayAt) {
	if r.PasswordFile != "" {
		l.readPassword(r)
	}
	if at, ok := l.origins[r.key("password")]; ok && at.variable == "" {
		l.checkSecretFile(r.key("password"), l.file)
	}
	user := l.wasSet(r.key("username"))
	text, file := l.wasSet(r.key("password")), l.wasSet(r.key("password_file"))
	noUser, fix := "there is no "+r.key("username")+" to go with it", "set the user name, or remove this"
	switch {
	case user && r.Username != "" && !text && !file:
		l.report(r.key("username"), "there is no password to go with it", "set "+r.key("password_file")+", or remove this")
	case !user && file:
		l.report(r.key("password_file"), noUser, fix)
	case !user && text:
		l.report(r.key("password"), noUser, fix)
	}
}

func (l *loader) checkRange(key string, n, low, high int) {
	if n < low || n > high {
		l.report(key, fmt.Sprintf("%d is out of range", n), fmt.Sprintf("write a number from %d to %d", low, high))
	}
}

func (l *loader) checkListen(key, address string) {
	host, port, err := net.SplitHostPort(address)
	n, portErr := strconv.ParseUint(port, 10, 16)
	if err != nil || portErr != nil || n > 65535 || (host != "" && !isHost(host)) {
		l.report(key, quote(address)+" cannot be used", "write host:port, such as 127.0.0.1:8080 or [::1]:8080")
	}
}

func (l *loader) checkTimezone(name string) {
	// LoadLocation takes "" for UTC and "Local" for whatever this machine is set to.
	_, err := time.LoadLocation(name)
	if err != nil || name == "" || strings.EqualFold(name, "local") {
		l.report("timezone", quote(name)+" is not a time zone", "write an IANA name, such as Europe/London or UTC")
	}
}

func (l *loader) checkHost(key, host string) {
	if !isHost(host) {
		l.report(key, quote(host)+" cannot be used", "write a host name or an IP address, without a port")
	}
}

// isHost takes IP addresses and host names of letters, digits, hyphens and
// underscores: the last are in the names of containers.
func isHost(host string) bool {
	if net.ParseIP(host) != nil {
		return true
	}
	if host == "" || len(host) > 253 {
		return false
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(host, "."), ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' {
				return false
			}
		}
	}
	return true
}

// cleanPublicURL drops the final slash, or returns what is expected.
func cleanPublicURL(text *string) (fix string) {
	u, err := url.Parse(*text)
	switch {
	case err != nil, u.Opaque != "", !isHost(u.Hostname()):
		return "write a URL like https://letters.example.org; names outside ASCII in their xn-- form"
	case u.User != nil, u.RawQuery != "", u.ForceQuery, u.Fragment != "":
		return "remove the user, the query and the fragment"
	case strings.HasSuffix(u.Host, ":"): // https://https://letters.example.org
		return "write one https:// and no colon after the host without a port"
	case len(*text) > maxPublicURL, strings.ContainsFunc(*text, escapedInLinks):
		return fmt.Sprintf("write at most %d letters, digits and signs like / - . _ ~; links begin with it as it is", maxPublicURL)
	case u.Scheme != "https" && u.Scheme != "http":
		return "begin it with https://"
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return "begin it with https://: links carry the readers' keys"
	}
	*text = strings.TrimRight(*text, "/")
	return ""
}

// maxPublicURL leaves room for the rest of a link, which must fit on one line of a
// message's header.
const maxPublicURL = 300

// escapedInLinks reports whether a character cannot stand for itself in a link.
func escapedInLinks(r rune) bool {
	return r <= ' ' || r > '~' || strings.ContainsRune("<>\"'`\\{}|^,", r)
}
