package compose

import (
	"bytes"
	"path"
	"strconv"
	"strings"
)

// writeHead writes the header of an attachment's part, and the empty line after it.
//
// A name of plain words stands in the filename of Content-Disposition as it is
// (RFC 2183 §2.3). Any other is percent-encoded (RFC 2231 §4), in several pieces if it is
// long (§3). There is no plain filename beside the encoded one, as HTTP has it: RFC 2231
// knows of no such pair, and programs disagree which of the two counts. Python takes the
// first and calls the other a defect, PHP's readers take the plain one, Go's the encoded one. What can be
// said in ASCII is in the older name of Content-Type instead, where nobody looks who
// understands the encoded one. Encoded words have no place in either (RFC 2047 §5).
func (a Attachment) writeHead(out *bytes.Buffer) {
	name := a.ShownName()
	out.WriteString("Content-Type: " + a.Type + ";\r\n")
	if strings.HasPrefix(a.Type, "text/") {
		out.WriteString(" charset=UTF-8;\r\n")
	}
	out.WriteString(" name=\"" + asciiName(name) + "\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n")
	if plainName(name) {
		out.WriteString(" filename=\"" + name + "\"\r\n\r\n")
		return
	}
	pieces := encodeName(name)
	if len(pieces) == 1 {
		out.WriteString(" filename*=" + pieces[0] + "\r\n\r\n")
		return
	}
	for i, piece := range pieces {
		end := ";\r\n"
		if i == len(pieces)-1 {
			end = "\r\n\r\n"
		}
		out.WriteString(" filename*" + strconv.Itoa(i) + "*=" + piece + end)
	}
}

// The longest names and pieces of them that fit a line of 76.
const (
	plainNameLen = 60
	namePieceLen = 60
)

// plainName reports whether a name needs no encoding, and nothing in it could be taken
// for one.
func plainName(name string) bool {
	for i := range len(name) {
		if !plainInName(name[i]) {
			return false
		}
	}
	return len(name) <= plainNameLen
}

// plainInName reports whether a character of a name means itself within quotes, to
// all programs.
func plainInName(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(" -._+,&()[]", c) >= 0
}

// asciiName returns the nearest plain name.
func asciiName(name string) string {
	ending := path.Ext(name)
	if !plainName(ending) {
		ending = ""
	}
	var out strings.Builder
	stem := strings.TrimSuffix(name, ending)
	for _, r := range stem {
		switch {
		case out.Len() == plainNameLen-len(ending):
			return out.String() + ending
		case r < 0x80 && plainInName(byte(r)):
			out.WriteRune(r)
		case !strings.HasSuffix(out.String(), "_"):
			out.WriteByte('_')
		}
	}
	if strings.Trim(out.String(), "_ .") == "" {
		return namelessAttachment + ending
	}
	return out.String() + ending
}

// encodeName returns a name as an extended value (RFC 2231 §4), in pieces that fit a line
// each. No piece ends within a character, because some programs decode them one by one.
func encodeName(name string) []string {
	pieces := []string{"UTF-8''"}
	for _, r := range name {
		encoded := encodeRune(r)
		if last := len(pieces) - 1; len(pieces[last])+len(encoded) > namePieceLen {
			pieces = append(pieces, encoded)
		} else {
			pieces[last] += encoded
		}
	}
	return pieces
}

// Disposition returns the value of a Content-Disposition header of HTTP under which a
// browser saves a file of that name (RFC 6266 §4.3, which knows of no pieces).
func Disposition(name string) string {
	var encoded strings.Builder
	for _, r := range name {
		encoded.WriteString(encodeRune(r))
	}
	return `attachment; filename="` + asciiName(name) + `"; filename*=UTF-8''` + encoded.String()
}

// encodeRune percent-encodes a character. What stays as it is, RFC 2231 and the
// stricter RFC 5987 §3.2.1 both leave alone.
func encodeRune(r rune) string {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '.', r == '_':
		return string(r)
	}
	var out strings.Builder
	for _, c := range []byte(string(r)) {
		out.WriteByte('%')
		out.WriteByte(hexDigits[c>>4])
		out.WriteByte(hexDigits[c&0x0f])
	}
	return out.String()
}
