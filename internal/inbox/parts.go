package inbox

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"strings"
)

// maxDepth is how deep multiparts may lie in each other.
const maxDepth = 8

// part takes one part and those within it.
func (c *Content) part(header textproto.MIMEHeader, body io.Reader, depth int) {
	encoding := header.Get("Content-Transfer-Encoding")
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		kind = "text/plain" // RFC 2045 §5.2
	}
	switch {
	case strings.HasPrefix(kind, "multipart/") && depth < maxDepth:
		c.parts(multipart.NewReader(body, params["boundary"]), depth)
	case kind == "text/plain" && c.Text == "":
		c.Text = decodeText(body, encoding, params["charset"])
	case kind == "text/html" && c.HTML == "":
		c.HTML = decodeText(body, encoding, params["charset"])
	default:
		c.image(kind, encoding, header.Get("Content-Id"), body)
	}
}

// parts takes the parts of a multipart that are shown in place.
func (c *Content) parts(r *multipart.Reader, depth int) {
	for {
		p, err := r.NextRawPart()
		if err != nil {
			return
		}
		if disposition, _, _ := mime.ParseMediaType(p.Header.Get("Content-Disposition")); disposition == "attachment" {
			continue
		}
		c.part(p.Header, p, depth+1)
	}
}

// decode undoes a transfer encoding (RFC 2045 §6). What was decoded before an error
// counts.
func decode(body io.Reader, encoding string) []byte {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	raw, _ := io.ReadAll(body)
	return raw
}

// decodeText undoes a transfer encoding and a character set.
func decodeText(body io.Reader, encoding, charset string) string {
	raw := decode(body, encoding)
	if strings.EqualFold(charset, "iso-8859-1") {
		runes := make([]rune, len(raw))
		for i, b := range raw {
			runes[i] = rune(b)
		}
		return string(runes)
	}
	return strings.ToValidUTF8(string(raw), "\ufffd")
}
