package cli

import "testing"

func TestOrganization(t *testing.T) {
	t.Parallel()
	for domain, want := range map[string]string{
		"example.org": "example.org", "bounce.example.org": "example.org", "a.b.example.org": "example.org",
		"example.co.uk": "example.co.uk", "letters.example.co.uk": "example.co.uk", "co.uk": "co.uk",
		"letters.example.de": "example.de", "a.mx.example.com.au": "example.com.au", "bounce.xn--bcher-kva.de": "xn--bcher-kva.de",
		"org": "org", "": "",
	} {
		if got := organization(domain); got != want {
			t.Errorf("organization(%q) = %q, want %q", domain, got, want)
		}
	}
}
