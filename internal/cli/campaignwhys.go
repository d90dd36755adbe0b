package cli

import (
	"context"
	"fmt"
	"strings"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// whyRow is how many readers left after an issue and said why.
type whyRow struct {
	// After is the id of the last issue that they were sent; empty is before the first.
	After   string        `json:"after"`
	Why     drip.LeaveWhy `json:"why"`
	Readers int           `json:"readers"`
}

// whysOf counts why readers left a campaign.
func whysOf(ctx context.Context, in *app.Instance, record store.CampaignRecord) ([]whyRow, error) {
	counts, err := in.Store.Whys(ctx, record.No)
	if err != nil {
		return nil, err
	}
	names := make(map[drip.IssueNo]string, len(record.Issues))
	for name, no := range record.Issues {
		names[no] = name
	}
	rows := []whyRow{}
	for _, c := range counts {
		rows = append(rows, whyRow{After: names[c.Issue], Why: c.Why, Readers: c.Readers})
	}
	return rows, nil
}

// whyWords are the reasons as the page after leaving says them.
var whyWords = map[drip.LeaveWhy]string{
	drip.WhyTooOften: "it comes too often", drip.WhyNotForMe: "it isn’t what they need", drip.WhyHadEnough: "they have what they needed",
	drip.WhyElsewhere: "they read it another way", drip.WhyNeverAsked: "they never asked for it",
}

// showWhys lists them, issue by issue.
func (e *env) showWhys(rows []whyRow) {
	if len(rows) == 0 {
		return
	}
	e.say("")
	t := newTable(e.stdout, "LEFT AFTER", "WHY")
	for i := 0; i < len(rows); {
		after, said := rows[i].After, []string(nil)
		for ; i < len(rows) && rows[i].After == after; i++ {
			said = append(said, fmt.Sprintf("%d: %s", rows[i].Readers, whyWords[rows[i].Why]))
		}
		if after == "" {
			after = "(before the first)"
		}
		t.row(after, strings.Join(said, ", "))
	}
	t.flush()
}
