package public

import (
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"partwork/internal/theme"
)

// dressed are the files of the templates, with the theme among them.
type dressed struct {
	fs.FS
	look *theme.Theme
	root string // path of the public URL, without a final slash
}

// dress reads the theme.
func dress(files fs.FS, root string) (dressed, error) {
	look, err := theme.Load(files)
	return dressed{files, look, root}, err
}

// logoView is what a page shows of the logo.
type logoView struct {
	Path, Alt     string
	Width, Height int
}

// logo returns the logo if pages have one. Its address changes with its bytes, so that
// browsers may keep it.
func (d dressed) logo() *logoView {
	l := d.look.Logo
	if l == nil || !d.look.OnPages {
		return nil
	}
	return &logoView{
		Path: d.root + "/" + d.logoName(), Alt: l.Alt, Width: l.Width,
		Height: max(1, l.Image.Height*l.Width/max(1, l.Image.Width)),
	}
}

// logoName is the path of the logo below the root.
func (d dressed) logoName() string {
	sum := sha256.Sum256(d.look.Logo.Image.Data)
	return "logo/" + hex.EncodeToString(sum[:16])
}

// footer returns the lines of the footer if pages have one.
func (d dressed) footer() []string {
	if d.look.Footer == "" || !d.look.OnPages {
		return nil
	}
	return strings.Split(d.look.Footer, "\n")
}

// funcsOf returns what the frame of a page may ask for: {{with logo}} and {{with footer}}.
func funcsOf(files fs.FS) template.FuncMap {
	d, ok := files.(dressed)
	if !ok {
		d = dressed{look: theme.Default()}
	}
	return template.FuncMap{"logo": d.logo, "footer": d.footer}
}

// picture serves the logo.
func (d dressed) picture() http.Handler {
	img := page{status: http.StatusOK, kind: d.look.Logo.Image.Type, body: d.look.Logo.Image.Data}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable") // RFC 8246 §2
		img.ServeHTTP(w, r)
	})
}
