package app

import (
	"context"

	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/segment"
	"partwork/internal/store"
)

// Acquaint adds to a row of the ledger's history what is known of the reader, if some
// issue of the campaign is for some readers only.
func Acquaint(ctx context.Context, s store.Segments, c *drip.Campaign, due *store.Due) error {
	if !c.Selective() {
		return nil
	}
	return store.Acquaint(ctx, s, due)
}

// asking fills in of which campaigns' readers planning has to know who they are.
func asking(query store.DueQuery, programs map[drip.CampaignNo]scheduler.Program) store.DueQuery {
	for no, p := range programs {
		if p.Campaign.Selective() {
			query.Who, query.Sent = append(query.Who, no), query.Sent || p.Campaign.LooksBack()
		}
	}
	return query
}

// acquainted is how many readers of a crowd are asked about at once.
const acquainted = 500

// selective reports whether an issue of some side is for some readers only.
func (c *crowd) selective() bool {
	for _, s := range c.sides {
		if s.Campaign.Selective() {
			return true
		}
	}
	return false
}

// wait keeps a reader until it is known who they are.
func (p *crowdPart) wait(ctx context.Context, row *store.CensusRow) error {
	p.unknown = append(p.unknown, *row)
	if len(p.unknown) < acquainted {
		return nil
	}
	return p.meet(ctx)
}

// meet counts the readers who wait.
func (p *crowdPart) meet(ctx context.Context) error {
	ids := make([]drip.SubscriberID, len(p.unknown))
	for i := range p.unknown {
		ids[i] = p.unknown[i].Subscriber
	}
	known := make([]segment.Facts, 0)
	if len(ids) > 0 {
		var err error
		if known, err = p.o.Store.Facts(ctx, ids, true); err != nil {
			return err
		}
	}
	for i := range p.unknown {
		if err := p.count(ctx, &p.unknown[i], &known[i]); err != nil {
			return err
		}
	}
	p.unknown = p.unknown[:0]
	return nil
}
