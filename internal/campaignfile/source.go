package campaignfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"unicode/utf8"
)

// maxFile is the most bytes a file of a campaign may have. It bounds memory, not
// taste: mail clients cut messages off long before.
const maxFile = 1 << 20

// kind is what an entry of a folder turns out to be.
type kind int

const (
	kindOther kind = iota
	kindFolder
	kindFile
	kindBrokenLink
)

// kindOf looks through links. Entries that are set aside by their name are
// kindOther.
func kindOf(fsys fs.FS, entry fs.DirEntry) kind {
	if hidden(entry.Name()) {
		return kindOther
	}
	mode := entry.Type()
	if mode&fs.ModeSymlink != 0 {
		info, err := fs.Stat(fsys, entry.Name())
		if err != nil {
			return kindBrokenLink
		}
		mode = info.Mode()
	}
	switch {
	case mode.IsDir():
		return kindFolder
	case mode.IsRegular():
		return kindFile
	default:
		return kindOther
	}
}

// text reads a file as clean text: UTF-8 without a byte order mark or NUL, with
// LF line ends. What is wrong with it is reported.
func (f *folder) text(name string) ([]byte, bool) {
	spot := f.report.at(f.file(name), 0)
	raw, err := readRegular(f.fsys, f.file(name))
	switch {
	case errors.Is(err, errTooBig):
		spot.errorf(RuleUnreadable, "shorten it", "the file is bigger than 1 MiB")
		return nil, false
	case err != nil && f.isLink(name):
		spot.errorf(RuleUnreadable, linkFix, "the link cannot be followed: %s", reason(err))
		return nil, false
	case err != nil:
		spot.errorf(RuleUnreadable, "check the file and its permissions", "the file cannot be read: %s", reason(err))
		return nil, false
	}
	text := normalize(raw)
	if line, problem := badText(text); problem != "" {
		spot.on(line).errorf(RuleEncoding, "save the file as UTF-8 text", "%s", problem)
		return nil, false
	}
	return text, true
}

var errTooBig = errors.New("too big")

// readRegular reads a file of at most maxFile bytes.
func readRegular(fsys fs.FS, name string) ([]byte, error) { return readBounded(fsys, name, maxFile) }

// readBounded reads a file of at most so many bytes, but neither a folder nor something
// that might never end, such as a device or a pipe.
func readBounded(fsys fs.FS, name string, most int) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errors.New("it is a folder")
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("it is not a regular file (%s)", info.Mode().Type())
	}
	file, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, int64(most)+1))
	if err == nil && len(data) > most {
		err = errTooBig
	}
	return data, err
}

// isLink reports whether one of the folder's files is a symbolic link.
func (f *folder) isLink(name string) bool {
	info, err := fs.Lstat(f.fsys, f.file(name))
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// normalize drops a byte order mark and turns CRLF and CR into LF.
func normalize(raw []byte) []byte {
	text := bytes.TrimPrefix(raw, []byte("\ufeff"))
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
}

// badText returns the line and nature of the first byte that no text has, or
// no problem.
func badText(text []byte) (line int, problem string) {
	at, problem := bytes.IndexByte(text, 0), "the file has a NUL character in it; expected text"
	if at < 0 {
		if utf8.Valid(text) {
			return 0, ""
		}
		at, problem = invalidAt(text), "the file is not valid UTF-8"
	}
	return 1 + bytes.Count(text[:at], []byte("\n")), problem
}

func invalidAt(text []byte) int {
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}

// reason returns an error without the operation and path that the finding
// already names.
func reason(err error) string {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err.Error()
	}
	return err.Error()
}
