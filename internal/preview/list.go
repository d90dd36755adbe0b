package preview

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"partwork/internal/compose"
	"partwork/internal/drip"
)

// homePage lists the campaigns.
type homePage struct {
	common
	Series   []card
	Broken   []string
	Findings []excerpt
}

// card is a campaign on the front page.
type card struct {
	Path, Title, ID, Schedule, From string
	Issues, Drafts                  int
	Errors, Warnings                int
	Checking, Stale                 bool
	Calendar, Grid                  string
	First                           []string // subjects
}

// home lists the campaigns, and what is wrong with the folder as a whole.
func (p *Preview) home(w http.ResponseWriter, _ *http.Request) {
	page := homePage{common: p.common("The writing desk", "list")}
	st, err := p.desk.now()
	if err != nil {
		p.unreadable(w, err)
		return
	}
	page.Broken = st.broken
	for i := range st.entries {
		page.Series = append(page.Series, p.card(st, &st.entries[i]))
	}
	for _, f := range st.Findings {
		id := st.owner(f.File)
		if id == "" || slices.Contains(st.broken, id) {
			page.Findings = append(page.Findings, excerpt{Finding: f, Lines: p.around(st, f)})
		}
	}
	if st.trouble != "" {
		page.Overlay = p.overlay(st, "", nil)
	}
	p.show(w, http.StatusOK, "home.html", page)
}

// card is a campaign for the front page.
func (p *Preview) card(st *state, e *entry) card {
	c := e.Campaign
	item := card{
		Path: campaignPath(c.ID), Title: c.Title, ID: c.ID, From: sender(c), Issues: len(c.Issues), Stale: e.stale,
		Calendar: campaignPath(c.ID) + "_calendar", Grid: campaignPath(c.ID) + "_grid",
	}
	if !c.Schedule.IsZero() {
		item.Schedule = c.Schedule.Describe()
	}
	for i := range c.Issues {
		if c.Issues[i].Draft {
			item.Drafts++
		}
	}
	for _, f := range p.all(st, e) {
		if f.Severity == drip.SeverityError {
			item.Errors++
		} else {
			item.Warnings++
		}
	}
	item.Checking = p.unchecked(e) > 0
	return item
}

// sender is the name that an inbox shows.
func sender(c *drip.Campaign) string {
	if c.From.Name != "" && !c.Discreet {
		return c.From.Name
	}
	return c.From.Address.String()
}

// all returns every finding about a campaign that is known, each once.
func (p *Preview) all(st *state, e *entry) []drip.Finding {
	list := slices.Concat(st.about(e.id()), p.checks.of(e.id()))
	for issue := -1; issue < len(e.Campaign.Issues); issue++ {
		id := drip.ConfirmationID
		if issue >= 0 {
			id = e.Campaign.Issues[issue].ID
		}
		if pr := p.proofs.get([2]string{e.id(), id}); pr != nil {
			list = append(list, pr.findings...)
		}
	}
	seen := make(map[drip.Finding]bool, len(list))
	return slices.DeleteFunc(list, func(f drip.Finding) bool {
		before := seen[f]
		seen[f] = true
		return before
	})
}

// unchecked counts the issues of which it is not known yet what check would say.
func (p *Preview) unchecked(e *entry) (n int) {
	for i := range e.Campaign.Issues {
		if pr := p.proofs.known(e.Campaign, i); pr == nil || pr.checked == "" {
			n++
		}
	}
	return n
}

// listPage is a campaign: its issues as they will stand in an inbox.
type listPage struct {
	common
	seriesNav
	Schedule, From string
	Rows           []row
	Inboxes        []choice
	Inbox          string
	Findings       []excerpt
	Checking       int
	Confirmation   string
	Personas       personaForm
	Ground         string
}

// seriesNav leads to the pages of a campaign.
type seriesNav struct {
	Campaign, Key, List, Calendar, Grid string
	At                                  string // which of them this is
}

func navOf(e *entry, l look, at string) seriesNav {
	path := campaignPath(e.id())
	return seriesNav{
		Campaign: e.Campaign.Title, Key: e.id(), At: at,
		List: l.at(path), Calendar: l.at(path + "_calendar"), Grid: l.at(path + "_grid"),
	}
}

// row is an issue in an inbox.
type row struct {
	Path, Number, ID         string
	From, Subject, Preheader string
	Draft, Current, Checking bool
	Errors, Warnings         int
	Size                     string
	Clipped                  bool
	Attachments              int
	NotBefore                string
}

// patience is how long a page waits for the findings of issues that nobody has looked
// through yet. What is found later stands there the next time.
const patience = 150 * time.Millisecond

// list shows a campaign.
func (p *Preview) list(w http.ResponseWriter, r *http.Request) {
	st, e := p.series(w, r)
	if e == nil {
		return
	}
	l := lookOf(r.URL.Query())
	if r.Header.Get(liveHeader) == "" {
		p.hurry(st, e)
	}
	page := listPage{common: p.common(e.Campaign.Title, "list"), seriesNav: navOf(e, l, "list"), From: sender(e.Campaign)}
	page.Overlay = p.overlay(st, e.id(), nil)
	s := &shown{state: st, entry: e, look: l}
	if err := p.choose(r, s); err != nil {
		p.say(w, http.StatusNotFound, "Nobody has this number", err.Error())
		return
	}
	if !e.Campaign.Schedule.IsZero() {
		page.Schedule = e.Campaign.Schedule.Describe()
	}
	page.Rows = p.rows(s)
	page.Inbox, page.Inboxes = l.inbox, l.choices(inboxes, campaignPath(e.id()), func(l *look) *string { return &l.inbox })
	page.Checking = p.unchecked(e)
	page.Confirmation = l.at(issuePath(e.id(), drip.ConfirmationID))
	page.Personas = p.personas(s, campaignPath(e.id()))
	files := make(map[string]bool)
	for i := range e.Campaign.Issues {
		files[st.name(e.Campaign.Issues[i].File)] = true
	}
	for _, f := range p.all(st, e) {
		if !files[f.File] && (f.Severity != drip.SeverityError || page.Overlay == nil) {
			page.Findings = append(page.Findings, excerpt{Finding: f, Lines: p.around(st, f)})
		}
	}
	p.show(w, http.StatusOK, "list.html", page)
}

// hurry looks through the issues that nobody has looked through yet, as far as that is
// quickly done.
func (p *Preview) hurry(st *state, e *entry) {
	until := time.Now().Add(patience)
	for issue := -1; issue < len(e.Campaign.Issues) && time.Now().Before(until); issue++ {
		if issue >= 0 {
			if pr := p.proofs.known(e.Campaign, issue); pr != nil && pr.checked != "" {
				continue // what has changed since is looked at when the issue is opened
			}
		}
		p.proofs.check(st, e, issue)
	}
}

// rows are the issues of a campaign for a reader, in order.
func (p *Preview) rows(s *shown) []row {
	c := s.entry.Campaign
	counts := make(map[string][2]int)
	for _, f := range p.all(s.state, s.entry) {
		n := counts[f.File]
		if f.Severity == drip.SeverityError {
			n[0]++
		} else {
			n[1]++
		}
		counts[f.File] = n
	}
	var out []row
	for i := range c.Issues {
		is := &c.Issues[i]
		n := counts[s.state.name(is.File)]
		item := row{
			Path: s.look.at(issuePath(c.ID, is.ID)), Number: fmt.Sprint(i + 1), ID: is.ID, From: sender(c),
			Draft: is.Draft, Current: i == s.issue && s.id != "", Errors: n[0], Warnings: n[1], Attachments: len(is.Attachments),
		}
		if !is.NotBefore.IsZero() {
			item.NotBefore = is.NotBefore.String()
		}
		reader := readerOf(s.reader)
		reader.Number, reader.Count = compose.Position(c, i)
		line := compose.RowOf(compose.LinesOf(c, i, s.state.Layouts), reader)
		item.Subject, item.Preheader = line.Subject, line.Preheader
		if pr := p.proofs.known(c, i); pr == nil || pr.checked == "" {
			item.Checking = true
		} else if pr.size > 0 {
			item.Size, item.Clipped = kilobytes(pr.size), pr.size > clip
		}
		out = append(out, item)
	}
	return out
}

// clip is how many octets of HTML Gmail shows, as check counts them.
const clip = 102_400

// kilobytes writes a size for people.
func kilobytes(octets int) string { return fmt.Sprintf("%.1f kB", float64(octets)/1000) }

// personaForm chooses whom things are shown as.
type personaForm struct {
	Action   string
	Choices  []choice
	Hidden   []choice // the rest of the look: Value and Label
	Database bool
	As       string // where an address is looked up
	Who      string
}

// personas lists whom things can be shown as, from a page.
func (p *Preview) personas(s *shown, path string) personaForm {
	f := personaForm{Action: path, Database: p.options.People != nil, As: campaignPath(s.entry.id()) + "_as", Who: called(s.reader)}
	for i, persona := range s.entry.Personas {
		value := ""
		if i > 0 {
			value = fmt.Sprint(i)
		}
		f.Choices = append(f.Choices, choice{Value: value, Label: called(persona), Current: !s.subscriber && i == s.persona})
	}
	if s.subscriber {
		f.Choices = append(f.Choices, choice{Value: s.look.as, Label: called(s.reader) + ", subscriber", Current: true})
	}
	for key, value := range map[string]string{
		"view": s.look.view, "width": s.look.width, "colors": s.look.colors, "images": s.look.images, "inbox": s.look.inbox,
	} {
		if value != "" {
			f.Hidden = append(f.Hidden, choice{Label: key, Value: value})
		}
	}
	slices.SortFunc(f.Hidden, func(a, b choice) int { return len(a.Label) - len(b.Label) })
	return f
}

// called is what a persona is called.
func called(s drip.Subscriber) string {
	label := s.Name
	if label == "" {
		label = "No name, " + s.Email.String()
	}
	if s.Timezone != "" {
		label += " · " + s.Timezone
	}
	return label
}
