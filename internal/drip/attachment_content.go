package drip

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// CheckAttachmentContent returns what is wrong with the bytes of an attachment of that
// media type, or nil. A file that is not what its name says is mostly a slip, or just
// being saved; mail servers take it for an attack.
func CheckAttachmentContent(kind string, data []byte) error {
	switch {
	case len(data) == 0:
		return errors.New("the file is empty")
	case strings.HasPrefix(kind, "text/"):
		return checkText(kind, data)
	case strings.HasPrefix(kind, "image/"):
		return checkPicture(kind, data)
	case kind == "application/pdf":
		return checkPDF(data)
	}
	return checkPacked(kind, data)
}

// checkText wants UTF-8, because that is what the message says it is.
func checkText(kind string, data []byte) error {
	text := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	switch {
	case !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0:
		return errors.New("the file is not UTF-8 text")
	case kind == "text/calendar" && !bytes.HasPrefix(text, []byte("BEGIN:VCALENDAR")): // RFC 5545 §3.4
		return errors.New(`the file is no calendar: it does not begin with "BEGIN:VCALENDAR"`)
	case kind == "text/calendar" && !bytes.HasSuffix(text, []byte("END:VCALENDAR")):
		return errors.New("the calendar is cut off, or is being saved just now")
	}
	return nil
}

func checkPicture(kind string, data []byte) error {
	img, err := ParseImage(data)
	if err != nil {
		return err
	}
	if img.Type != kind {
		return fmt.Errorf("the file is %s, but its name says %s", img.Type, kind)
	}
	return nil
}

// checkPDF looks for the first and the last line of a PDF, around which some programs
// leave a little else (ISO 32000-1, annex H.3.4).
func checkPDF(data []byte) error {
	const margin = 1024
	switch {
	case !bytes.Contains(data[:min(len(data), margin)], []byte("%PDF-")):
		return errors.New("the file is no PDF")
	case !bytes.Contains(data[max(0, len(data)-margin):], []byte("%%EOF")):
		return errors.New("the PDF is cut off, or is being saved just now")
	}
	return nil
}

// checkPacked looks into documents that are ZIP files inside. The names of what is in
// them are not packed.
func checkPacked(kind string, data []byte) error {
	mark := map[string]string{
		"application/epub+zip":                                                    "mimetypeapplication/epub+zip",
		"application/vnd.oasis.opendocument.text":                                 "mimetype" + kind,
		"application/vnd.oasis.opendocument.spreadsheet":                          "mimetype" + kind,
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word/document",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":       "xl/workbook",
	}[kind]
	switch {
	case !bytes.HasPrefix(data, []byte("PK\x03\x04")) || mark == "" || !bytes.Contains(data, []byte(mark)):
		return errors.New("the file is not what the ending of its name says")
	case !bytes.Contains(data[max(0, len(data)-maxComment):], []byte("PK\x05\x06")):
		return errors.New("the document is cut off, or is being saved just now")
	case bytes.Contains(data, []byte("vbaProject.bin")):
		return errors.New("the document has macros in it, which mail servers refuse")
	}
	return nil
}

// maxComment is how far from its end the last record of a ZIP file may begin.
const maxComment = 22 + 1<<16 - 1
