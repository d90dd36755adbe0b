package compose

import (
	"io/fs"

	"partwork/internal/drip"
	"partwork/internal/wording"
)

// The files of the notices, below the templates folder, in the form of the
// confirmation's.
const (
	filePrivate = "email/private.md"
	fileAddress = "email/address.md"
)

// loadNotices reads the texts of the notices.
func loadNotices(fsys fs.FS, book *wording.Book) (map[drip.NoticeKind]map[string]letter, error) {
	notices := make(map[drip.NoticeKind]map[string]letter)
	for kind, name := range map[drip.NoticeKind]string{drip.NoticePrivate: filePrivate, drip.NoticeAddress: fileAddress} {
		letters, err := loadLetters(fsys, book, name)
		if err != nil {
			return nil, err
		}
		notices[kind] = letters
	}
	return notices, nil
}

// NewNotice collects the message of a notice: asked for one by one, like the
// confirmation, with its link as Links.Confirm. It comes from the campaign's address, in
// its language, and says nothing else of the campaign, nor anything that somebody typed:
// an address may have been mistyped, and then a stranger reads it.
func NewNotice(c *drip.Campaign, l *Layouts, kind drip.NoticeKind) Bundle {
	b := NewConfirmation(c, l)
	text, words := l.spoken(l.notices[kind], c), l.words(c)
	b.Markdown, b.Subject, b.Preheader, b.Heading = string(text.body), text.subject, text.preheader, text.subject
	b.From.Name, b.ReplyTo.Name = "", ""
	b.Images, b.LogoAlt, b.LogoWidth, b.Footer = nil, "", 0, ""
	// The layouts say the one below a confirmation; a notice says the other. It is no text
	// of emails, so that every approved issue stays as it is.
	b.Title, _ = words.Text("notice.title")
	b.Texts["mail.unconfirmed"], _ = words.Text("notice.below")
	return b
}

// Subject returns the subject as it was sent with these values.
func (e *Edition) Subject(v Values) string {
	g := e.galley(v, Links{})
	defer e.release(g)
	return g.subject(false)
}
