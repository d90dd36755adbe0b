package compose

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"partwork/internal/drip"
	"partwork/internal/theme"
)

// Image is an image as a bundle stores it: with its bytes, so that an edited file
// changes no message that was begun before.
type Image struct {
	// Path is how the text names it.
	Path string `json:"path"`
	// Type is the media type, and Width and Height are in pixels.
	Type   string `json:"type"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Data   []byte `json:"data"`
}

// The sizes of images, in pixels of a page: the text of an issue is columnWidth wide
// on a large screen, and screens have up to two dots for each such pixel.
const (
	columnWidth = 544
	dense       = "@2x."
)

// logoPath is the path of the logo in a bundle; no file of a campaign has it.
const logoPath = "/logo"

// logoOf returns the theme's logo as an image of the bundle.
func logoOf(l *theme.Logo) Image {
	img := Image(l.Image)
	img.Path = logoPath
	return img
}

// imagesIn returns those images of a campaign that a text names.
func imagesIn(c *drip.Campaign, markdown string) []Image {
	var out []Image
	for _, img := range c.Images {
		if strings.Contains(markdown, img.Path) {
			out = append(out, Image(img))
		}
	}
	return out
}

// Name returns the name under which the image is fetched where images are hosted. It
// says nothing but which bytes they are.
func (i Image) Name() string {
	return i.digest() + "." + strings.TrimPrefix(i.Type, "image/")
}

// digest names the bytes.
func (i Image) digest() string { return digest(i.Data) }

// digest names some bytes.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}

// shown returns the size in which the image is shown: its own, or half of it if its
// name says that it is dense, but no wider than the column.
func (i Image) shown() (width, height int) {
	width, height = i.Width, i.Height
	if strings.Contains(i.Path, dense) {
		width, height = (width+1)/2, (height+1)/2
	}
	if width > columnWidth {
		width, height = columnWidth, max(1, height*columnWidth/width)
	}
	return width, height
}

// contentID returns the image's Content-ID (RFC 2392 §2), without brackets.
func (b *Bundle) contentID(i Image) string {
	domain := b.From.Address.Domain()
	if domain == "" {
		domain = "invalid"
	}
	return i.digest() + "@" + domain
}

// source returns what an img element's src is, with marks.
func (c *compiler) source(i Image) string {
	if c.b.HostedImages {
		return c.slots.mark(slot{path: fieldImages, place: inLink}) + "/" + i.Name()
	}
	return "cid:" + c.b.contentID(i)
}

// image returns the bundle's image of that path.
func (b *Bundle) image(path string) (Image, bool) {
	for _, i := range b.Images {
		if i.Path == path {
			return i, true
		}
	}
	return Image{}, false
}

// Hosted returns the bundle's image that is fetched under that name, for the pages
// that serve images.
func (b Bundle) Hosted(name string) (Image, bool) {
	for _, i := range b.Images {
		if i.Name() == name {
			return i, true
		}
	}
	return Image{}, false
}

// ForBrowser returns the HTML part of one of the edition's messages as a page for a
// browser, which knows nothing of the images that came along: they are in the page
// itself. Such a page may load images from data: alone.
func (e *Edition) ForBrowser(html string) string {
	for _, i := range e.embedded {
		html = strings.ReplaceAll(html, `"cid:`+e.bundle.contentID(i)+`"`,
			`"data:`+i.Type+";base64,"+base64.StdEncoding.EncodeToString(i.Data)+`"`)
	}
	return html
}
