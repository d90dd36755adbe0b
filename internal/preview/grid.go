package preview

import (
	"net/http"
	"strconv"

	"partwork/internal/drip"
)

// gridPage shows every issue as every persona gets it, in short.
type gridPage struct {
	common
	seriesNav
	People      []string
	Rows        []gridRow
	Newer, Over string // pages of a long series
	From, To    int
	Count       int
}

// gridRow is an issue for all personas.
type gridRow struct {
	Number int
	ID     string
	Draft  bool
	Cells  []gridCell
}

// gridCell is an issue for one persona.
type gridCell struct {
	Path, Subject, Size, Problem string
	Who                          string
}

// gridLength is how many issues are on a page of the grid.
const gridLength = 24

// grid shows the grid.
func (p *Preview) grid(w http.ResponseWriter, r *http.Request) {
	st, e := p.series(w, r)
	if e == nil {
		return
	}
	c, l := e.Campaign, lookOf(r.URL.Query())
	from, err := strconv.Atoi(r.URL.Query().Get("from"))
	if err != nil || from < 1 || from > len(c.Issues) {
		from = 1
	}
	to := min(from+gridLength-1, len(c.Issues))
	page := gridPage{common: p.common(c.Title+", every reader", "list"), seriesNav: navOf(e, l, "grid"), From: from, To: to, Count: len(c.Issues)}
	page.Overlay = p.overlay(st, c.ID, nil)
	people := e.Personas
	if len(people) == 0 {
		people = []drip.Subscriber{nobody()}
	}
	for _, who := range people {
		page.People = append(page.People, called(who))
	}
	for i := from - 1; i < to; i++ {
		page.Rows = append(page.Rows, p.gridRow(st, e, i, people, l))
	}
	path := campaignPath(c.ID) + "_grid?from="
	if from > 1 {
		page.Newer = path + strconv.Itoa(max(1, from-gridLength))
	}
	if to < len(c.Issues) {
		page.Over = path + strconv.Itoa(to+1)
	}
	p.show(w, http.StatusOK, "grid.html", page)
}

func (p *Preview) gridRow(st *state, e *entry, issue int, people []drip.Subscriber, l look) gridRow {
	c := e.Campaign
	out := gridRow{Number: issue + 1, ID: c.Issues[issue].ID, Draft: c.Issues[issue].Draft}
	for k, who := range people {
		if l.as = strconv.Itoa(k); k == 0 {
			l.as = ""
		}
		s := &shown{state: st, entry: e, issue: issue, reader: who, proof: p.proofs.of(c, issue, st.Layouts)}
		p.compose(s)
		cell := gridCell{Path: l.at(issuePath(c.ID, out.ID)), Problem: s.problem, Who: called(who)}
		if s.message != nil {
			cell.Subject, cell.Size = s.message.Subject, kilobytes(len(s.message.HTML))
		}
		out.Cells = append(out.Cells, cell)
	}
	return out
}
