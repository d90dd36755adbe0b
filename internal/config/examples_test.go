package config

import (
	"os"
	"regexp"
	"testing"
)

// The examples of the page on sending are configurations.
func TestExamplesOnThePageLoad(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/SENDING.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(page, -1)
	for _, example := range examples {
		if _, err := load("partwork.yaml", "/srv", example[1], nil); err != nil {
			t.Errorf("%s\n%v", example[1], err)
		}
	}
	if len(examples) != 3 {
		t.Errorf("%d examples, want 3", len(examples))
	}
}

func TestRelaysInOrderOfPreference(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, private(t, "testdata/valid/complete.yml"))
	relays := c.Relays()
	if len(relays) != 3 || relays[1].Address() != "backup.reading-circle.org:465" || relays[2].Address() != "localhost:25" {
		t.Fatalf("relays are %+v", relays)
	}
	if got := relays[1].DKIM; got.Domain != "" {
		t.Errorf("the second does not sign, and has %+v", got)
	}
	if got := relays[2].DKIM.RSA.Selector; got != "third" {
		t.Errorf("the third signs with %q, want its own key", got)
	}
	for _, r := range relays {
		if r.Helo != "letters.reading-circle.org" {
			t.Errorf("%s is greeted as %q", r.Address(), r.Helo)
		}
	}
	if c.RelayIsLoopback() || c.BeyondLoopback() != "smtp.reading-circle.org" {
		t.Errorf("beyond this machine is %q", c.BeyondLoopback())
	}
}

// One relay beyond this machine is enough to refuse placeholders.
func TestPlaceholdersAreRefusedForEveryRelay(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, "", "PARTWORK_PUBLIC_URL=https://letters.example.org", "PARTWORK_SMTP_FALLBACKS_1_HOST=smtp.reading-circle.org")
	if err := c.CheckRelay(); err == nil {
		t.Error("a placeholder was accepted, although a fallback is beyond this machine")
	}
}
