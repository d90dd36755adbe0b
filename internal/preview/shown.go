package preview

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// shown is one issue, or the confirmation, as one reader gets it.
type shown struct {
	state *state
	entry *entry
	issue int // -1 for the confirmation
	id    string
	look  look
	// reader is the persona, or subscriber says that it is somebody real.
	reader     drip.Subscriber
	persona    int
	subscriber bool

	proof *proof
	// copy is what the message was made from; its edition is an earlier version if
	// the issue has errors.
	copy     Copy
	earlier  bool
	message  *compose.Message // nil if it cannot be composed
	problem  string           // why not
	findings []drip.Finding
}

// series finds the campaign that a request asks for. It returns nil, having answered,
// if there is none.
func (p *Preview) series(w http.ResponseWriter, r *http.Request) (*state, *entry) {
	st, err := p.desk.now()
	if err != nil {
		p.unreadable(w, err)
		return nil, nil
	}
	id := r.PathValue("campaign")
	e := st.entry(id)
	if e == nil || st.Layouts == nil {
		if slices.Contains(st.broken, id) || e != nil {
			p.brokenSeries(w, st, id)
		} else {
			p.missing(w)
		}
		return nil, nil
	}
	return st, e
}

// find composes what a request asks for. It returns nil, having answered, when there is
// nothing to show.
func (p *Preview) find(w http.ResponseWriter, r *http.Request) *shown {
	st, e := p.series(w, r)
	if e == nil {
		return nil
	}
	s := &shown{state: st, entry: e, id: r.PathValue("issue"), look: lookOf(r.URL.Query())}
	if s.issue = e.Campaign.Issue(s.id); s.issue < 0 && s.id != drip.ConfirmationID {
		p.missing(w)
		return nil
	}
	if err := p.choose(r, s); err != nil {
		p.say(w, http.StatusNotFound, "Nobody has this number", err.Error())
		return nil
	}
	s.proof = p.proofs.of(e.Campaign, s.issue, st.Layouts)
	if r.Header.Get(liveHeader) == "" { // there is no script that asks again
		s.proof = p.proofs.check(st, e, s.issue)
	}
	s.findings = p.findings(s)
	p.compose(s)
	return s
}

// liveHeader is set by the page's own script, which hears of the findings when they
// are there and need not wait for them.
const liveHeader = "Partwork-Live"

// choose finds whom the message is shown as.
func (p *Preview) choose(r *http.Request, s *shown) error {
	if id, ok := s.look.subscriber(); ok {
		if p.options.People == nil {
			return errors.New("there is no database to look somebody up in")
		}
		who, err := p.options.People.Subscriber(r.Context(), drip.SubscriberID(id))
		if errors.Is(err, drip.ErrNotFound) {
			return fmt.Errorf("the database has no subscriber %d", id)
		}
		s.reader, s.subscriber = who, true
		return err
	}
	s.persona = s.look.persona(len(s.entry.Personas))
	s.reader = nobody()
	if len(s.entry.Personas) > 0 {
		s.reader = s.entry.Personas[s.persona]
	}
	return nil
}

// nobody stands in where there are no personas.
func nobody() drip.Subscriber {
	a, err := mailaddr.Parse("reader@example.org")
	if err != nil {
		panic("preview: " + err.Error()) // the address is a constant
	}
	return drip.Subscriber{Email: a}
}

// findings returns what check says about the issue's own file.
func (p *Preview) findings(s *shown) []drip.Finding {
	list := s.proof.findings
	if s.proof.checked != checkKey(s.entry, s.issue) {
		list = append(s.proof.early(s.state, s.entry.Campaign, s.issue), list...)
	}
	file := s.file()
	var out []drip.Finding
	for _, f := range slices.Concat(s.state.Findings, list, p.checks.of(s.entry.id())) {
		if f.File == file && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, byLine)
	return out
}

func byLine(a, b drip.Finding) int { return a.Line - b.Line }

// file is the issue's file as findings name it.
func (s *shown) file() string {
	if s.issue < 0 {
		return s.state.Templates + "/email/confirmation.md"
	}
	return s.state.name(s.entry.Campaign.Issues[s.issue].File)
}

// compose makes the message, of the last version that can be composed.
func (p *Preview) compose(s *shown) {
	good := s.proof.good
	if good == nil {
		s.problem = "This issue has errors, so there is no message to show."
		return
	}
	s.earlier = good.edition != s.proof.edition
	s.copy = Copy{Campaign: s.entry.Campaign, Issue: s.issue, Edition: good.edition, Reader: s.reader, At: p.options.Now().Truncate(time.Second)}
	m, err := s.state.Compose(s.copy)
	switch {
	case errors.Is(err, compose.ErrMissing):
		s.problem = "This reader lacks a value that the issue has no default for, so they cannot be sent it: " + err.Error()
	case err != nil:
		s.problem = err.Error()
	default:
		s.message = m
	}
}

// campaignPath and issuePath are the addresses of pages.
func campaignPath(campaign string) string { return "/" + url.PathEscape(campaign) + "/" }

func issuePath(campaign, issue string) string { return campaignPath(campaign) + url.PathEscape(issue) }
