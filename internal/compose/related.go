package compose

import (
	"bytes"
	"encoding/base64"
	"fmt"
)

// The images of a message stand beside its HTML in a multipart/related (RFC 2387),
// which takes the place of the HTML part: programs that show the text part find no
// attachments. They are the same for every reader, so they are encoded once.

// relatedBoundary is the boundary around the HTML and its images. It begins
// differently from the one around the parts, because boundaries are compared by
// their beginnings (RFC 2046 §5.1.1).
const relatedBoundary = "related-" + protoBoundary

// relate wraps the last part of an encoded body together with images. It returns
// what comes before them, the images, and what comes after; holes are only in the
// first and the last, and boundaries in all.
func relate(body []byte, b *Bundle, images []Image) (before, middle, after []byte, err error) {
	delimiter := []byte("--" + protoBoundary + "\r\n")
	start := bytes.LastIndex(body, delimiter)
	end := bytes.LastIndex(body, []byte("\r\n--"+protoBoundary+"--"))
	if start < 0 || end < start {
		return nil, nil, nil, fmt.Errorf("the prototype has no last part")
	}
	start += len(delimiter)
	before = append(before, body[:start]...)
	before = append(before, "Content-Type: multipart/related; type=\"text/html\";\r\n boundary=\""+relatedBoundary+"\"\r\n\r\n--"+relatedBoundary+"\r\n"...)
	before = append(before, body[start:end]...)
	var out bytes.Buffer
	for _, i := range images {
		fmt.Fprintf(&out, "\r\n--%s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <%s>\r\nContent-Disposition: inline\r\n\r\n",
			relatedBoundary, i.Type, b.contentID(i))
		encodeLines(&out, i.Data)
	}
	out.WriteString("--" + relatedBoundary + "--\r\n")
	return before, out.Bytes(), body[end:], nil
}

// encodeLines writes base64 in lines of 76 (RFC 2045 §6.8), the last one ended too.
func encodeLines(out *bytes.Buffer, data []byte) {
	const perLine = 57
	line := make([]byte, base64.StdEncoding.EncodedLen(perLine))
	for len(data) > 0 {
		n := min(perLine, len(data))
		out.Write(base64.StdEncoding.AppendEncode(line[:0], data[:n]))
		out.WriteString("\r\n")
		data = data[n:]
	}
}
