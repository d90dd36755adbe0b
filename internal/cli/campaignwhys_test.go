package cli

import (
	"testing"

	"partwork/internal/drip"
)

func TestEveryReasonHasWords(t *testing.T) {
	t.Parallel()
	for _, why := range drip.LeaveWhys() {
		if whyWords[why] == "" {
			t.Errorf("there are no words for %s", why)
		}
	}
	if len(whyWords) != len(drip.LeaveWhys()) {
		t.Errorf("there are words for %d reasons, want %d", len(whyWords), len(drip.LeaveWhys()))
	}
}
