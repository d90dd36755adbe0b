package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"partwork/internal/campaignfile"
	"partwork/internal/compose"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// Library is the campaigns in force: the files as they were when they were last
// good, with what the store knows about them.
type Library struct {
	folder  fs.FS
	layouts fs.FS
	store   store.Catalog
	zone    string // the instance's
	name    string // of the folder, in findings
	// unapproved sends what nobody approved; the relay is on this machine.
	unapproved bool

	mu       sync.Mutex          // held while the files are read and the store is told
	good     map[string]*edition // by campaign id
	contents map[[32]byte]drip.ContentID

	current atomic.Pointer[shelf]
}

// shelf is what the latest Reload or Approve made of the library; readers never
// wait for one that is running.
type shelf struct {
	programs []scheduler.Program
	findings []drip.Finding
}

// edition is a campaign's last good version.
type edition struct {
	campaign     *drip.Campaign
	bundles      []compose.Bundle // of campaign.Issues
	confirmation compose.Bundle
	program      scheduler.Program
}

// Held names an issue that waits for approval.
type Held struct {
	Campaign, Issue string
}

func newLibrary(folder, layouts fs.FS, s store.Catalog, cfg *config.Config) *Library {
	l := &Library{
		folder: folder, layouts: layouts, store: s, zone: cfg.Timezone, name: filepath.Base(cfg.Campaigns),
		unapproved: cfg.SMTP.Unapproved && cfg.RelayIsLoopback(),
		good:       make(map[string]*edition), contents: make(map[[32]byte]drip.ContentID),
	}
	l.current.Store(&shelf{})
	return l
}

// Reload reads the files again and tells the store about those campaigns that
// are good. A campaign with errors stays in force as it was; what is wrong is
// in Findings.
func (l *Library) Reload(ctx context.Context, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	lib := campaignfile.Load(l.folder, campaignfile.Options{Name: l.name, Today: timing.WallAt(now.UTC()).Date()})
	findings := lib.Findings
	layouts, err := compose.LoadLayouts(l.layouts)
	if err != nil {
		return fmt.Errorf("load templates: %w", err)
	}
	for _, c := range lib.Campaigns {
		ed, faults := l.bind(c, layouts)
		findings = append(findings, faults...)
		if ed == nil {
			continue
		}
		err := l.adopt(ctx, ed, now)
		if errors.Is(err, drip.ErrConflict) {
			findings = append(findings, l.conflict(c))
		} else if err != nil {
			return fmt.Errorf("adopt campaign %s: %w", c.ID, err)
		}
	}
	l.publish(findings)
	return nil
}

// conflict explains why a campaign that is good by itself cannot be taken.
func (l *Library) conflict(c *drip.Campaign) drip.Finding {
	return drip.Finding{
		File: path.Join(l.name, c.ID, "campaign.yaml"), Severity: drip.SeverityError, Rule: "key-taken",
		Message: fmt.Sprintf("the key %s is that of another campaign in the database; expected one of its own", c.Key),
		Fix:     "give a copy a new key; give a campaign that was renamed its old id back",
	}
}

// publish puts the campaigns in force on the shelf.
func (l *Library) publish(findings []drip.Finding) {
	programs := make([]scheduler.Program, 0, len(l.good))
	for _, id := range slices.Sorted(maps.Keys(l.good)) {
		programs = append(programs, l.good[id].program)
	}
	l.current.Store(&shelf{programs: programs, findings: findings})
}

// bind compiles every issue of a campaign; nil if one has an error.
func (l *Library) bind(c *drip.Campaign, layouts *compose.Layouts) (*edition, []drip.Finding) {
	ed := &edition{campaign: c, confirmation: compose.NewConfirmation(c, layouts)}
	var findings []drip.Finding
	for i := range c.Issues {
		b := compose.NewBundle(c, i, layouts)
		_, faults := compose.Compile(b)
		for n := range faults {
			faults[n].File = path.Join(l.name, c.Issues[i].File)
			if faults[n].Line > 0 {
				faults[n].Line += c.Issues[i].BodyLine - 1
			}
		}
		findings = append(findings, faults...)
		ed.bundles = append(ed.bundles, b)
	}
	_, faults := compose.Compile(ed.confirmation)
	findings = append(findings, faults...)
	for _, f := range findings {
		if f.Severity == drip.SeverityError {
			return nil, findings
		}
	}
	return ed, findings
}

// adopt makes ed the campaign's version in force.
func (l *Library) adopt(ctx context.Context, ed *edition, now time.Time) error {
	c := ed.campaign
	record, err := l.record(ctx, ed, now)
	if err != nil {
		return err
	}
	contents, err := l.sendable(ctx, ed, record, now)
	if err != nil {
		return err
	}
	// What may be sent is part of the outline: approving an issue, or ending a
	// draft, brings the readers who wait for it back.
	if record, err = l.sync(ctx, ed, now, sendableMark(contents)); err != nil {
		return err
	}
	confirmation, err := l.save(ctx, ed.confirmation, now)
	if err != nil {
		return err
	}
	ed.program = scheduler.Program{Campaign: c, Record: record, Contents: contents, Confirmation: confirmation}
	l.good[c.ID] = ed
	return nil
}

// record returns the store's record of the campaign, in which every issue has a
// number; only a campaign or an issue that is new is synced for that.
func (l *Library) record(ctx context.Context, ed *edition, now time.Time) (store.CampaignRecord, error) {
	records, err := l.store.Campaigns(ctx)
	if err != nil {
		return store.CampaignRecord{}, err
	}
	for _, record := range records {
		if record.ID == ed.campaign.ID && numbered(ed.campaign, record) {
			return record, nil
		}
	}
	return l.sync(ctx, ed, now, "")
}

// numbered reports whether every issue of the files has a number.
func numbered(c *drip.Campaign, record store.CampaignRecord) bool {
	for i := range c.Issues {
		if record.Issues[c.Issues[i].ID] == 0 {
			return false
		}
	}
	return true
}

// sync tells the store about the campaign; mark says what may be sent.
func (l *Library) sync(ctx context.Context, ed *edition, now time.Time, mark string) (store.CampaignRecord, error) {
	c := ed.campaign
	ids := make([]string, len(c.Issues))
	for i := range c.Issues {
		ids[i] = c.Issues[i].ID
	}
	return l.store.SyncCampaign(ctx, store.CampaignSync{
		ID: c.ID, Key: c.Key, Issues: ids,
		Timetable: campaignfile.Timetable(c) + "/" + l.zone, Outline: campaignfile.Outline(c) + mark,
		ReopenWithin: c.ReopenWithin, Now: now,
	})
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

// save stores a bundle once and remembers its number.
func (l *Library) save(ctx context.Context, b compose.Bundle, now time.Time) (drip.ContentID, error) {
	hash := b.Hash()
	if id, ok := l.contents[hash]; ok {
		return id, nil
	}
	id, err := l.store.SaveContent(ctx, hash, b.Encode(), now)
	if err != nil {
		return 0, err
	}
	l.contents[hash] = id
	return id, nil
}

// Programs returns the campaigns in force, by id, ready for the scheduler.
func (l *Library) Programs() []scheduler.Program { return l.current.Load().programs }

// Program returns the campaign in force with the given number.
func (l *Library) Program(no drip.CampaignNo) (scheduler.Program, bool) {
	for _, p := range l.Programs() {
		if p.Record.No == no {
			return p, true
		}
	}
	return scheduler.Program{}, false
}

// Campaign returns the campaign in force with the given id, or drip.ErrNotFound.
func (l *Library) Campaign(id string) (scheduler.Program, error) {
	for _, p := range l.Programs() {
		if p.Campaign.ID == id {
			return p, nil
		}
	}
	return scheduler.Program{}, fmt.Errorf("campaign %q: %w", id, drip.ErrNotFound)
}

// Findings returns what the latest Reload found in the files.
func (l *Library) Findings() []drip.Finding { return l.current.Load().findings }

// Held returns the issues that wait for approval.
func (l *Library) Held() []Held {
	var held []Held
	for _, p := range l.Programs() {
		for i := range p.Campaign.Issues {
			if is := &p.Campaign.Issues[i]; !is.Draft && p.Contents[i] == 0 {
				held = append(held, Held{Campaign: p.Campaign.ID, Issue: is.ID})
			}
		}
	}
	return held
}

// Approve approves the content in the files for the named issues of a campaign
// (all that are not drafts, if none is named) and returns the ids of those
// whose approval is new.
func (l *Library) Approve(ctx context.Context, campaign string, issues []string, by string, now time.Time) ([]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ed, ok := l.good[campaign]
	if !ok {
		return nil, fmt.Errorf("campaign %q: %w", campaign, drip.ErrNotFound)
	}
	if len(issues) == 0 {
		for i := range ed.campaign.Issues {
			if !ed.campaign.Issues[i].Draft {
				issues = append(issues, ed.campaign.Issues[i].ID)
			}
		}
	}
	record := ed.program.Record
	approvals, err := l.store.Approvals(ctx, record.No)
	if err != nil {
		return nil, err
	}
	var approved []string
	for _, id := range issues {
		i := ed.campaign.Issue(id)
		if i < 0 {
			return approved, fmt.Errorf("issue %q of campaign %q: %w", id, campaign, drip.ErrNotFound)
		}
		content, err := l.save(ctx, ed.bundles[i], now)
		if err != nil {
			return approved, err
		}
		no := record.Issues[id]
		if approvals[no].Content == content {
			continue
		}
		approval := store.Approval{Issue: no, Content: content, Hash: ed.bundles[i].Hash(), By: by, At: now}
		if err := l.store.Approve(ctx, approval); err != nil {
			return approved, err
		}
		approved = append(approved, id)
	}
	if err := l.adopt(ctx, ed, now); err != nil {
		return approved, err
	}
	l.publish(l.Findings())
	return approved, nil
}
