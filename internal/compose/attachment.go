package compose

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"partwork/internal/drip"
)

// Attachment is a file that comes along, as a bundle stores it: with its bytes, so that
// an edited file changes no message that was begun before.
type Attachment struct {
	// Name is what the reader sees, as the author wrote it; see ShownName.
	Name string `json:"name"`
	// Type is the media type, without parameters.
	Type string `json:"type"`
	Data []byte `json:"data"`
}

// attachmentsOf returns an issue's attachments for its bundle.
func attachmentsOf(is *drip.Issue) []Attachment {
	var out []Attachment
	for _, a := range is.Attachments {
		out = append(out, Attachment{Name: a.Name, Type: a.Type, Data: a.Data})
	}
	return out
}

// ShownName returns the name under which readers see the file and save it. check
// refuses names that are dangerous, but whatever a bundle holds, this one parts no
// folders, hides nothing, turns no direction of writing, and is neither empty nor long.
func (a Attachment) ShownName() string {
	name := strings.Map(fitForName, strings.ToValidUTF8(a.Name, ""))
	name = cleanHeader(name, len(name)) // some programs decode "=?" even in what is encoded already
	ending := path.Ext(name)
	if ending == "." || utf8.RuneCountInString(ending) > maxEnding {
		ending = ""
	}
	stem := strings.TrimLeft(strings.TrimSuffix(name, ending), ". ")
	if ending == "" {
		stem = strings.TrimRight(stem, ". ")
	}
	if room := drip.MaxAttachmentName - utf8.RuneCountInString(ending); utf8.RuneCountInString(stem) > room {
		stem = strings.TrimRight(string([]rune(stem)[:room]), ". ")
	}
	if stem == "" {
		return namelessAttachment + ending
	}
	return stem + ending
}

// namelessAttachment is the name of what has none.
const namelessAttachment = "attachment"

// maxEnding is longer than the ending of any file, with its dot; what is longer is a
// part of the name.
const maxEnding = 12

// fitForName drops what has no place in the name of a file.
func fitForName(r rune) rune {
	switch {
	case r == '/' || r == '\\':
		return '-'
	case unicode.IsControl(r), drip.TurnsDirection(r):
		return -1
	}
	return r
}

// Size returns how large the file is, for people.
func (a Attachment) Size() string {
	switch n := len(a.Data); {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1_000_000:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	default:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
}

// attached is an attachment for the layouts.
type attached struct {
	// Name is what the file is called, and Size such as "118 kB".
	Name, Size string
}

// attachments returns what the layouts say of the attachments.
func (c *compiler) attachments(esc func(string) string) []attached {
	var out []attached
	for _, a := range c.b.Attachments {
		out = append(out, attached{Name: esc(dropMarks(a.ShownName())), Size: esc(a.Size())})
	}
	return out
}

// Attachments of a message stand behind all that is shown, in a multipart/mixed
// (RFC 2046 §5.1.3) whose first part is the message without them. They are the same for
// every reader, so they are encoded once.

// mixedBoundary is the boundary around the attachments. It begins differently from the
// others, because boundaries are compared by their beginnings (RFC 2046 §5.1.1).
const mixedBoundary = "mixed-" + protoBoundary

// enclose puts attachments behind a body.
func (w *wire) enclose(list []Attachment) {
	if len(list) == 0 {
		return
	}
	inner := wire{pieces: w.pieces, size: w.size}
	*w = wire{}
	w.append([]byte("Content-Type: multipart/mixed;\r\n boundary=\"" + mixedBoundary + "\"\r\n\r\n--" + mixedBoundary + "\r\n"))
	w.pieces, w.size = append(w.pieces, inner.pieces...), w.size+inner.size
	var out bytes.Buffer
	for _, a := range list {
		out.WriteString("\r\n--" + mixedBoundary + "\r\n")
		a.writeHead(&out)
		encodeLines(&out, a.Data)
	}
	out.WriteString("--" + mixedBoundary + "--\r\n")
	w.append(out.Bytes())
}
