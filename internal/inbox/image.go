package inbox

import (
	"encoding/base64"
	"html"
	"io"
	"net/url"
	"regexp"
	"strings"
)

// Image is an image that came along with a message.
type Image struct {
	// Type is one of imageTypes.
	Type string
	Data []byte
}

// imageTypes are those that a page may show. An SVG image is a document of its
// own, which may contain more than a picture.
var imageTypes = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true}

// image keeps an image that the message's page can name.
func (c *Content) image(kind, encoding, id string, body io.Reader) {
	id = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(id), "<"), ">")
	if id == "" || !imageTypes[kind] {
		return
	}
	if c.Images == nil {
		c.Images = make(map[string]Image)
	}
	if _, taken := c.Images[id]; !taken {
		c.Images[id] = Image{Type: kind, Data: decode(body, encoding)}
	}
}

// embedded finds where a page shows an image that came along (RFC 2392 §2).
var embedded = regexp.MustCompile(`(?i)\bsrc\s*=\s*(?:"cid:([^"]*)"|'cid:([^']*)')`)

// maxShown bounds the images of one page, in bytes: a page can name the same one
// many times.
const maxShown = 32 << 20

// page returns the HTML as a page that a browser can show: images that came along
// are in it. Those that did not stay as they are, and are not shown.
func (c Content) page() string {
	room := maxShown
	return embedded.ReplaceAllStringFunc(c.HTML, func(found string) string {
		parts := embedded.FindStringSubmatch(found)
		id := html.UnescapeString(parts[1] + parts[2])
		if plain, err := url.PathUnescape(id); err == nil {
			id = plain
		}
		img, ok := c.Images[id]
		if room -= len(img.Data); !ok || room < 0 {
			return found
		}
		return `src="data:` + img.Type + ";base64," + base64.StdEncoding.EncodeToString(img.Data) + `"`
	})
}
