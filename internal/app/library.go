package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"partwork/internal/compose"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/store"
	"partwork/internal/timing"
)

// Library is the campaigns in force: each as its files were when they were last
// good. What was good is kept in the store, so neither a restart nor a lost
// folder takes it down.
type Library struct {
	open    folderSource
	overlay fs.FS // the templates
	store   libraryStore
	zone    string // the instance's
	// name and templates are the two folders in findings.
	name, templates string
	machine         timing.Clock
	// rules fingerprints the clocks of the world. Slots to come are planned anew
	// when they change.
	rules string
	// unapproved sends what nobody approved; the relay is on this machine.
	unapproved bool

	mu       sync.Mutex          // held while the files are read and the store is told
	good     map[string]*edition // by campaign id: in force, and just as the files say
	contents map[[32]byte]drip.ContentID
	hosted   map[string]bool    // names of images that the store has
	linted   map[string]verdict // by campaign id
	looks    map[string]look    // by part of the files; nil before the first reading
	lost     map[string]int     // readers of campaigns whose folder is gone
	takenIn  takenIn            // since the last time somebody asked

	current atomic.Pointer[shelf]
}

// folderSource opens the campaigns folder, which may be another one every time:
// folders are replaced, and links are pointed elsewhere.
type folderSource func() (fs.FS, io.Closer, error)

// libraryStore is what the library asks of a store.
type libraryStore interface {
	store.Catalog
	CampaignCounts(ctx context.Context, campaign drip.CampaignNo) (store.Counts, error)
}

// shelf is what the latest reading made of the library; nobody who looks at it
// waits for a reading.
type shelf struct {
	programs []scheduler.Program
	findings []drip.Finding
	// kept says since when campaigns are in force that are not what their files
	// say.
	kept map[drip.CampaignNo]time.Time
	// differ are the campaigns, by id, whose files were looked at, and not taken in
	// although they are good and new.
	differ map[string]bool
}

// Held names an issue that waits for approval.
type Held struct {
	Campaign, Issue string
}

func newLibrary(open folderSource, layouts fs.FS, s libraryStore, cfg *config.Config, machine timing.Clock) *Library {
	l := &Library{
		open: open, overlay: layouts, store: s, zone: cfg.Timezone, machine: machine,
		rules:      timing.Rules(),
		unapproved: cfg.SMTP.Unapproved && cfg.RelayIsLoopback(),
		name:       filepath.Base(cfg.Campaigns), templates: "templates",
		contents: make(map[[32]byte]drip.ContentID), hosted: make(map[string]bool), linted: make(map[string]verdict), lost: make(map[string]int),
	}
	if cfg.Templates != "" {
		l.templates = filepath.Base(cfg.Templates)
	}
	l.current.Store(&shelf{})
	return l
}

// Reload reads the files again and tells the store about those campaigns that
// are good and at rest. Any other stays in force as it was when it last was
// both; Findings says which, and why.
func (l *Library) Reload(ctx context.Context, now time.Time) error {
	_, err := l.reload(ctx, now)
	return err
}

// settlePatience bounds how long settle waits for files to come to rest. The time that
// reading takes does not count: on a slow machine they would never be waited for.
const settlePatience = 3 * time.Second

// settle reloads until the files that matter are at rest, or patience ends.
func (l *Library) settle(ctx context.Context, now time.Time) error {
	for waited := time.Duration(0); ; {
		again, err := l.reload(ctx, now)
		if waited += again; err != nil || again == 0 || waited > settlePatience {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(again):
		}
	}
}

// reload is Reload; it also returns how long to wait before looking again at what
// is being written, or zero if nothing is.
func (l *Library) reload(ctx context.Context, now time.Time) (again time.Duration, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reread(ctx, now)
}

// rereads bounds how often reread starts anew because another process was faster.
// Each time, that one has put a version in force.
const rereads = 5

// reread reloads; l.mu is held.
func (l *Library) reread(ctx context.Context, now time.Time) (again time.Duration, err error) {
	for range rereads {
		if again, err = l.readOnce(ctx, now); !errors.Is(err, drip.ErrConflict) {
			break
		}
	}
	return again, err
}

// readOnce is one round of a reload.
func (l *Library) readOnce(ctx context.Context, now time.Time) (again time.Duration, err error) {
	r := &round{Library: l, reading: l.read(now), now: now}
	if err := r.begin(ctx); err != nil {
		return 0, err
	}
	for _, c := range r.campaigns {
		if err := r.take(ctx, c); err != nil {
			return 0, fmt.Errorf("adopt campaign %s: %w", c.ID, err)
		}
	}
	r.tidy() // campaigns share the templates, and what is wrong with them
	for _, record := range r.records {
		if err := r.keep(ctx, record); err != nil {
			return 0, fmt.Errorf("keep campaign %s: %w", record.ID, err)
		}
	}
	r.publish()
	return r.again, nil
}

// put puts one campaign on the shelf. What the store was told of it is in force
// at once, not when the whole folder has been read.
func (l *Library) put(p scheduler.Program) {
	now := *l.current.Load()
	now.programs = slices.DeleteFunc(slices.Clone(now.programs), func(other scheduler.Program) bool {
		return other.Record.No == p.Record.No
	})
	now.programs = byID(append(now.programs, p))
	now.kept = maps.Clone(now.kept)
	delete(now.kept, p.Record.No)
	l.current.Store(&now)
}

func byID(programs []scheduler.Program) []scheduler.Program {
	slices.SortFunc(programs, func(a, b scheduler.Program) int {
		return strings.Compare(a.Campaign.ID, b.Campaign.ID)
	})
	return programs
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

// Kept reports whether a campaign in force is not what its files say, because
// they are broken, gone or being written; its issues then have no texts. It
// returns since when it has been in force.
func (l *Library) Kept(no drip.CampaignNo) (since time.Time, kept bool) {
	since, kept = l.current.Load().kept[no]
	return since, kept
}

// keptCount counts the campaigns in force that are not what their files say.
func (l *Library) keptCount() int { return len(l.current.Load().kept) }

// Findings returns what the latest reading found, by file and line: errors and
// warnings in the files, and campaigns that are not what their files say.
func (l *Library) Findings() []drip.Finding { return l.current.Load().findings }

// FindingsOf returns the findings that concern a campaign, those in templates
// among them.
func (l *Library) FindingsOf(id string) []drip.Finding {
	var of []drip.Finding
	for _, f := range l.Findings() {
		if l.concerns(f, id) || within(f.File, l.templates) || f.File == l.name {
			of = append(of, f)
		}
	}
	return of
}

// concerns reports whether a finding is about a file of the campaign.
func (l *Library) concerns(f drip.Finding, id string) bool {
	return within(f.File, path.Join(l.name, id))
}

// within reports whether a path is that of a folder, or of something in it.
func within(name, folder string) bool {
	return name == folder || strings.HasPrefix(name, folder+"/")
}

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
// whose approval is new. A campaign whose files are broken or gone is
// drip.ErrNotFound: there is nothing to approve.
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
	approvals, err := l.store.Approvals(ctx, ed.record.No)
	if err != nil {
		return nil, err
	}
	var approved []string
	for _, id := range issues {
		fresh, err := l.approve(ctx, ed, approvals, store.Approval{By: by, At: now}, id)
		if err != nil {
			return approved, err
		}
		if fresh {
			approved = append(approved, id)
		}
	}
	program, err := l.adopt(ctx, ed, ed.record, now)
	switch {
	case err == nil:
		l.put(program)
	case errors.Is(err, drip.ErrConflict): // another process read the files meanwhile
		_, err = l.reread(ctx, now)
	}
	return approved, err
}

// approve approves one issue and reports whether that is new.
func (l *Library) approve(ctx context.Context, ed *edition, have map[drip.IssueNo]store.Approval, approval store.Approval, id string) (bool, error) {
	i := ed.campaign.Issue(id)
	if i < 0 {
		return false, fmt.Errorf("issue %q of campaign %q: %w", id, ed.campaign.ID, drip.ErrNotFound)
	}
	content, err := l.save(ctx, ed.bundles[i], approval.At)
	if err != nil {
		return false, err
	}
	approval.Issue, approval.Content, approval.Hash = ed.record.Issues[id], content, ed.bundles[i].Hash()
	if have[approval.Issue].Content == content {
		return false, nil
	}
	return true, l.store.Approve(ctx, approval)
}

// edition is a campaign as its files are.
type edition struct {
	campaign     *drip.Campaign
	bundles      []compose.Bundle // of campaign.Issues
	confirmation compose.Bundle
	digest       string               // of all of it
	record       store.CampaignRecord // once the store was told
}
