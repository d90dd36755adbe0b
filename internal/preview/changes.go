package preview

import (
	"errors"
	"net/http"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"partwork/internal/compose"
	"partwork/internal/drip"
)

// changes is how an issue differs from the version that was sent last.
type changes struct {
	// Never says that it was never sent, and Trouble that this cannot be found out.
	Never   bool
	Trouble string
	When    string
	Lines   []changedLine
	// Around names what differs beside the text: the layout, the sender.
	Around []string
}

// changedLine is a line that was added ("+"), taken away ("-"), left (" "), or the place
// of what follows ("@").
type changedLine struct{ Sign, Text string }

// changesOf compares an issue with the version that was sent last.
func (p *Preview) changesOf(r *http.Request, s *shown) *changes {
	if p.options.People == nil {
		return &changes{Trouble: "There is no database to compare with."}
	}
	was, at, err := p.options.People.LastSent(r.Context(), s.entry.id(), s.id)
	switch {
	case errors.Is(err, drip.ErrNotFound):
		return &changes{Never: true}
	case err != nil:
		return &changes{Trouble: err.Error()}
	}
	is := s.proof.bundle
	return &changes{
		When: at.Format("Monday 2 January 2006, 15:04 MST"), Around: around(was, is),
		Lines: changedLines(writing(was), writing(is)),
	}
}

// writing is what an author wrote of a version.
func writing(b compose.Bundle) string {
	return "subject: " + b.Subject + "\npreheader: " + b.Preheader + "\n\n" + strings.TrimRight(b.Markdown, "\n") + "\n"
}

// changedLines compares two texts line by line.
func changedLines(was, is string) []changedLine {
	var out []changedLine
	text := string(diff.Diff("sent", []byte(was), "now", []byte(is)))
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if i < 3 || line == "" { // the names of the two
			continue
		}
		if strings.HasPrefix(line, "@@") {
			out = append(out, changedLine{Sign: "@"})
			continue
		}
		out = append(out, changedLine{Sign: line[:1], Text: line[1:]})
	}
	return out
}

// around names what differs beside the writing.
func around(was, is compose.Bundle) []string {
	var out []string
	for _, part := range []struct {
		name    string
		differs bool
	}{
		{"the sender", was.From != is.From || was.ReplyTo != is.ReplyTo},
		{"the title of the series", was.Title != is.Title},
		{"the postal address", was.PostalAddress != is.PostalAddress},
		{"the layout of the HTML part", was.HTML != is.HTML},
		{"the layout of the text part", was.Text != is.Text},
		{"the style, or the colors of the theme", was.Style != is.Style || was.Footer != is.Footer || was.LogoAlt != is.LogoAlt || was.LogoWidth != is.LogoWidth},
		{"the images", !sameImages(was.Images, is.Images) || was.HostedImages != is.HostedImages},
		{"the attachments", !sameAttachments(was.Attachments, is.Attachments)},
		{"the list of the series", len(was.Series) != len(is.Series)},
	} {
		if part.differs {
			out = append(out, part.name)
		}
	}
	return out
}

func sameImages(a, b []compose.Image) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Name() != b[i].Name() {
			return false
		}
	}
	return true
}

func sameAttachments(a, b []compose.Attachment) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].ShownName() != b[i].ShownName() || string(a[i].Data) != string(b[i].Data) {
			return false
		}
	}
	return true
}
