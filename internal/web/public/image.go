package public

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"time"

	"partwork/internal/store"
)

// Images has the images of mails that do not carry their own; store.Catalog is
// one. The error for a name that nothing has is drip.ErrNotFound.
type Images interface {
	Image(ctx context.Context, name string) (store.Image, error)
}

// imageName is the form of names. It keeps what strangers make up from the
// database.
var imageName = regexp.MustCompile(`^[0-9a-f]{32}\.(?:png|jpeg|gif)$`)

// image serves a picture of a mail. It is the same for all readers, and its
// address says nothing about any. The name is that of the bytes, so whoever has
// them need not ask again: who relays mail keeps them for its readers, and this
// server hears the less of them.
func (h *handler) image(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if h.images == nil || !imageName.MatchString(name) {
		h.pages.gone.ServeHTTP(w, r)
		return
	}
	img, err := h.images.Image(r.Context(), name)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	header := w.Header()
	header.Set("Content-Type", img.Type)
	header.Set("Cache-Control", "public, max-age=31536000, immutable") // RFC 8246 §2
	header.Set("ETag", `"`+name+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(img.Data))
}
