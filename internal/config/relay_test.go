package config

import (
	"strings"
	"testing"
)

func TestIsPlaceholder(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "  ", "https://letters.example.org", "http://EXAMPLE.com/x", "letters@example.net", "Anna <a@example.org>",
		"https://example.org:8443", "mail.example", "a@b.invalid", "http://host.test", "change me", "CHANGEME", "change-me",
		"TODO", "Your name, your street", "[your address]", "your organization", "xxx", "…", "Street 1, ...", "placeholder",
		"fill in", "example.org.",
	} {
		if !IsPlaceholder(text) {
			t.Errorf("IsPlaceholder(%q) is false", text)
		}
	}
	for _, text := range []string{
		"https://letters.reading-circle.org", "letters@myexample.org", "https://my-example.com", "https://example.org.uk",
		"MS Reading Circle, 12 Church Street, Leeds LS1 4AB, UK", "Todo sobre la EM <cartas@em.es>", "Exchange Mews 3, London",
		"https://unit.test-city.org", "Placeholderstraat", "Young Street 1", "http://127.0.0.1:8080",
	} {
		if IsPlaceholder(text) {
			t.Errorf("IsPlaceholder(%q) is true", text)
		}
	}
}

func TestRelayIsLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST.": true, "mail.localhost": true, "127.0.0.1": true, "127.8.9.1": true, "::1": true,
		"::ffff:127.0.0.1": true, "": false, "0.0.0.0": false, "10.0.0.1": false, "localhost.org": false, "mylocalhost": false,
		"127.0.0.1.nip.io": false,
	} {
		c := Config{SMTP: SMTP{Host: host}}
		if got := c.RelayIsLoopback(); got != want {
			t.Errorf("RelayIsLoopback with %q = %v", host, got)
		}
	}
}

func TestCheckRelay(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ host, url, problem string }{
		{"localhost", "http://127.0.0.1:8080", ""},
		{"localhost", "https://letters.example.org", ""},
		{"smtp.reading-circle.org", "https://letters.reading-circle.org", ""},
		{"smtp.reading-circle.org", "https://letters.example.org", "public_url"},
		{"smtp.reading-circle.org", "http://localhost:8080", "public_url"},
	} {
		c := mustLoad(t, "", "PARTWORK_SMTP_HOST="+tc.host, "PARTWORK_PUBLIC_URL="+tc.url)
		err := c.CheckRelay()
		if (err == nil) != (tc.problem == "") || err != nil && !strings.Contains(err.Error(), tc.problem) {
			t.Errorf("%s, %s: %v; want %q", tc.host, tc.url, err, tc.problem)
		}
	}
}

func TestPublicURL(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://a.org": "https://a.org", "https://a.org//": "https://a.org", "https://a.org:8443/b/": "https://a.org:8443/b",
		"http://[::1]:80": "http://[::1]:80", "http://demo.localhost": "http://demo.localhost",
		"http://a.org": "", "ftp://a.org": "", "//a.org": "", "a.org": "", "https://": "", "https:a.org": "", "https://a.org?": "",
		"https://a.org?x": "", "https://a.org#x": "", "https://u@a.org": "", "https://bücher.de": "", "https://a b.org": "",
		"https://a.org:x": "", "javascript:alert(1)": "", "https://a.org/%zz": "",
	} {
		c, err := Load("", []string{"PARTWORK_PUBLIC_URL=" + url})
		if want == "" && err == nil || want != "" && (err != nil || c.PublicURL != want) {
			t.Errorf("%s: %v; want %q", url, err, want)
		}
	}
}

func TestHeloName(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ url, helo, want string }{
		{"https://a.org/letters", "", "a.org"},
		{"https://a.org", "mx.a.org", "mx.a.org"},
		{"http://127.0.0.1:8080", "", "[127.0.0.1]"},
		{"http://[::1]:8080", "", "[IPv6:::1]"},
	} {
		c := Default()
		c.PublicURL, c.SMTP.Helo = tc.url, tc.helo
		if got := c.HeloName(); got != tc.want {
			t.Errorf("HeloName with %s and %q = %s, want %s", tc.url, tc.helo, got, tc.want)
		}
	}
}

func TestTimezone(t *testing.T) {
	t.Parallel()
	for name, ok := range map[string]bool{
		"UTC": true, "Europe/London": true, "America/Argentina/Ushuaia": true,
		"Local": false, "local": false, "Europe/Atlantis": false, "../etc/passwd": false, "GMT+25": false,
	} {
		c, err := Load("", []string{"PARTWORK_TIMEZONE=" + name})
		if (err == nil) != ok || ok && c.Location().String() != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}
