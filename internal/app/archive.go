package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/timing"
	"partwork/internal/web/public"
)

// archivesKept is how many pages of archives are kept ready.
const archivesKept = 500

// archives shows the issues of campaigns that say so: the version of each that would be sent
// now, to somebody of whom nothing is known. Nothing in it is a reader's. It is safe for
// concurrent use.
type archives struct {
	in     *Instance
	making *compose.Archivist

	mu    sync.Mutex
	ready map[archiveKey]*archivedIssue
}

// archiveKey is all that decides what a page looks like, as long as the templates stay.
type archiveKey struct {
	content       drip.ContentID
	number, count int
}

// archivedIssue is a page that was made, or why it cannot be shown.
type archivedIssue struct {
	compose.Archived
	images []string
	saved  time.Time
	err    error
}

// newArchives makes pages with these templates.
func (in *Instance) newArchives(files fs.FS) (*archives, error) {
	making, err := compose.LoadArchivist(files)
	if err != nil {
		return nil, err
	}
	return &archives{in: in, making: making, ready: make(map[archiveKey]*archivedIssue)}, nil
}

// find returns the campaign in force with that key, if it has an archive.
func (a *archives) find(key string) (scheduler.Program, error) {
	for _, p := range a.in.Library.Programs() {
		if p.Campaign.Key == key && p.Campaign.Archive.Open() {
			return p, nil
		}
	}
	return scheduler.Program{}, fmt.Errorf("archive: %w", drip.ErrNotFound)
}

// ArchiveLanguage implements [public.Archives].
func (a *archives) ArchiveLanguage(key string) string {
	p, err := a.find(key)
	if err != nil {
		return ""
	}
	return p.Campaign.Language
}

// Indexed implements [public.Archives].
func (a *archives) Indexed() (keys []string) {
	for _, p := range a.in.Library.Programs() {
		if p.Campaign.Archive == drip.ArchiveIndexed {
			keys = append(keys, p.Campaign.Key)
		}
	}
	slices.Sort(keys)
	return keys
}

// Archive implements [public.Archives].
func (a *archives) Archive(ctx context.Context, key string) (public.Archive, error) {
	p, err := a.find(key)
	if err != nil {
		return public.Archive{}, err
	}
	c := p.Campaign
	out := public.Archive{Key: key, Title: c.Title, ID: archiveURN(key, ""), Language: c.Spoken(), Indexed: c.Archive == drip.ArchiveIndexed}
	if !c.Discreet {
		out.Sender = c.From.Name
	}
	switch _, err := a.in.Audience.SignUpForm(ctx, key); {
	case err == nil:
		out.Joinable = true
	case !errors.Is(err, drip.ErrNotFound):
		return public.Archive{}, err
	}
	for i := range c.Issues {
		if !a.shown(p, i) {
			continue
		}
		issue, err := a.issue(ctx, p, i)
		if err != nil {
			return public.Archive{}, err
		}
		if issue.err != nil {
			continue
		}
		number, _ := compose.Position(c, i)
		out.Issues = append(out.Issues, public.ArchivedIssue{
			No: int64(p.Record.Issues[c.Issues[i].ID]), Number: number, Subject: issue.Subject, Preheader: issue.Preheader,
			ID: archiveURN(key, c.Issues[i].ID), Saved: issue.saved,
		})
	}
	return out, nil
}

// ArchivedIssue implements [public.Archives].
func (a *archives) ArchivedIssue(ctx context.Context, key string, no int64) (public.ArchivePage, error) {
	p, err := a.find(key)
	if err != nil {
		return public.ArchivePage{}, err
	}
	i := slices.IndexFunc(p.Campaign.Issues, func(is drip.Issue) bool { return int64(p.Record.Issues[is.ID]) == no })
	if i < 0 || no == 0 || !a.shown(p, i) {
		return public.ArchivePage{}, fmt.Errorf("archive: %w", drip.ErrNotFound)
	}
	issue, err := a.issue(ctx, p, i)
	if err == nil && issue.err != nil {
		err = fmt.Errorf("archive: %w", drip.ErrNotFound)
	}
	if err != nil {
		return public.ArchivePage{}, err
	}
	return public.ArchivePage{
		Letter:  public.Letter{HTML: issue.HTML, Images: issue.images},
		Indexed: p.Campaign.Archive == drip.ArchiveIndexed,
	}, nil
}

// shown reports whether an issue is in the archive: it may be sent, and its day has come on
// the campaign's own clock.
func (a *archives) shown(p scheduler.Program, i int) bool {
	issue := &p.Campaign.Issues[i]
	if issue.Draft || i >= len(p.Contents) || p.Contents[i] == 0 {
		return false
	}
	if issue.NotBefore.IsZero() {
		return true
	}
	loc, err := a.in.Zones.Load(p.Campaign.Zone("", a.in.Config.Timezone))
	if err != nil {
		loc = time.UTC
	}
	return timing.DateAt(a.in.calendar().In(loc)) >= issue.NotBefore
}

// issue returns a page, made before or now.
func (a *archives) issue(ctx context.Context, p scheduler.Program, i int) (*archivedIssue, error) {
	key := archiveKey{content: p.Contents[i]}
	key.number, key.count = compose.Position(p.Campaign, i)
	a.mu.Lock()
	defer a.mu.Unlock()
	if made, ok := a.ready[key]; ok {
		return made, nil
	}
	made, err := a.make(ctx, p.Campaign.Key, key)
	if err != nil {
		return nil, err
	}
	if len(a.ready) >= archivesKept {
		clear(a.ready)
	}
	a.ready[key] = made
	return made, nil
}

// make makes a page. The error is that of the database; what is wrong with the version
// itself is kept with the page.
func (a *archives) make(ctx context.Context, campaign string, key archiveKey) (*archivedIssue, error) {
	data, err := a.in.Store.Content(ctx, key.content)
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	saved, err := a.in.Store.SavedAt(ctx, []drip.ContentID{key.content})
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	made := &archivedIssue{saved: saved[key.content]}
	bundle, err := compose.DecodeBundle(data)
	if err == nil {
		base := strings.TrimRight(a.in.Config.PublicURL, "/")
		made.Archived, err = a.making.Compile(bundle).Archived(key.number, key.count, base+"/a/"+campaign, imagesURL(base))
	}
	if err != nil {
		a.in.log.Warn("an issue is not in the public archive", "content", int64(key.content), "error", err)
		made.err = err
		return made, nil
	}
	made.images = compose.ImageSources(made.HTML)
	return made, nil
}

// archiveURN names an issue for feed readers, wherever the archive is (RFC 4287 §4.2.6), or,
// for "", the archive. It is a UUID of our own making (RFC 9562 §5.8).
func archiveURN(campaign, issue string) string {
	sum := sha256.Sum256([]byte("partwork archive\x00" + campaign + "\x00" + issue))
	id := sum[:16]
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
