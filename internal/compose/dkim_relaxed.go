package compose

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// signedField is a header field that signatures cover.
type signedField struct {
	name string
	// sealed fields are listed once more than they occur, so that a signature
	// breaks when somebody adds another (RFC 6376 §8.15).
	sealed bool
	// rewritten fields are those that some relays replace.
	rewritten bool
}

// signedFields are what readers are shown and what programs act on. RFC 8058 §4
// wants the two of List-Unsubscribe among them, Google the Feedback-ID. A field that
// is neither in the message nor sealed is not listed.
var signedFields = []signedField{
	{name: "From", sealed: true},
	{name: "Reply-To", sealed: true},
	{name: "Subject", sealed: true},
	{name: "Date", sealed: true, rewritten: true},
	{name: "To", sealed: true},
	{name: "Cc", sealed: true},
	{name: "Message-ID", rewritten: true},
	{name: "MIME-Version"},
	{name: "Content-Type", sealed: true},
	{name: "Content-Transfer-Encoding"},
	{name: "List-Id"},
	{name: "List-Unsubscribe", sealed: true},
	{name: "List-Unsubscribe-Post", sealed: true},
	{name: "Feedback-ID"},
	{name: "Auto-Submitted"},
	{name: "Precedence"},
}

// choose returns the h= list for a message, and its fields in that order, relaxed.
// Of several fields of a name the last comes first (RFC 6376 §5.4.2).
func (s *Signer) choose(headers []Header) (names []string, fields []byte) {
	for _, f := range s.listed {
		for i := len(headers) - 1; i >= 0; i-- {
			if strings.EqualFold(headers[i].Name, f.name) {
				names = append(names, f.name)
				fields = append(fields, relaxField(headers[i].Name, headers[i].Value)...)
			}
		}
		if f.sealed {
			names = append(names, f.name)
		}
	}
	return names, fields
}

// relaxField returns a header field in relaxed canonical form (RFC 6376 §3.4.2).
// The value may be folded.
func relaxField(name, value string) string {
	blank := func(r rune) bool { return r == ' ' || r == '\t' || r == '\r' || r == '\n' }
	return strings.ToLower(name) + ":" + strings.Join(strings.FieldsFunc(value, blank), " ") + "\r\n"
}

// relaxBody returns a body in relaxed canonical form (RFC 6376 §3.4.4): blanks in a
// row are one, those at the end of a line and empty lines at the end of all are
// none.
func relaxBody(body []byte) []byte {
	out := make([]byte, 0, len(body)+2)
	end := 0 // of the last line that is not empty
	for len(body) > 0 {
		line, rest, _ := bytes.Cut(body, []byte("\r\n"))
		body = rest
		before := len(out)
		out = appendRelaxed(out, line)
		full := len(out) > before
		out = append(out, '\r', '\n')
		if full {
			end = len(out)
		}
	}
	return out[:end]
}

// appendRelaxed appends a line without its end.
func appendRelaxed(out, line []byte) []byte {
	if line = bytes.TrimRight(line, " \t"); bytes.IndexByte(line, '\t') < 0 && !bytes.Contains(line, []byte("  ")) {
		return append(out, line...)
	}
	blank := false
	for _, c := range line {
		if c == ' ' || c == '\t' {
			blank = true
			continue
		}
		if blank {
			out, blank = append(out, ' '), false
		}
		out = append(out, c)
	}
	return out
}

// foldWidth is how long the lines of a signature become.
const foldWidth = 76

// foldTags joins the parts of a header value, with a blank between them but for
// the names of h=, whose colons stand alone. Where a line would become too long, a
// new one begins; RFC 6376 §3.5 allows that beside the colons too.
func foldTags(parts []string) string {
	var out strings.Builder
	width, joint := len("DKIM-Signature:"), " "
	for _, part := range parts {
		if width+len(joint)+len(part) > foldWidth {
			joint = "\r\n "
			width = -len("\r\n")
		}
		out.WriteString(joint + part)
		width += len(joint) + len(part)
		if joint = " "; strings.HasSuffix(part, ":") {
			joint = ""
		}
	}
	return out.String()
}

// foldBase64 encodes a signature on lines of its own.
func foldBase64(signature []byte) string {
	var out strings.Builder
	for text := base64.StdEncoding.EncodeToString(signature); text != ""; {
		n := min(len(text), foldWidth-1)
		out.WriteString("\r\n " + text[:n])
		text = text[n:]
	}
	return out.String()
}
