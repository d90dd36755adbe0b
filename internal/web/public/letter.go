package public

import (
	"context"
	"net/http"
)

// Letters shows what somebody was sent. The error for a link that does not work is
// drip.ErrNotFound.
type Letters interface {
	Letter(ctx context.Context, link string) (Letter, error)
}

// Letter is a message as a page.
type Letter struct {
	// HTML is the whole page. Nothing a reader or an author wrote is markup in it.
	HTML string
	// Images are the source expressions from which it loads its images.
	Images []string
}

// letter shows one issue as it was sent. The mail has its styles in the page, so this
// page alone may have such; scripts, forms, frames and fonts stay forbidden, and
// images come from where the mail has them and from nowhere else.
func (h *handler) letter(w http.ResponseWriter, r *http.Request) {
	if h.letters == nil {
		h.pages.gone.ServeHTTP(w, r)
		return
	}
	letter, err := h.letters.Letter(r.Context(), r.PathValue("token"))
	if err != nil {
		h.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Security-Policy", letterPolicy(letter.Images))
	htmlPage(http.StatusOK, []byte(letter.HTML)).ServeHTTP(w, r)
}
