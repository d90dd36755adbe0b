package app

import (
	"context"
	"errors"
	"slices"
	"strings"

	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// uncomposedReply begins what the ledger says of a message that could not be made.
const uncomposedReply = "the message could not be composed"

// uncomposedText says in the ledger why a message could not be made. What a reader
// lacks can be said: it names a merge field, and nobody's address.
func uncomposedText(err error) string {
	if errors.Is(err, compose.ErrMissing) {
		if _, field, ok := strings.Cut(err.Error(), compose.ErrMissing.Error()+": "); ok {
			return uncomposedReply + ": no value for " + field
		}
	}
	return uncomposedReply + "; see the log"
}

// Uncomposed is a number of readers who wait for an issue that cannot be composed
// for them.
type Uncomposed struct {
	Campaign string `json:"campaign"`
	Issue    string `json:"issue"`
	// Why is what they lack; empty if only the log says it.
	Why     string `json:"why"`
	Readers int    `json:"readers"`
}

// Uncomposed returns what waits because it could not be composed, as far as the
// latest thousand deliveries that wait tell.
func (in *Instance) Uncomposed(ctx context.Context) ([]Uncomposed, error) {
	entries, err := in.Store.Log(ctx, store.LogFilter{States: []drip.DeliveryState{drip.DeliveryDeferred}})
	if err != nil {
		return nil, err
	}
	var list []Uncomposed
	for _, entry := range entries {
		_, why, ours := strings.Cut(entry.Reply, uncomposedReply)
		if !ours {
			continue
		}
		one := Uncomposed{Campaign: entry.Campaign, Issue: entry.IssueID, Readers: 1}
		if text, ok := strings.CutPrefix(why, ": "); ok {
			one.Why = text
		}
		at := slices.IndexFunc(list, func(u Uncomposed) bool {
			return u.Campaign == one.Campaign && u.Issue == one.Issue && u.Why == one.Why
		})
		if at < 0 {
			list = append(list, one)
		} else {
			list[at].Readers++
		}
	}
	return list, nil
}
