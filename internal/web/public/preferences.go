package public

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"partwork/internal/audience"
	"partwork/internal/timing"
)

// preferences shows where the reader is and what they can ask for.
func (h *handler) preferences(w http.ResponseWriter, r *http.Request) {
	h.preferencesAfter(w, r, outcome{})
}

// wish does what a reader asks for and shows how things stand then. There is no
// redirect, as on the other pages: asking twice for the same has the effect of once.
func (h *handler) wish(w http.ResponseWriter, r *http.Request) {
	form, err := h.form(w, r)
	if err != nil {
		h.pages.tooLarge.ServeHTTP(w, r)
		return
	}
	kind := audience.WishKind(form.Get("action"))
	switch kind {
	case askRestart:
		h.askRestart(w, r)
		return
	case askPrivate:
		h.askPrivate(w, r)
		return
	case audience.WishPause, audience.WishResume, audience.WishPace, audience.WishZone, audience.WishNext, audience.WishRestart:
	default:
		h.preferencesAfter(w, r, outcome{})
		return
	}
	wish, ok := readWish(kind, form)
	after := outcome{Done: kind}
	if ok {
		err = h.audience.Grant(r.Context(), r.PathValue("token"), wish)
	}
	switch refusal := new(audience.Refusal); {
	case !ok, errors.As(err, &refusal):
		after = outcome{Refused: kind, Written: written(kind, form)}
	case err != nil:
		h.fail(w, r, err)
		return
	}
	h.preferencesAfter(w, r, after)
}

// askRestart is the button that leads to the second question; it changes nothing.
const askRestart audience.WishKind = "ask-restart"

func (h *handler) askRestart(w http.ResponseWriter, r *http.Request) {
	now, err := h.audience.Preferences(r.Context(), r.PathValue("token"))
	if err == nil && now.Stage == audience.StageOut {
		h.preferencesAfter(w, r, outcome{})
		return
	}
	h.show(w, r, err, func() (page, error) { return h.pages.restart(preferencesView{Preferences: now}) })
}

// preferencesAfter shows the preferences with what became of a wish.
func (h *handler) preferencesAfter(w http.ResponseWriter, r *http.Request, o outcome) {
	now, err := h.audience.Preferences(r.Context(), r.PathValue("token"))
	h.show(w, r, err, func() (page, error) {
		return h.pages.preferences(preferencesView{Preferences: now, outcome: o})
	})
}

// show shows a page that is rendered for one reader, or says why not.
func (h *handler) show(w http.ResponseWriter, r *http.Request, err error, render func() (page, error)) {
	var p page
	if err == nil {
		p, err = render()
	}
	if err != nil {
		h.fail(w, r, err)
		return
	}
	p.ServeHTTP(w, r)
}

// readWish reads a form; false says that a field has no value that could be meant.
func readWish(kind audience.WishKind, form url.Values) (wish audience.Wish, ok bool) {
	wish = audience.Wish{Kind: kind, Zone: form.Get("zone"), Issue: form.Get("issue")}
	var err error
	switch kind {
	case audience.WishPause:
		wish.Until, err = timing.ParseDate(strings.TrimSpace(form.Get("until")))
	case audience.WishPace:
		wish.Pace, err = strconv.Atoi(form.Get("pace"))
	}
	return wish, err == nil
}

// maxWritten is how much is shown again of what somebody typed, in bytes.
const maxWritten = 64

// written returns what somebody typed that cannot be granted, so that they can mend
// it.
func written(kind audience.WishKind, form url.Values) string {
	field := map[audience.WishKind]string{audience.WishPause: "until", audience.WishZone: "zone"}[kind]
	return shortened(form.Get(field), maxWritten)
}
