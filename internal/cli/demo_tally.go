package cli

import (
	"context"
	"strings"
	"time"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// demoTally compares what the readers' inboxes hold with what they should.
type demoTally struct {
	Readers    int `json:"readers"`
	Issues     int `json:"issues"`
	Delivered  int `json:"delivered"`
	Duplicates int `json:"duplicates"`
	Missing    int `json:"missing"`
}

// demoReader is a persona in the demo's database.
type demoReader struct {
	name, email, zone string
}

// listReaders reads who is enrolled.
func listReaders(ctx context.Context, in *app.Instance, campaign drip.CampaignNo) ([]demoReader, error) {
	people, err := in.Store.Subscribers(ctx, store.SubscriberFilter{Campaign: campaign})
	if err != nil {
		return nil, err
	}
	readers := make([]demoReader, len(people))
	for i, p := range people {
		readers[i] = demoReader{name: p.Name, email: p.Email.String(), zone: p.Timezone}
	}
	return readers, nil
}

// conclude prints the tally; the inboxes are the truth, the ledger is what is
// checked.
func (d *demo) conclude(ctx context.Context, took time.Duration) error {
	t, err := d.tally(ctx)
	if err != nil {
		return err
	}
	broken, err := brokenInvariants(ctx, d.instance)
	if err != nil {
		return err
	}
	if *d.json {
		if err := d.document(t); err != nil {
			return err
		}
	} else {
		d.say("%d readers × %d issues: %d delivered, %d duplicates, %d missing (%.1f s).",
			t.Readers, t.Issues, t.Delivered, t.Duplicates, t.Missing, took.Seconds())
	}
	switch {
	case broken > 0:
		return failf("", "%d invariants of the ledger are broken", broken)
	case d.exit && (t.Duplicates > 0 || t.Missing > 0):
		return failf("", "the series did not reach everybody once")
	}
	return nil
}

func (d *demo) tally(ctx context.Context) (demoTally, error) {
	t := demoTally{Readers: len(d.readers)}
	for i := range d.campaign.Issues {
		if !d.campaign.Issues[i].Draft {
			t.Issues++
		}
	}
	rows, err := d.instance.Store.Log(ctx, store.LogFilter{Limit: t.Readers*t.Issues + 1})
	if err != nil {
		return t, err
	}
	held := d.mail.messageIDs() // how often each arrived, by address and id
	due := t.Readers * t.Issues
	for _, row := range rows {
		if row.State == drip.DeliverySkipped && row.Reason == drip.ReasonLeft {
			due-- // left while watching: what they did not want is not missing
			continue
		}
		id, err := d.instance.MessageIDOf(ctx, row.Delivery)
		if err != nil {
			return t, err
		}
		key := arrival{strings.ToLower(row.Email), "<" + id + ">"}
		if held[key] > 0 {
			t.Delivered++
			t.Duplicates += held[key] - 1
		}
		delete(held, key)
	}
	for _, n := range held {
		t.Duplicates += n // in no row of the ledger: nobody should have sent it
	}
	t.Missing = due - t.Delivered
	return t, nil
}

// brokenInvariants counts the rules that the ledger breaks.
func brokenInvariants(ctx context.Context, in *app.Instance) (int, error) {
	invariants, err := in.Store.Verify(ctx)
	if err != nil {
		return 0, err
	}
	broken := 0
	for _, inv := range invariants {
		if inv.Rows > 0 {
			broken++
		}
	}
	return broken, nil
}
