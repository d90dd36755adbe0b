package preview

import (
	"slices"
	"strings"
	"sync"
	"time"

	"partwork/internal/compose"
	"partwork/internal/drip"
)

// state is what the desk shows: the files as they are, and in place of what has
// errors, what was there before. It never changes once it is made.
type state struct {
	Shelf
	version int
	entries []entry
	// broken are campaigns that have errors and never were good.
	broken []string
	// layoutsSince is when the layouts were read, if they have an error by now.
	layoutsSince time.Time
	// trouble says that nothing could be read the last time.
	trouble string
}

// entry is a campaign on the desk.
type entry struct {
	Series
	// read is when its files were good; stale says that they no longer are.
	read  time.Time
	stale bool
}

// id returns the campaign's id.
func (e *entry) id() string { return e.Campaign.ID }

// entry returns the campaign with an id; nil if there is none.
func (s *state) entry(id string) *entry {
	for i := range s.entries {
		if s.entries[i].id() == id {
			return &s.entries[i]
		}
	}
	return nil
}

// about returns the findings about the files of a campaign.
func (s *state) about(id string) []drip.Finding {
	var out []drip.Finding
	for _, f := range s.Findings {
		if s.owner(f.File) == id {
			out = append(out, f)
		}
	}
	return out
}

// owner returns the id of the campaign that a file belongs to, empty for none.
func (s *Shelf) owner(file string) string {
	rest, ok := strings.CutPrefix(file, s.Folder+"/")
	id, _, within := strings.Cut(rest, "/")
	if !ok || !within && !s.has(id) {
		return ""
	}
	return id
}

func (s *Shelf) has(id string) bool {
	return slices.ContainsFunc(s.Series, func(x Series) bool { return x.Campaign.ID == id })
}

// name returns an issue's file as findings name it.
func (s *state) name(file string) string { return s.Folder + "/" + file }

// desk keeps the state.
type desk struct {
	options *Options

	mu    sync.Mutex
	print string
	state *state    // nil before the first reading
	asked time.Time // when the files were looked at last, by the machine's clock
	bell  bell
}

// freshFor is how long the desk believes that nothing has changed: a page, and the frame
// in it, are one look at hundreds of files and not two.
const freshFor = 50 * time.Millisecond

// forget has the files looked at again, however short ago that was.
func (d *desk) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = time.Time{}
}

// now returns the state of the files as they are, having read them again if they have
// changed. The error is for the first time, when there is nothing to show instead.
func (d *desk) now() (*state, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var print string
	if d.options.Print != nil {
		asked := time.Now()
		if d.state != nil && asked.Sub(d.asked) < freshFor {
			return d.state, nil
		}
		d.asked = asked
		if print = d.options.Print(); d.state != nil && print == d.print {
			return d.state, nil
		}
	}
	shelf, err := d.options.Load()
	if d.print = print; err == nil {
		d.state = d.merge(shelf)
		return d.state, nil
	}
	if d.state == nil {
		return nil, err
	}
	if d.state.trouble != err.Error() {
		kept := *d.state
		kept.version++
		kept.trouble = err.Error()
		d.state = &kept
	}
	return d.state, nil
}

// merge puts what was good in place of what no longer is.
func (d *desk) merge(shelf Shelf) *state {
	old := d.state
	if old == nil {
		old = &state{}
	}
	read := d.options.Now()
	next := &state{Shelf: shelf, version: old.version + 1}
	if shelf.Layouts == nil {
		next.Layouts, next.layoutsSince = old.Layouts, read
		if !old.layoutsSince.IsZero() {
			next.layoutsSince = old.layoutsSince
		}
	}
	for _, s := range shelf.Series {
		next.entries = append(next.entries, entry{Series: s, read: read})
	}
	for _, id := range failing(&shelf) {
		if was := old.entry(id); was != nil {
			kept := *was
			kept.stale = true
			next.entries = append(next.entries, kept)
		} else {
			next.broken = append(next.broken, id)
		}
	}
	slices.SortFunc(next.entries, func(a, b entry) int { return strings.Compare(a.id(), b.id()) })
	return next
}

// failing returns the ids of the campaigns that are not on the shelf because of errors.
func failing(s *Shelf) []string {
	var ids []string
	for _, f := range s.Findings {
		rest, ok := strings.CutPrefix(f.File, s.Folder+"/")
		id, _, _ := strings.Cut(rest, "/")
		if ok && f.Severity == drip.SeverityError && id != "" && !s.has(id) && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// readersOf returns a campaign's personas as compose wants them.
func readersOf(s *Series) []compose.Reader {
	var out []compose.Reader
	for _, p := range s.Personas {
		out = append(out, readerOf(p))
	}
	return out
}

func readerOf(p drip.Subscriber) compose.Reader {
	return compose.Reader{Email: p.Email, Name: p.Name, Timezone: p.Timezone, Attributes: p.Attributes}
}
