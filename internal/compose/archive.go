package compose

import (
	"fmt"
	"io/fs"
	"maps"

	"partwork/internal/mailaddr"
	"partwork/internal/wording"
)

// fileArchive is the frame of an issue in a public archive.
const fileArchive = "email/archive.html"

// textsOfArchive is the section of the texts that the frame needs besides those of mails.
const textsOfArchive = "archive"

// Archivist makes pages of issues for whoever is not sent them. It is safe for concurrent use.
type Archivist struct {
	frame string
	book  *wording.Book
}

// LoadArchivist reads email/archive.html and text/*.yaml, and tries the frame once. The
// error names the file.
func LoadArchivist(fsys fs.FS) (*Archivist, error) {
	frame, err := readText(fsys, fileArchive)
	if err != nil {
		return nil, err
	}
	a := &Archivist{frame: frame}
	if a.book, err = wording.Load(fsys); err != nil {
		return nil, err
	}
	words, _ := a.book.In("")
	texts := words.Under(textsOfMail)
	maps.Copy(texts, words.Under(textsOfArchive))
	if err := tryLayout(fileArchive, frame, texts); err != nil {
		return nil, fmt.Errorf("%s: %w", fileArchive, err)
	}
	return a, nil
}

// Archived is an issue as strangers may read it.
type Archived struct {
	// Subject and Preheader are text.
	Subject, Preheader string
	// HTML is the whole page. Nothing an author wrote is markup in it.
	HTML string
}

// Compile turns a version of an issue into one for the archive: the same text, theme and
// images in another frame, without attachments. A version that is discreet in the inbox has
// its own subject there.
func (a *Archivist) Compile(b Bundle) *Edition {
	if b.Subject != b.Heading {
		b.Subject, b.Preheader = b.Heading, ""
	}
	words, ok := a.book.In(b.Language)
	if !ok {
		words, _ = a.book.In("")
	}
	texts := words.Under(textsOfMail)
	maps.Copy(texts, b.Texts)
	maps.Copy(texts, words.Under(textsOfArchive))
	b.HTML, b.Texts, b.Attachments = a.frame, texts, nil
	e, _ := Compile(b)
	return e
}

// Archived returns an edition that [Archivist.Compile] made for somebody of whom nothing is
// known: every merge field has its fallback, and conditions hold as for a reader without
// values. number and count are as in Position; archive is where all links of a reader's own
// lead, and images as in Links. The errors are those of AppendTo, in particular ErrMissing
// if there is a field without a fallback.
func (e *Edition) Archived(number, count int, archive, images string) (Archived, error) {
	v := Values{Number: number, Count: count}
	l := Links{Unsubscribe: archive, Confirm: archive, Preferences: archive, View: archive, Images: images}
	page, err := e.Browser(mailaddr.Address{}, v, l)
	if err != nil {
		return Archived{}, err
	}
	g := e.galley(v, l)
	defer e.release(g)
	out := Archived{Subject: cleanHeader(filled(e.subject, g.plain), maxSubject), Preheader: filled(e.preheader, g.plain), HTML: page}
	if g.missing != "" {
		return Archived{}, fmt.Errorf("%w: {{.%s}}", ErrMissing, g.missing)
	}
	return out, nil
}
