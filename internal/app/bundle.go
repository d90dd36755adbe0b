package app

import (
	"fmt"

	"partwork/internal/compose"
	"partwork/internal/drip"
)

// Bundle returns what the files say about an issue: what Approve would approve.
// It returns drip.ErrNotFound for a campaign that is not in force and for an issue
// that is not in it.
func (l *Library) Bundle(campaign, issue string) (compose.Bundle, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ed, ok := l.good[campaign]
	if !ok {
		return compose.Bundle{}, fmt.Errorf("campaign %q: %w", campaign, drip.ErrNotFound)
	}
	i := ed.campaign.Issue(issue)
	if i < 0 {
		return compose.Bundle{}, fmt.Errorf("issue %q of campaign %q: %w", issue, campaign, drip.ErrNotFound)
	}
	return ed.bundles[i], nil
}
