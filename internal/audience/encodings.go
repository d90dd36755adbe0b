package audience

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// The encodings that are found out.
const (
	inUTF8    = "UTF-8"
	inUTF16LE = "UTF-16LE"
	inUTF16BE = "UTF-16BE"
	in1252    = "Windows-1252"
)

// charmaps are the encodings of one byte a character that can be asked for, by the
// names of the IANA in lower case. Only one of them is ever found out: the others look alike.
var charmaps = map[string]*charmap.Charmap{
	"windows-1250": charmap.Windows1250, "windows-1251": charmap.Windows1251, "windows-1252": charmap.Windows1252,
	"windows-1253": charmap.Windows1253, "windows-1254": charmap.Windows1254, "windows-1255": charmap.Windows1255,
	"windows-1256": charmap.Windows1256, "windows-1257": charmap.Windows1257, "windows-1258": charmap.Windows1258,
	"iso-8859-1": charmap.Windows1252, "iso-8859-2": charmap.ISO8859_2, "iso-8859-5": charmap.ISO8859_5, "iso-8859-15": charmap.ISO8859_15,
	"koi8-r": charmap.KOI8R, "koi8-u": charmap.KOI8U, "macintosh": charmap.Macintosh, "ibm850": charmap.CodePage850, "ibm437": charmap.CodePage437,
}

// Encodings returns the names of the encodings that ImportOptions.Encoding takes.
func Encodings() []string {
	return append([]string{"utf-8", "utf-16le", "utf-16be"}, slices.Sorted(maps.Keys(charmaps))...)
}

// wideOf tells UTF-16 by its byte order mark, or by the zeros that Latin letters have in
// it; empty if it is not UTF-16.
func wideOf(first []byte) string {
	switch {
	case bytes.HasPrefix(first, []byte("\xff\xfe")):
		return inUTF16LE
	case bytes.HasPrefix(first, []byte("\xfe\xff")):
		return inUTF16BE
	}
	var zeros [2]int
	n := min(len(first), 64) &^ 1
	for i, c := range first[:n] {
		if c == 0 {
			zeros[i%2]++
		}
	}
	switch half := n / 2; {
	case n >= 4 && zeros[1]*4 >= half*3 && zeros[0] == 0:
		return inUTF16LE
	case n >= 4 && zeros[0]*4 >= half*3 && zeros[1] == 0:
		return inUTF16BE
	}
	return ""
}

// wide reads UTF-16 as UTF-8. What is no character, half a pair or half a unit,
// becomes a byte that is no UTF-8, so that its row is refused and no other.
type wide struct {
	src     io.Reader
	order   binary.ByteOrder
	in, out []byte
	high    uint16 // the first half of a pair
	err     error
}

func newWide(src io.Reader, encoding string) *wide {
	if encoding == inUTF16BE {
		return &wide{src: src, order: binary.BigEndian}
	}
	return &wide{src: src, order: binary.LittleEndian}
}

const notUnicode = 0xff

// Read implements io.Reader.
func (w *wide) Read(p []byte) (int, error) {
	for len(w.out) == 0 {
		if w.err != nil {
			return 0, w.err
		}
		w.more()
	}
	n := copy(p, w.out)
	w.out = w.out[n:]
	return n, nil
}

func (w *wide) more() {
	buf := make([]byte, 32<<10)
	kept := copy(buf, w.in)
	n, err := w.src.Read(buf[kept:])
	buf, w.err = buf[:kept+n], err
	w.out = make([]byte, 0, len(buf)*3/2+8)
	for ; len(buf) > 1; buf = buf[2:] {
		w.unit(w.order.Uint16(buf))
	}
	w.in = buf
	if err != nil && (len(buf) > 0 || w.high != 0) {
		w.out = append(w.out, notUnicode)
	}
}

func (w *wide) unit(u uint16) {
	if w.high != 0 {
		r := utf16.DecodeRune(rune(w.high), rune(u))
		w.high = 0
		if r != utf8.RuneError {
			w.out = utf8.AppendRune(w.out, r)
			return
		}
		w.out = append(w.out, notUnicode)
	}
	switch r := rune(u); {
	case 0xd800 <= r && r < 0xdc00:
		w.high = u
	case utf16.IsSurrogate(r):
		w.out = append(w.out, notUnicode)
	default:
		w.out = utf8.AppendRune(w.out, r)
	}
}

// letters is how the letters of a list are written, which shows when the first comes
// that ASCII does not have.
type letters struct {
	// page is nil for UTF-8, and while it is not known.
	page *charmap.Charmap
	// forced is set if somebody said so; nothing is guessed then.
	forced bool
	// utf8 is set once there was a letter in UTF-8.
	utf8 bool
	line int // where page was found out
}

// Why a row is refused for its letters.
const (
	neitherUTF8 = "the row is neither UTF-8 nor does it read as Windows-1252; save the file as UTF-8, or say its encoding with --encoding"
	mixedUTF8   = "the row is UTF-8, and rows above it are Windows-1252: the file mixes both; save it as UTF-8, or say its encoding with --encoding"
	mixed1252   = "the row is not valid UTF-8, and rows above it are: the file mixes encodings; save it as UTF-8, or say its encoding with --encoding"
)

// check looks at a row, and says what is wrong with its letters, or nothing.
func (l *letters) check(text []byte, line int, valid bool) string {
	switch {
	case l.forced && l.page != nil:
		if _, ok := decoded(l.page, text); !ok {
			return neitherUTF8
		}
	case valid && l.page != nil:
		if !isASCII(text) {
			return mixedUTF8
		}
	case valid:
		l.utf8 = l.utf8 || !isASCII(text)
	case l.forced:
		return notUTF8
	case l.utf8:
		return mixed1252
	default:
		if !plausible(text) {
			return neitherUTF8
		}
		if l.page == nil {
			l.page, l.line = charmap.Windows1252, line
		}
	}
	return ""
}

// decode replaces the cells of a record that are not ASCII by what they mean. One that is
// refused because it is UTF-8 stays as it is.
func (l *letters) decode(rec record) {
	if l.page == nil || rec.problem == mixedUTF8 {
		return
	}
	for i, cell := range rec.cells {
		if !isASCII(cell) {
			rec.cells[i], _ = decoded(l.page, cell)
		}
	}
}

func isASCII(text []byte) bool {
	for len(text) >= 8 {
		if binary.LittleEndian.Uint64(text)&0x8080808080808080 != 0 {
			return false
		}
		text = text[8:]
	}
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// decoded reports false if a byte means nothing.
func decoded(page *charmap.Charmap, text []byte) ([]byte, bool) {
	out := make([]byte, 0, len(text)*2)
	ok := true
	for _, c := range text {
		r := page.DecodeByte(c)
		// Windows leaves five bytes of 1252 open, which decode as controls.
		if r == utf8.RuneError || c >= utf8.RuneSelf && unicode.IsControl(r) {
			ok = false
		}
		out = utf8.AppendRune(out, r)
	}
	return out, ok
}

// plausible tells whether a row reads as Windows-1252: letters of Western Europe where
// letters belong. Cyrillic in Windows-1251, or umlauts of an old Macintosh, do not.
func plausible(text []byte) bool {
	out, ok := decoded(charmap.Windows1252, text)
	if !ok {
		return false
	}
	runes := []rune(string(out))
	foreign := 0
	for i, r := range runes {
		if r < utf8.RuneSelf {
			foreign = 0
			continue
		}
		inWord := i > 0 && unicode.IsLetter(runes[i-1])
		switch {
		case unicode.IsLetter(r) && r != 'ª' && r != 'º' && r != 'µ':
			if foreign++; foreign > 2 {
				return false
			}
			if unicode.IsUpper(r) && inWord && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
				return false
			}
		case inWord && i+1 < len(runes) && unicode.IsLetter(runes[i+1]) && !strings.ContainsRune("’‘–—·\u00ad", r):
			return false
		default:
			foreign = 0
		}
	}
	return true
}

// encodingOf returns the name by which a report calls what was asked for, or an error.
func encodingOf(asked string) (string, error) {
	name := strings.ToLower(strings.TrimSpace(asked))
	switch name {
	case "", "utf-8", "utf8":
		return name, nil
	case "utf-16le", "utf-16be":
		return name, nil
	case "latin1", "latin-1":
		name = "iso-8859-1"
	}
	if charmaps[name] == nil {
		return "", fmt.Errorf("%s is no encoding that can be read; use one of %s", quoteShort(asked), strings.Join(Encodings(), ", "))
	}
	return name, nil
}
