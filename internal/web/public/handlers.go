package public

import (
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
)

// maxBody bounds what a reader may post. The forms need 100 bytes.
const maxBody = 64 << 10

// handler serves the pages behind a link, in one language.
type handler struct {
	audience Audience
	letters  Letters
	images   Images
	signUps  SignUps
	archives Archives
	// base is the public URL, and root its path, both without a final slash.
	base, root string
	pace       time.Duration
	logger     *slog.Logger
	pages      pages
	// proxies tell who asks.
	proxies Proxies
}

// invitation shows the button that confirms.
func (h *handler) invitation(w http.ResponseWriter, r *http.Request) {
	invitation, err := h.audience.Invitation(r.Context(), r.PathValue("token"))
	switch {
	case err != nil:
		h.fail(w, r, err)
	case invitation.Confirmed:
		h.confirmed(invitation).ServeHTTP(w, r)
	case invitation.Comeback != nil:
		h.comeback(w, r, *invitation.Comeback)
	default:
		h.pages.confirm.ServeHTTP(w, r)
	}
}

// comeback shows the two buttons for somebody who was in the series before.
func (h *handler) comeback(w http.ResponseWriter, r *http.Request, back audience.Comeback) {
	page, err := h.pages.comeback(back)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	page.ServeHTTP(w, r)
}

// confirm does it, or the opposite. A form that says nothing, or something else, leaves
// the choice to us.
func (h *handler) confirm(w http.ResponseWriter, r *http.Request) {
	action, err := h.action(w, r)
	if err != nil {
		h.pages.tooLarge.ServeHTTP(w, r)
		return
	}
	if action == never {
		d, err := h.audience.Never(r.Context(), r.PathValue("token"))
		h.show(w, r, err, func() (page, error) { return h.pages.departed(departedView{Departed: d}) })
		return
	}
	choice := audience.Choice(action)
	if choice != audience.ChooseContinue && choice != audience.ChooseAnew {
		choice = audience.ChooseNothing
	}
	invitation, err := h.audience.Confirm(r.Context(), r.PathValue("token"), choice, h.pages.statement)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	h.confirmed(invitation).ServeHTTP(w, r)
}

// never is the button for whoever was signed up by somebody else.
const never = "never"

// confirmed is the page that says what comes next: whoever goes on waits for a
// date of the series, whoever begins may not have to.
func (h *handler) confirmed(invitation audience.Invitation) page {
	if invitation.Continues {
		return h.pages.continued
	}
	return h.pages.confirmed
}

// departure shows the buttons that stop.
func (h *handler) departure(w http.ResponseWriter, r *http.Request) {
	if err := h.audience.Departure(r.Context(), r.PathValue("token")); err != nil {
		h.fail(w, r, err)
		return
	}
	h.pages.leave.ServeHTTP(w, r)
}

// leave stops this series, or everything, whichever mail of the series the link
// is from. It is the one-click endpoint of RFC
// 8058 §3.2 as well: no cookie, no Origin, no redirect, no second question.
// Whatever is posted to this link means "stop": only the button for everything
// is told apart, and a body that says nothing stops the series.
func (h *handler) leave(w http.ResponseWriter, r *http.Request) {
	action, err := h.action(w, r)
	if err != nil {
		h.pages.tooLarge.ServeHTTP(w, r)
		return
	}
	link := r.PathValue("token")
	if action == oneClick {
		if err := h.audience.Leave(r.Context(), link); err != nil {
			h.fail(w, r, err)
			return
		}
		h.pages.left.ServeHTTP(w, r)
		return
	}
	d, err := h.audience.Depart(r.Context(), link, action == "everything")
	h.show(w, r, err, func() (page, error) { return h.pages.departed(departedView{Departed: d}) })
}

// oneClick is what mail programs post, for which nobody looks at the answer.
const oneClick = "one-click"

// action reads what a body asks for; see form.
func (h *handler) action(w http.ResponseWriter, r *http.Request) (string, error) {
	form, err := h.form(w, r)
	if err != nil {
		return "", err
	}
	if form.Get("List-Unsubscribe") == "One-Click" {
		return oneClick, nil
	}
	return form.Get("action"), nil
}

// form reads a body in either of the encodings of RFC 8058 §3.2. The error is
// for a body that is too large; one that is no form has no fields. The query is
// not looked at.
func (h *handler) form(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	var err error
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		err = r.ParseMultipartForm(maxBody)
		if r.MultipartForm != nil {
			defer func() { _ = r.MultipartForm.RemoveAll() }()
		}
	} else {
		err = r.ParseForm()
	}
	if greedy := new(http.MaxBytesError); errors.As(err, &greedy) {
		return nil, err
	}
	return r.PostForm, nil
}

// fail shows the page for links that do not work, or the one for our faults.
func (h *handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, drip.ErrNotFound) {
		h.pages.gone.ServeHTTP(w, r)
		return
	}
	h.logger.Error("page failed", "route", r.Pattern, "error", err)
	h.pages.trouble.ServeHTTP(w, r)
}
