package config

import (
	"strings"
	"testing"
)

func TestBouncesNeedARealMailboxBeyondLoopback(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ host, address, problem string }{
		{"localhost", "bounces@bounce.example.org", ""},
		{"smtp.reading-circle.org", "bounces@bounce.reading-circle.org", ""},
		{"smtp.reading-circle.org", "", ""},
		{"smtp.reading-circle.org", "bounces@bounce.example.org", "bounces.address"},
	} {
		c := mustLoad(t, "", "PARTWORK_SMTP_HOST="+tc.host, "PARTWORK_PUBLIC_URL=https://letters.reading-circle.org",
			"PARTWORK_BOUNCES_ADDRESS="+tc.address)
		err := c.CheckRelay()
		if (err == nil) != (tc.problem == "") || err != nil && !strings.Contains(err.Error(), tc.problem) {
			t.Errorf("%s, %s: %v; want %q", tc.host, tc.address, err, tc.problem)
		}
		if c.Bounces.Mailbox().String() != tc.address {
			t.Errorf("the mailbox is %s, want %s", c.Bounces.Mailbox(), tc.address)
		}
	}
}

// The longest mailbox that is let through has room for a tag: 64 octets before the @.
func TestTheLongestMailboxHasRoom(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, "", "PARTWORK_BOUNCES_ADDRESS="+strings.Repeat("b", maxBounceLocal)+"@example.org")
	if got := len(c.Bounces.Mailbox().Local()) + len("+") + 40; got != 64 {
		t.Errorf("%d octets with the tag", got)
	}
}
