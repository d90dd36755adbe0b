package drip

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Attachment is a file that comes along with every message of an issue.
type Attachment struct {
	// File is relative to the campaign's folder, such as "files/questions.pdf".
	File string
	// Name is what readers see, and under which they save it.
	Name string
	// Type is the media type, without parameters.
	Type string
	// Data is the file, whole.
	Data []byte
	// Line is where the file asks for it; 0 if that is not known.
	Line int
}

// MaxAttachmentName is how long the name of an attachment may be, in characters. A
// file system takes 255 octets, of which a character may need several.
const MaxAttachmentName = 200

// AttachmentEndings names the kinds of files that can be attached, for people.
const AttachmentEndings = "pdf, txt, csv, ics, png, jpg, gif, epub, docx, xlsx, odt or ods"

// AttachmentType returns the media type that the ending of a name stands for. The
// list is short on purpose: programs, pages and archives are what mail servers refuse,
// and the message with them. The error says which of those it is.
func AttachmentType(name string) (string, error) {
	switch ending := strings.ToLower(path.Ext(name)); ending {
	case ".pdf":
		return "application/pdf", nil
	case ".txt":
		return "text/plain", nil
	case ".csv":
		return "text/csv", nil
	case ".ics":
		return "text/calendar", nil
	case ".png", ".gif":
		return "image/" + ending[1:], nil
	case ".jpg", ".jpeg":
		return "image/jpeg", nil
	case ".epub":
		return "application/epub+zip", nil
	case ".docx":
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document", nil
	case ".xlsx":
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", nil
	case ".odt":
		return "application/vnd.oasis.opendocument.text", nil
	case ".ods":
		return "application/vnd.oasis.opendocument.spreadsheet", nil
	default:
		return "", errors.New(strangeEnding(ending))
	}
}

// strangeEnding says what is wrong with an ending that cannot be attached.
func strangeEnding(ending string) string {
	switch ending {
	case "", ".":
		return "has no ending that says what it is"
	case ".html", ".htm", ".xhtml", ".xml", ".svg", ".mht", ".mhtml":
		return "is a page or drawing that can hold a program, which mail servers refuse"
	case ".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst", ".7z", ".rar", ".cab", ".iso", ".img", ".dmg":
		return "is an archive, into which mail servers cannot look"
	case ".exe", ".com", ".bat", ".cmd", ".scr", ".msi", ".js", ".vbs", ".ps1", ".jar", ".sh", ".app", ".apk", ".lnk", ".dll", ".py":
		return "is a program, which mail servers refuse"
	case ".doc", ".xls", ".ppt", ".docm", ".xlsm", ".pptm", ".dotm":
		return "is a document that can hold a program, which mail servers refuse"
	}
	return "is of a kind that is not attached"
}

// CheckAttachmentName returns what is wrong with a name that readers are to see and to
// save a file under, or nil.
func CheckAttachmentName(name string) error {
	switch at := strings.IndexFunc(name, unfitForName); {
	case name == "":
		return errors.New("is empty")
	case !utf8.ValidString(name):
		return errors.New("is not UTF-8")
	case at >= 0:
		r, _ := utf8.DecodeRuneInString(name[at:])
		return fmt.Errorf("has %s in it", nameOfRune(r))
	case name[0] == '.':
		return errors.New("begins with a dot, so that the file would be hidden")
	case strings.Contains(name, "=?"):
		return errors.New(`has "=?" in it, which mail programs take for the beginning of an encoding,`)
	case strings.TrimSpace(name) != name:
		return errors.New("begins or ends with a blank")
	case utf8.RuneCountInString(name) > MaxAttachmentName:
		return fmt.Errorf("has more than %d characters", MaxAttachmentName)
	}
	return nil
}

// unfitForName reports whether a character has no place in the name of a file: it
// ends a line, parts folders, or turns the direction of what follows, so that
// "gpj.exe" reads as "exe.jpg".
func unfitForName(r rune) bool {
	return r == '/' || r == '\\' || unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) || TurnsDirection(r)
}

// TurnsDirection reports whether a character does nothing but turn the direction of
// writing (Unicode UAX #9, Bidi_Control).
func TurnsDirection(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

// nameOfRune names a character that is unfit for a name.
func nameOfRune(r rune) string {
	switch {
	case r == '/' || r == '\\':
		return fmt.Sprintf("a %q, which parts folders,", r)
	case TurnsDirection(r):
		return fmt.Sprintf("the character U+%04X, which turns the direction of writing,", r)
	}
	return fmt.Sprintf("the control character U+%04X", r)
}

// EncodedSize returns how many octets so many octets take in a message: base64 in lines
// of 76 that end in CRLF (RFC 2045 §6.8).
func EncodedSize(octets int) int {
	const perLine = 57
	lines := (octets + perLine - 1) / perLine
	return (octets+2)/3*4 + lines*len("\r\n")
}
