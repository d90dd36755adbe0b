package campaignfile

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"partwork/internal/drip"
)

// The rules of attachments.
const (
	RuleAttachment     = "attachment"      // a file that cannot come along, or not under that name
	RuleAttachmentSize = "attachment-size" // files that are heavy (a warning) or too heavy
)

// How much an issue's attachments may take in each of its messages, encoded. Relays
// announce how much they take (RFC 1870), many of them ten million octets; some readers
// pay for every one.
const (
	attachedWarning = 500_000
	attachedLimit   = 4_000_000
	maxAttachments  = 20
)

// attachmentKeys are the keys of an attachment.
var attachmentKeys = []string{"file", "name"}

// attaching reads the attachments of one issue. What is wrong with those of a draft is
// only a warning, because a draft is never sent.
type attaching struct {
	folder *folder
	draft  bool
	list   []drip.Attachment
	size   int // encoded
}

// readAttachments reads the files that come along with an issue: a list of paths and
// of groups with the keys file and name, or one of them alone.
func (f *folder) readAttachments(s *section, draft bool) []drip.Attachment {
	e, ok := s.entries["attachments"]
	if !ok {
		return nil
	}
	nodes := []ast.Node{e.node}
	if list, ok := e.node.(*ast.SequenceNode); ok {
		nodes = list.Values
	}
	a := attaching{folder: f, draft: draft}
	if len(nodes) > maxAttachments {
		a.complain(s.at("attachments"), RuleAttachment, "put them into one document",
			"there are %d attachments; at most %d are sent", len(nodes), maxAttachments)
		return nil
	}
	for _, node := range nodes {
		a.read(s.spot.on(lineOf(node, e.valueLine())), node)
	}
	a.weigh(s.at("attachments"))
	return a.list
}

// complain reports an error, or a warning in a draft.
func (a *attaching) complain(spot spot, rule, fix, format string, args ...any) {
	severity := drip.SeverityError
	if a.draft {
		severity = drip.SeverityWarning
	}
	spot.add(severity, rule, fix, fmt.Sprintf(format, args...))
}

// read reads one attachment of the list.
func (a *attaching) read(spot spot, node ast.Node) {
	fileSpot, nameSpot := spot, spot
	var file, name, fix string
	switch node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		entries, ok := mappingEntries(spot, node)
		if !ok {
			return
		}
		s := newSection(spot, entries, attachmentKeys)
		s.require("file", "questions.pdf")
		if file, ok = s.text("file", ""); !ok {
			return
		}
		fileSpot, nameSpot = s.at("file"), s.at("file")
		if _, given := s.entries["name"]; given {
			if name, ok = s.text("name", ""); !ok {
				return
			}
			nameSpot, fix = s.at("name"), "write another name"
		}
	default:
		var ok bool
		if file, ok = textOf(spot, "an attachment", `write the path of a file, such as questions.pdf`, node); !ok {
			return
		}
	}
	if fix == "" {
		name, fix = path.Base(file), `rename the file, or give it another name here: {file: …, name: "Questions.pdf"}`
	}
	one := drip.Attachment{File: file, Name: name, Line: fileSpot.line}
	if a.load(fileSpot, &one) && a.name(nameSpot, fix, &one) {
		a.list = append(a.list, one)
	}
}

// load reads the file of an attachment, and tells from the bytes whether it is what
// the ending of its name says.
func (a *attaching) load(spot spot, one *drip.Attachment) bool {
	file, err := a.folder.locate(one.File)
	if err != nil {
		a.complain(spot, RuleAttachment, a.fixFor(one.File, err), "the attachment %s %s", excerpt(one.File), reason(err))
		return false
	}
	if one.Type, err = drip.AttachmentType(one.File); err != nil {
		a.complain(spot, RuleAttachment, kindsFix, "the attachment %s %s", excerpt(one.File), err)
		return false
	}
	one.File = path.Clean(one.File)
	if slices.ContainsFunc(a.list, func(o drip.Attachment) bool { return o.File == one.File }) {
		a.complain(spot, RuleAttachment, "keep one of the two", "the file %s is attached twice", excerpt(one.File))
		return false
	}
	one.Data, err = readBounded(a.folder.fsys, a.folder.file(file), attachedLimit)
	switch {
	case errors.Is(err, errTooBig):
		a.complain(spot, RuleAttachmentSize, lighterFix, "the attachment %s is bigger than all that a message can carry, %d MB", excerpt(one.File), attachedLimit/1_000_000)
		return false
	case err != nil:
		a.complain(spot, RuleUnreadable, "check the file and its permissions", "the attachment %s cannot be read: %s", excerpt(one.File), reason(err))
		return false
	}
	if err := drip.CheckAttachmentContent(one.Type, one.Data); err != nil {
		a.complain(spot, RuleAttachment, "save the file again, or give its name the ending of what it is", "the attachment %s: %s", excerpt(one.File), err)
		return false
	}
	a.size += drip.EncodedSize(len(one.Data))
	return true
}

const (
	kindsFix   = "attach one of " + drip.AttachmentEndings
	lighterFix = "make the file smaller, or put it on a page of yours and link to it"
)

// name checks the name under which readers see the file; fix says how to change it.
func (a *attaching) name(spot spot, fix string, one *drip.Attachment) bool {
	if err := drip.CheckAttachmentName(one.Name); err != nil {
		a.complain(spot, RuleAttachment, fix, "the name of the attachment, %s, %s", excerpt(one.Name), err)
		return false
	}
	if kind, err := drip.AttachmentType(one.Name); err != nil || kind != one.Type {
		a.complain(spot, RuleAttachment, "let the name end in "+path.Ext(one.File), "the name %s has another ending than the file %s", excerpt(one.Name), excerpt(one.File))
		return false
	}
	if slices.ContainsFunc(a.list, func(o drip.Attachment) bool { return strings.EqualFold(o.Name, one.Name) }) {
		a.complain(spot, RuleAttachment, "give each a name of its own", "two attachments have the name %s, so that one would be saved over the other", excerpt(one.Name))
		return false
	}
	return true
}

// weigh reports attachments that are heavy together.
func (a *attaching) weigh(spot spot) {
	switch {
	case a.size > attachedLimit:
		a.complain(spot, RuleAttachmentSize, lighterFix, "the attachments take %d kB of each message; at most %d are sent", a.size/1000, attachedLimit/1000)
	case a.size > attachedWarning:
		spot.warnf(RuleAttachmentSize, lighterFix, "the attachments take %d kB of each message, for every reader", a.size/1000)
	}
}
