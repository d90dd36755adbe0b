package cli

import (
	"context"
	"strings"
	"time"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// askedRow is what the commands say of what was asked of an import.
type askedRow struct {
	campaign drip.CampaignNo
	Campaign string   `json:"campaign,omitempty"`
	Invite   bool     `json:"invite,omitempty"`
	Spread   string   `json:"spread,omitempty"`
	Map      []string `json:"map,omitempty"`
	Encoding string   `json:"encoding,omitempty"`
	Entry    string   `json:"entry,omitempty"`
	State    string   `json:"state,omitempty"`
	// KeptOutOf is the campaign that the people of the list must not be mailed.
	KeptOutOf string `json:"kept_out_of,omitempty"`
}

// askedOf reads what a batch has kept; imports that are older than such notes have nothing.
func askedOf(b store.Batch) askedRow {
	a, err := audience.ReadAsked(b.Asked)
	if err != nil {
		return askedRow{}
	}
	return askedRow{
		campaign: a.Campaign, Invite: a.Invite, Spread: spreadText(a.Spread), Map: a.Map,
		Encoding: a.Encoding, Entry: a.Entry, State: a.State, KeptOutOf: a.KeepOutOf,
	}
}

// spreadText writes a time as --spread reads it.
func spreadText(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d == 0:
		return ""
	case d%(7*day) == 0:
		return count(int(d/(7*day)), "week")
	case d%day == 0:
		return count(int(d/day), "day")
	}
	return count(int(d/time.Hour), "hour")
}

// batchRows says of imports what the commands do, with the names of campaigns.
func batchRows(ctx context.Context, in *app.Instance, list ...store.Batch) ([]batchRow, error) {
	records, err := in.Store.Campaigns(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]batchRow, 0, len(list))
	for _, b := range list {
		row := batchRowOf(b)
		for _, r := range records {
			if r.No == row.Asked.campaign {
				row.Asked.Campaign = r.ID
			}
			if r.Key == row.Asked.KeptOutOf {
				row.Asked.KeptOutOf = r.ID
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// rowsOfAsked shows what was asked, as far as anything was.
func (e *env) rowsOfAsked(t *table, a askedRow) {
	for _, line := range []struct{ name, value string }{
		{"  enrolled in:", a.Campaign}, {"  spread over:", a.Spread}, {"  columns:", strings.Join(a.Map, ", ")},
		{"  encoding:", a.Encoding}, {"  entry:", a.Entry}, {"  all of them:", a.State}, {"  kept out of:", a.KeptOutOf},
	} {
		if line.value != "" {
			t.row(line.name, printable(line.value))
		}
	}
	if a.Invite {
		t.row("  invited:", "those whose consent is not stated")
	}
}
