package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"partwork/internal/campaignfile"
	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/store"
)

// verdict is what was wrong with a version of a campaign's messages, so that
// what has not changed need not be composed again.
type verdict struct {
	of     string
	errors []drip.Finding
}

// bind composes every message of a campaign; the edition is nil if one has an
// error. `partwork check` finds the same errors.
func (l *Library) bind(c *drip.Campaign, layouts *compose.Layouts) (*edition, []drip.Finding, error) {
	ed := &edition{campaign: c, confirmation: compose.NewConfirmation(c, layouts)}
	definition, err := campaignfile.Define(c)
	if err != nil {
		return nil, nil, err
	}
	h, lines := sha256.New(), new(strings.Builder)
	h.Write(definition)
	for i := range c.Issues {
		b := compose.NewBundle(c, i, layouts)
		ed.bundles = append(ed.bundles, b)
		hash := b.Hash()
		h.Write(hash[:])
		fmt.Fprintf(lines, "/%d", c.Issues[i].BodyLine)
	}
	hash := ed.confirmation.Hash()
	h.Write(hash[:])
	ed.digest = hex.EncodeToString(h.Sum(nil)[:16])
	seen := l.linted[c.ID]
	if of := ed.digest + lines.String(); seen.of != of {
		seen = verdict{of: of, errors: l.lint(c, layouts, nil)}
		l.linted[c.ID] = seen
	}
	if len(seen.errors) > 0 {
		return nil, seen.errors, nil
	}
	return ed, nil, nil
}

// lint returns the errors in a campaign's messages, as some readers would get them.
func (l *Library) lint(c *drip.Campaign, layouts *compose.Layouts, readers []compose.Reader) []drip.Finding {
	var errs []drip.Finding
	for _, f := range compose.Lint(c, layouts, readers) {
		if f.Severity != drip.SeverityError {
			continue
		}
		folder := l.templates
		if within(f.File, c.ID) {
			folder = l.name
		}
		f.File = folder + "/" + f.File
		errs = append(errs, f)
	}
	return errs
}

// adopt makes ed the version in force: it stores the contents and then, in one
// transaction, all that the store knows of the campaign. Whoever stops before
// that has changed nothing, and whoever stops after it finds it all there. It
// returns drip.ErrConflict if another process was faster: what was read of the
// record and of the approvals does not hold any more.
func (l *Library) adopt(ctx context.Context, ed *edition, record store.CampaignRecord, now time.Time) (scheduler.Program, error) {
	contents, err := l.sendable(ctx, ed, record, now)
	if err != nil {
		return scheduler.Program{}, err
	}
	confirmation, err := l.save(ctx, ed.confirmation, now)
	if err != nil {
		return scheduler.Program{}, err
	}
	last, err := recollect(record)
	if err != nil {
		last = version{} // it is about to be replaced
	}
	next := last.followedBy(ed, record.Key, now)
	next.Contents, next.Confirmation = contents, confirmation
	sync, err := l.sync(ed, next, now)
	if err != nil {
		return scheduler.Program{}, err
	}
	sync.From = record.Definition
	if !inForce(record, sync) {
		if record, err = l.store.SyncCampaign(ctx, sync); err != nil {
			return scheduler.Program{}, err
		}
	}
	ed.record = record
	return scheduler.Program{Campaign: ed.campaign, Record: record, Contents: contents, Confirmation: confirmation}, nil
}

// timetable fingerprints what decides the slots.
func (l *Library) timetable(c *drip.Campaign) string { return campaignfile.Timetable(c) + "/" + l.zone }

// outline fingerprints what decides the next issue. What may be sent is part of
// it: approving an issue, or ending a draft, brings the readers who wait for it
// back. So are the rules of time zones: everybody is planned anew by new ones.
func (l *Library) outline(c *drip.Campaign, contents []drip.ContentID) string {
	return campaignfile.Outline(c) + sendableMark(contents) + "/" + l.rules
}

// sync is what the store is told about a version.
func (l *Library) sync(ed *edition, v version, now time.Time) (store.CampaignSync, error) {
	c := ed.campaign
	definition, err := v.remember(c)
	if err != nil {
		return store.CampaignSync{}, err
	}
	ids := make([]string, len(c.Issues))
	for i := range c.Issues {
		ids[i] = c.Issues[i].ID
	}
	return store.CampaignSync{
		ID: c.ID, Key: c.Key, Issues: ids, Definition: definition,
		Timetable: l.timetable(c), Outline: l.outline(c, v.Contents),
		ReopenWithin: c.ReopenWithin, Now: now,
	}, nil
}

// inForce reports whether the store would change nothing.
func inForce(record store.CampaignRecord, sync store.CampaignSync) bool {
	for _, id := range sync.Issues {
		if record.Issues[id] == 0 {
			return false
		}
	}
	return record.No != 0 && record.Key == sync.Key && record.Timetable == sync.Timetable &&
		record.Outline == sync.Outline && bytes.Equal(record.Definition, sync.Definition)
}

// sendable decides which content each issue is sent with: what the files say,
// or with review: required the approved version, or none (0).
func (l *Library) sendable(ctx context.Context, ed *edition, record store.CampaignRecord, now time.Time) ([]drip.ContentID, error) {
	contents := make([]drip.ContentID, len(ed.bundles))
	var approvals map[drip.IssueNo]store.Approval
	if ed.campaign.Review == drip.ReviewRequired && !l.unapproved {
		var err error
		if approvals, err = l.store.Approvals(ctx, record.No); err != nil {
			return nil, err
		}
	}
	for i := range ed.bundles {
		is := &ed.campaign.Issues[i]
		switch {
		case is.Draft:
		case approvals != nil:
			contents[i] = approvals[record.Issues[is.ID]].Content
		default:
			id, err := l.save(ctx, ed.bundles[i], now)
			if err != nil {
				return nil, err
			}
			contents[i] = id
		}
	}
	return contents, nil
}

func sendableMark(contents []drip.ContentID) string {
	h := sha256.New()
	for _, c := range contents {
		fmt.Fprintf(h, "%t ", c != 0)
	}
	return "/" + hex.EncodeToString(h.Sum(nil)[:8])
}

// save stores a bundle once and remembers its number. Its hosted images are there
// before it: what can be sent can be seen.
func (l *Library) save(ctx context.Context, b compose.Bundle, now time.Time) (drip.ContentID, error) {
	hash := b.Hash()
	if id, ok := l.contents[hash]; ok {
		return id, nil
	}
	if err := l.host(ctx, b, now); err != nil {
		return 0, err
	}
	id, err := l.store.SaveContent(ctx, hash, b.Encode(), now)
	if err != nil {
		return 0, err
	}
	l.contents[hash] = id
	return id, nil
}
