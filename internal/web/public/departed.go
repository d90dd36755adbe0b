package public

import (
	"context"
	"errors"
	"html/template"
	"io/fs"
	"net/http"

	"partwork/internal/audience"
	"partwork/internal/drip"
)

// Departures is what a reader can do on the page after leaving.
type Departures interface {
	Never(ctx context.Context, link string) (audience.Departed, error)
	Depart(ctx context.Context, link string, everything bool) (audience.Departed, error)
	Departed(ctx context.Context, back string) (audience.Departed, error)
	Return(ctx context.Context, back, statement string) (audience.Departed, error)
	SayWhy(ctx context.Context, back string, why drip.LeaveWhy) (audience.Departed, error)
}

// departedView is what left.html and never.html may show.
type departedView struct {
	Lang, Dir, Root string // as in values
	audience.Departed
	// Done is what was done just now, "undo" or "why"; Refused says that it was not.
	Done    string
	Refused bool
}

// Whys are the reasons to choose from.
func (departedView) Whys() []drip.LeaveWhy { return drip.LeaveWhys() }

// departed shows the page after leaving once more: its address is that of its own
// forms, so a browser may load it again.
func (h *handler) departed(w http.ResponseWriter, r *http.Request) {
	d, err := h.audience.Departed(r.Context(), r.PathValue("token"))
	h.show(w, r, err, func() (page, error) { return h.pages.departed(departedView{Departed: d}) })
}

// back takes the leaving back, or keeps the reason. Anything else that is posted here
// changes nothing.
func (h *handler) back(w http.ResponseWriter, r *http.Request) {
	form, err := h.form(w, r)
	if err != nil {
		h.pages.tooLarge.ServeHTTP(w, r)
		return
	}
	var d audience.Departed
	view := departedView{Done: form.Get("action")}
	switch view.Done {
	case "undo":
		d, err = h.audience.Return(r.Context(), r.PathValue("token"), h.pages.undoStatement)
	case "why":
		d, err = h.audience.SayWhy(r.Context(), r.PathValue("token"), drip.LeaveWhy(form.Get("why")))
	default:
		h.departed(w, r)
		return
	}
	if refusal := new(audience.Refusal); errors.As(err, &refusal) {
		view.Refused = true
		d, err = h.audience.Departed(r.Context(), r.PathValue("token"))
	}
	view.Departed = d
	h.show(w, r, err, func() (page, error) { return h.pages.departed(view) })
}

// departedPage returns what renders the page after leaving, and that for those who never
// joined. It fails if a template does, with any of what it may have to show.
func departedPage(files fs.FS, v values) (func(departedView) (page, error), error) {
	const joined, stranger = "left.html", "never.html"
	ts := make(map[string]*template.Template)
	for _, name := range []string{joined, stranger} {
		t, err := readFile(files, name, v.words)
		if err != nil {
			return nil, err
		}
		ts[name] = t
	}
	show := func(view departedView) (page, error) {
		view.Lang, view.Dir, view.Root = v.Lang, v.Dir, v.Root
		name := joined
		if view.Never {
			name = stranger
		}
		body, err := execute(ts[name], name, view)
		return htmlPage(http.StatusOK, body), err
	}
	for _, d := range []audience.Departed{
		{}, {Everything: true}, {Back: "b", Leave: "l"}, {Back: "b", Leave: "l", Everything: true}, {Late: true},
		{Back: "b", Leave: "l", Why: drip.WhyTooOften}, {Back: "b", Leave: "l", Returned: true}, {Returned: true, Everything: true},
		{Never: true, Everything: true}, {Never: true, Everything: true, Back: "b"}, {Never: true, Everything: true, Returned: true},
	} {
		for _, view := range []departedView{{Departed: d}, {Departed: d, Done: "undo"}, {Departed: d, Done: "undo", Refused: true}, {Departed: d, Done: "why"}, {Departed: d, Done: "why", Refused: true}} {
			if _, err := show(view); err != nil {
				return nil, err
			}
		}
	}
	for _, t := range ts {
		fold(t, v.words)
	}
	return show, nil
}
