package compose

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// boundaryLen is the length of the boundaries between parts.
const boundaryLen = len("pw-") + 2*boundaryBytes

// boundaryBytes is how much of a hash is in a boundary.
const boundaryBytes = 16

// boundary derives the boundary between the parts.
func boundary(messageID string) (b [boundaryLen]byte) {
	var room [128]byte
	sum := sha256.Sum256(append(append(room[:0], "boundary\x00"...), messageID...))
	copy(b[:], "pw-")
	hex.Encode(b[len("pw-"):], sum[:boundaryBytes])
	return b
}

// errLineEnd says that a line has another end than relays expect.
var errLineEnd = errors.New("a line does not end in CRLF")

// checkWire makes sure that what leaves is fit for any relay: CRLF line ends and no
// others, no line beyond the limit, and seven bits, unless utf8.
func checkWire(b []byte, utf8 bool) error {
	if !utf8 {
		if at := eighthBit(b); at >= 0 {
			return fmt.Errorf("octet %#x is not allowed", b[at])
		}
	}
	lines := 0
	for rest := b; len(rest) > 0; lines++ {
		end := bytes.IndexByte(rest, '\n')
		if end < 1 || rest[end-1] != '\r' {
			return errLineEnd
		}
		if end-1 > maxLine {
			return fmt.Errorf("a line has more than %d octets", maxLine)
		}
		rest = rest[end+1:]
	}
	if bytes.Count(b, []byte("\r")) != lines {
		return errLineEnd
	}
	return nil
}

// eighthBit returns the offset of the first octet that is not ASCII, or -1. It looks
// at eight at a time.
func eighthBit(b []byte) int {
	i := 0
	for ; i+8 <= len(b); i += 8 {
		if binary.LittleEndian.Uint64(b[i:])&0x8080808080808080 != 0 {
			break
		}
	}
	for ; i < len(b); i++ {
		if b[i] >= 0x80 {
			return i
		}
	}
	return -1
}

// readHeaders returns the headers of a message, unfolded.
func readHeaders(b []byte) []Header {
	head, _, _ := bytes.Cut(b, []byte("\r\n\r\n"))
	var out []Header
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if len(out) > 0 && (strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")) {
			last := &out[len(out)-1]
			last.Value = strings.TrimSpace(last.Value + line)
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		out = append(out, Header{Name: name, Value: strings.TrimSpace(value)})
	}
	return out
}
