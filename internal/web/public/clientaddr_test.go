package public

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

// proxies of the tests: this machine, a private network, and one of IPv6.
var proxies = Proxies{
	netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8"),
}

func TestClientAddr(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ peer, theirs, standard, want string }{
		"no proxy":                            {"203.0.113.7:5000", "", "", "203.0.113.7"},
		"a stranger who claims to be another": {"203.0.113.7:5000", "198.51.100.1", "for=198.51.100.2", "203.0.113.7"},
		"one proxy":                           {"127.0.0.1:5000", "203.0.113.7", "", "203.0.113.7"},
		"two proxies":                         {"127.0.0.1:5000", "203.0.113.7, 10.1.2.3", "", "203.0.113.7"},
		"what the client wrote is left alone": {"127.0.0.1:5000", "198.51.100.1, 203.0.113.7, 10.1.2.3", "", "203.0.113.7"},
		"a client who claims to be a proxy":   {"127.0.0.1:5000", "10.9.9.9, 203.0.113.7", "", "203.0.113.7"},
		"lines count as one":                  {"127.0.0.1:5000", "198.51.100.1|203.0.113.7", "", "203.0.113.7"},
		"with a port":                         {"127.0.0.1:5000", "203.0.113.7:4711", "", "203.0.113.7"},
		"IPv6":                                {"[fd00::1]:5000", "2001:db8::7", "", "2001:db8::7"},
		"IPv6 in brackets, with a port":       {"[fd00::1]:5000", "[2001:db8::7]:4711", "", "2001:db8::7"},
		"IPv6 in brackets":                    {"[fd00::1]:5000", "[2001:db8::7]", "", "2001:db8::7"},
		"IPv4 in IPv6":                        {"[::ffff:127.0.0.1]:5000", "::ffff:203.0.113.7", "", "203.0.113.7"},
		"a zone":                              {"127.0.0.1:5000", "fe80::7%eth0", "", "fe80::7"},
		"from within":                         {"127.0.0.1:5000", "10.1.2.3, 10.4.5.6", "", "10.1.2.3"},
		"nothing said":                        {"127.0.0.1:5000", "", "", "127.0.0.1"},
		"unreadable":                          {"127.0.0.1:5000", "203.0.113.7, nonsense", "", "127.0.0.1"},
		"unreadable further out":              {"127.0.0.1:5000", "203.0.113.7, nonsense, 10.1.2.3", "", "10.1.2.3"},
		"quotes are no quotes":                {"127.0.0.1:5000", `", 203.0.113.7`, "", "203.0.113.7"},
		"Forwarded, an open quote":            {"127.0.0.1:5000", "", `for=", for=203.0.113.7`, "127.0.0.1"},
		"empty hops":                          {"127.0.0.1:5000", "203.0.113.7,,", "", "127.0.0.1"},
		"an open bracket":                     {"127.0.0.1:5000", "[2001:db8::7", "", "127.0.0.1"},
		"Forwarded":                           {"127.0.0.1:5000", "", "for=203.0.113.7;proto=https;by=10.0.0.1", "203.0.113.7"},
		"Forwarded, any case":                 {"127.0.0.1:5000", "", "Proto=https; FOR=203.0.113.7", "203.0.113.7"},
		"Forwarded, two hops":                 {"127.0.0.1:5000", "", "for=198.51.100.1, for=203.0.113.7, for=10.1.2.3", "203.0.113.7"},
		"Forwarded, IPv6":                     {"127.0.0.1:5000", "", `for="[2001:db8::7]:4711"`, "2001:db8::7"},
		"Forwarded, unknown":                  {"127.0.0.1:5000", "", "for=203.0.113.7, for=unknown", "127.0.0.1"},
		"Forwarded, hidden":                   {"127.0.0.1:5000", "", "for=_secret", "127.0.0.1"},
		"Forwarded, quoted signs":             {"127.0.0.1:5000", "", `for=198.51.100.1;x="a,for=10.0.0.1", for=203.0.113.7;x="b\",;c"`, "203.0.113.7"},
		"Forwarded, nobody named":             {"127.0.0.1:5000", "", "for=203.0.113.7, proto=https", "127.0.0.1"},
		"both agree":                          {"127.0.0.1:5000", "203.0.113.7", "for=203.0.113.7", "203.0.113.7"},
		"one of both is the client's own":     {"127.0.0.1:5000", "203.0.113.7", "for=198.51.100.1", "127.0.0.1"},
		"no address at all":                   {"@", "203.0.113.7", "", "invalid IP"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &http.Request{RemoteAddr: tc.peer, Header: http.Header{}}
			if tc.theirs != "" {
				r.Header["X-Forwarded-For"] = strings.Split(tc.theirs, "|")
			}
			if tc.standard != "" {
				r.Header["Forwarded"] = strings.Split(tc.standard, "|")
			}
			if got := proxies.ClientAddr(r).String(); got != tc.want {
				t.Errorf("the client is %s, want %s", got, tc.want)
			}
			if got, want := Proxies(nil).ClientAddr(r), hostAddr(tc.peer); got != want {
				t.Errorf("without proxies the client is %s, want %s", got, want)
			}
		})
	}
}

// Nobody beyond the proxies can have themselves counted as somebody else.
func FuzzClientAddr(f *testing.F) {
	f.Add("198.51.100.1, 10.0.0.1", `for=10.0.0.2, for="[::1]"`)
	f.Add(`"`, `for="\`)
	f.Fuzz(func(t *testing.T, theirs, standard string) {
		r := &http.Request{RemoteAddr: "10.0.0.1:80", Header: http.Header{
			// The client's own headers, to which each proxy adds.
			"X-Forwarded-For": {theirs, "203.0.113.7"},
		}}
		if got := proxies.ClientAddr(r).String(); got != "203.0.113.7" {
			t.Errorf("X-Forwarded-For: %q makes the client %s", theirs, got)
		}
		r.Header["Forwarded"] = []string{standard}
		if got := proxies.ClientAddr(r).String(); got != "203.0.113.7" && got != "10.0.0.1" {
			t.Errorf("Forwarded: %q makes the client %s", standard, got)
		}
	})
}
