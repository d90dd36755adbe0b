package cli

import (
	"strings"
	"testing"
	"time"

	"partwork/internal/web/private"
)

func TestStatusSaysWhyACampaignWasPaused(t *testing.T) {
	t.Parallel()
	r := statusReport{Campaigns: []campaignRow{
		{Campaign: "letters", State: "paused", PauseReason: "the relay refused 11 of the first 37 messages, the last with 550 5.7.1 \x1b[2Jno"},
		{Campaign: "notes", State: "paused"},
	}}
	needs := strings.Join(r.needs(), "\n")
	for _, want := range []string{"letters was paused, because the relay refused 11 of the first 37", "partwork log --campaign letters", "partwork campaign resume letters"} {
		if !strings.Contains(needs, want) {
			t.Errorf("%q is missing in %q", want, needs)
		}
	}
	if strings.Contains(needs, "notes") || strings.Contains(needs, "\x1b") {
		t.Errorf("needs are %q", needs)
	}
}

func TestStatusSaysWhatIsHeldBack(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC)
	for want, hold := range map[string]private.Hold{
		"the 50 letters that smtp.test:25 may take today have left; the rest waits until 2026-12-02 00:00 UTC": {
			Kind: "warmup", Relay: "smtp.test:25", Allowance: 50, Until: until},
		"smtp.test:25 asked for fewer letters: they leave more slowly for a while": {Kind: "throttle", Relay: "smtp.test:25", Until: until},
		"412 letters wait for gmail.com, which asked for fewer letters; the next leaves after 2026-12-02 00:00:00 UTC": {
			Kind: "domain", Domain: "gmail.com", Slowed: true, Waiting: 412, Until: until},
		"1 letter waits for gmail.com, because of its limit; the next leaves in its turn": {Kind: "domain", Domain: "gmail.com", Waiting: 1},
	} {
		if got := heldLine(hold); got != want {
			t.Errorf("%+v is %q, want %q", hold, got, want)
		}
	}
}
