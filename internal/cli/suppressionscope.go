package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// scopeFlag adds --campaign to a command about suppressions.
func (e *env) scopeFlag(cmd *cobra.Command, what string) *string {
	name := cmd.Flags().String("campaign", "", what)
	_ = cmd.RegisterFlagCompletionFunc("campaign", e.completeCampaigns(0, -1))
	return name
}

// scope is what a suppression is for; the zero value is everything.
type scope struct {
	name, key string
	no        drip.CampaignNo // 0 if the campaign is not known here
}

// scopeOf finds the campaign that --campaign names.
func scopeOf(ctx context.Context, in *app.Instance, name string) (scope, error) {
	if name == "" {
		return scope{}, nil
	}
	record, err := campaignRecord(ctx, in, name)
	return scope{record.ID, record.Key, record.No}, err
}

// scopeAmong is scopeOf that also takes the key of a campaign which is not known here, if
// one of the entries is for it.
func scopeAmong(ctx context.Context, in *app.Instance, name string, entries []drip.Suppression) (scope, error) {
	s, err := scopeOf(ctx, in, name)
	if err != nil && slices.ContainsFunc(entries, func(entry drip.Suppression) bool { return entry.Campaign == name }) {
		return scope{name: name, key: name}, nil
	}
	return s, err
}

// behind are the words of the scope behind "suppressed": none for everything.
func (s scope) behind() string {
	if s.key == "" {
		return ""
	}
	return " for " + s.name
}

// keptOutRow is the JSON of a suppression for one campaign. Campaign is empty if the
// database does not know it (any more).
type keptOutRow struct {
	Campaign string                 `json:"campaign"`
	Key      string                 `json:"key"`
	Reason   drip.SuppressionReason `json:"reason"`
	At       stamp                  `json:"at"`
}

// name is what to call the campaign.
func (r keptOutRow) name() string {
	if r.Campaign == "" {
		return "the key " + r.Key
	}
	return r.Campaign
}

// keptOutRows gives entries the names of their campaigns.
func keptOutRows(records []store.CampaignRecord, entries []drip.Suppression) []keptOutRow {
	rows := []keptOutRow{}
	for _, entry := range entries {
		row := keptOutRow{Key: entry.Campaign, Reason: entry.Reason, At: stamp(entry.At)}
		for _, r := range records {
			if r.Key == entry.Campaign {
				row.Campaign = r.ID
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// suppressionsOf returns the entry of an address for everything, nil if there is none, and
// those for campaigns.
func suppressionsOf(ctx context.Context, in *app.Instance, address mailaddr.Address) (*drip.Suppression, []keptOutRow, error) {
	entries, err := in.Store.SuppressionsOf(ctx, in.Hasher.Sum(address))
	if err != nil {
		return nil, nil, err
	}
	records, err := in.Store.Campaigns(ctx)
	if len(entries) > 0 && entries[0].Campaign == "" {
		return &entries[0], keptOutRows(records, entries[1:]), err
	}
	return nil, keptOutRows(records, entries), err
}
