package public

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"partwork/internal/audience"
)

// Privacy is what a person can do about themselves, by a link that only their own
// mailbox gets.
type Privacy interface {
	AskPrivate(ctx context.Context, link string) error
	Private(ctx context.Context, link string) error
	Own(ctx context.Context, link string) (audience.Own, error)
	Download(ctx context.Context, link string) (audience.Data, error)
	EraseSelf(ctx context.Context, link string) error
	AskAddress(ctx context.Context, link, written string) error
	Moving(ctx context.Context, link string) error
	TakeAddress(ctx context.Context, link string) error
	DeclineAddress(ctx context.Context, link string) error
}

// askPrivate is the button on the preferences page that has the link mailed.
const askPrivate audience.WishKind = "ask-private"

func (h *handler) askPrivate(w http.ResponseWriter, r *http.Request) {
	err := h.audience.AskPrivate(r.Context(), r.PathValue("token"))
	h.show(w, r, err, func() (page, error) { return h.pages.mailed, nil })
}

// own shows the private page, which says nothing of its holder before they ask.
func (h *handler) own(w http.ResponseWriter, r *http.Request) { h.ownAfter(w, r, ownView{}) }

func (h *handler) ownAfter(w http.ResponseWriter, r *http.Request, view ownView) {
	err := h.audience.Private(r.Context(), r.PathValue("token"))
	h.show(w, r, err, func() (page, error) { return h.pages.own(view) })
}

// ownAction does what the holder of a private link asks for. What cannot be undone
// is asked once more.
func (h *handler) ownAction(w http.ResponseWriter, r *http.Request) {
	form, err := h.form(w, r)
	if err != nil {
		h.pages.tooLarge.ServeHTTP(w, r)
		return
	}
	link := r.PathValue("token")
	switch form.Get("action") {
	case "show":
		own, err := h.audience.Own(r.Context(), link)
		h.show(w, r, err, func() (page, error) { return h.pages.own(ownView{Own: &own}) })
	case "download":
		data, err := h.audience.Download(r.Context(), link)
		data.Note = h.pages.dataNote
		h.show(w, r, err, func() (page, error) { return dataPage(w, data) })
	case "address":
		h.askAddress(w, r, form.Get("email"))
	case "ask-erase":
		h.ownAfter(w, r, ownView{Erasing: true})
	case "erase":
		err := h.audience.EraseSelf(r.Context(), link)
		h.show(w, r, err, func() (page, error) { return h.pages.erased, nil })
	default:
		h.ownAfter(w, r, ownView{})
	}
}

// askAddress answers the same whoever has the address.
func (h *handler) askAddress(w http.ResponseWriter, r *http.Request, written string) {
	err := h.audience.AskAddress(r.Context(), r.PathValue("token"), written)
	view := ownView{Asked: true}
	if refusal := new(audience.Refusal); errors.As(err, &refusal) {
		view, err = ownView{Written: shortened(written, maxAddress), Refused: true}, nil
	}
	h.show(w, r, err, func() (page, error) { return h.pages.own(view) })
}

// maxAddress is how much is shown again of an address that is none, in bytes.
const maxAddress = 254

// shortened returns the beginning of what somebody wrote.
func shortened(text string, most int) string {
	text = strings.ToValidUTF8(text, "")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "")
	}
	return text
}

// dataPage is a file to keep.
func dataPage(w http.ResponseWriter, data audience.Data) (page, error) {
	body, err := json.MarshalIndent(data, "", "  ")
	if err != nil {
		return page{}, err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="my-data.json"`)
	return page{status: http.StatusOK, kind: "application/json", body: append(body, '\n')}, nil
}

// moving asks whoever has the mailbox of a new address. It says nothing of anybody:
// the address may have been mistyped.
func (h *handler) moving(w http.ResponseWriter, r *http.Request) {
	err := h.audience.Moving(r.Context(), r.PathValue("token"))
	h.show(w, r, err, func() (page, error) { return h.pages.moving, nil })
}

// move takes the answer. Only the button says yes: the link is also the
// List-Unsubscribe of its mail, and what a mail program posts there means no.
func (h *handler) move(w http.ResponseWriter, r *http.Request) {
	action, err := h.action(w, r)
	if err != nil {
		h.pages.tooLarge.ServeHTTP(w, r)
		return
	}
	answer, do := h.pages.stays, h.audience.DeclineAddress
	if action == "yes" {
		answer, do = h.pages.moved, h.audience.TakeAddress
	}
	err = do(r.Context(), r.PathValue("token"))
	if refusal := new(audience.Refusal); errors.As(err, &refusal) {
		answer, err = h.pages.unmoved, nil
	}
	h.show(w, r, err, func() (page, error) { return answer, nil })
}
