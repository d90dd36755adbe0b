package compose

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// bundleVersion is the version of the encoding. It grows when the meaning of a
// stored bundle changes; DecodeBundle reads the older ones too, and they go on meaning
// what they meant, because their messages may be on their way.
const (
	bundleVersion      = 4
	versionFigures     = 2 // images of the campaign's own, figures, sources, marks made of dots
	versionAttachments = 3 // attachments, tables that fit a telephone
	versionWording     = 4 // the texts that are not the author's, in the campaign's language
)

// Bundle is one version of one issue: everything that decides what its messages
// look like, apart from the reader. Where the issue stands in the series is not
// part of it, so adding an issue does not change the versions of the others.
type Bundle struct {
	Version int `json:"version"`
	// Issue is the issue's id, and Key the campaign's public name.
	Issue string `json:"issue"`
	Key   string `json:"key"`
	// Title, Language, From, ReplyTo and PostalAddress are the campaign's.
	Title         string  `json:"title"`
	Language      string  `json:"language"`
	From          Mailbox `json:"from"`
	ReplyTo       Mailbox `json:"reply_to"`
	PostalAddress string  `json:"postal_address"`
	// Subject and Preheader stand in the inbox. Heading is the subject for
	// within the message; it differs from Subject in discreet campaigns.
	Subject   string `json:"subject"`
	Preheader string `json:"preheader"`
	Heading   string `json:"heading"`
	// Markdown is the body.
	Markdown string `json:"markdown"`
	// Series lists the issues that are not drafts, in order, if the body uses
	// {{.Series}}, and is empty otherwise.
	Series []Entry `json:"series"`
	// Preferences and View ask for links to the reader's preferences and to
	// the page that shows the message in a browser.
	Preferences bool `json:"preferences"`
	View        bool `json:"view"`
	// HTML, Text and Style are the layout's files.
	HTML  string `json:"layout_html"`
	Text  string `json:"layout_text"`
	Style string `json:"style"`
	// Images are those that the text names, and HostedImages says that readers
	// fetch them from this instance; otherwise they are in the message.
	Images       []Image `json:"images,omitempty"`
	HostedImages bool    `json:"hosted_images,omitempty"`
	// LogoAlt and LogoWidth are the theme's, whose logo is among the images;
	// Footer is the theme's text. Its colors are in Style.
	LogoAlt   string `json:"logo_alt,omitempty"`
	LogoWidth int    `json:"logo_width,omitempty"`
	Footer    string `json:"footer,omitempty"`
	// Attachments come along, in this order.
	Attachments []Attachment `json:"attachments,omitempty"`
	// Texts are those that are not the author's, by their names such as "mail.leave",
	// in the campaign's language. Those of dates are there if Series is.
	Texts map[string]string `json:"texts,omitempty"`
}

// Mailbox is a mailaddr.Mailbox as a bundle stores it.
type Mailbox struct {
	Name    string           `json:"name"`
	Address mailaddr.Address `json:"address"`
}

// Entry is an issue in the list of the series.
type Entry struct {
	Issue string `json:"issue"`
	Title string `json:"title"`
}

// NewBundle collects the version of the issue at the given position of the
// campaign's list. In a discreet campaign, subject and preheader are neutral and
// the sender has no name.
func NewBundle(c *drip.Campaign, issue int, l *Layouts) Bundle {
	is := &c.Issues[issue]
	b := newBundle(c, l)
	b.Issue, b.Markdown = is.ID, string(is.Body)
	b.Preferences, b.View = true, true
	b.Subject, b.Preheader, b.Heading = is.Subject, is.Preheader, is.Subject
	if c.Discreet {
		b.Subject, b.Preheader = l.discreet(c)
	}
	b.Images = append(b.Images, imagesIn(c, b.Markdown)...)
	b.Attachments = attachmentsOf(is)
	if usesSeries(b.Markdown) {
		for i := range c.Issues {
			if !c.Issues[i].Draft || i == issue {
				b.Series = append(b.Series, Entry{Issue: c.Issues[i].ID, Title: c.Issues[i].Subject})
			}
		}
		maps.Copy(b.Texts, l.words(c).Under(textsOfDates))
	}
	return b
}

// NewConfirmation collects the message that asks a person to confirm. It says
// nothing that whoever filled in the form could have typed, because the form may
// have been filled in by a stranger.
func NewConfirmation(c *drip.Campaign, l *Layouts) Bundle {
	b := newBundle(c, l)
	asks := l.confirmation(c)
	b.Issue, b.Markdown = drip.ConfirmationID, string(asks.body)
	b.Subject, b.Preheader = asks.subject, asks.preheader
	b.Heading = b.Subject
	return b
}

// newBundle fills in what all messages of a campaign share.
func newBundle(c *drip.Campaign, l *Layouts) Bundle {
	b := Bundle{
		Version: bundleVersion, Key: c.Key, Title: c.Title, Language: c.Spoken(),
		From: Mailbox(c.From), ReplyTo: Mailbox(c.ReplyTo), PostalAddress: c.PostalAddress,
		HTML: l.html, Text: l.text, Style: l.style, HostedImages: c.HostedImages, Footer: l.footer,
		Texts: l.frame(c),
	}
	if l.logo != nil {
		b.Images = []Image{logoOf(l.logo)}
		b.LogoAlt, b.LogoWidth = l.logo.Alt, l.logo.Width
	}
	if c.Discreet {
		b.From.Name, b.ReplyTo.Name = "", ""
	}
	return b
}

// Confirmation reports whether b is the message that asks to confirm.
func (b Bundle) Confirmation() bool { return b.Issue == drip.ConfirmationID }

// Encode returns the canonical form: JSON with fixed keys in a fixed order, so
// equal bundles have equal bytes.
func (b Bundle) Encode() []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(b); err != nil {
		panic("compose: encode bundle: " + err.Error()) // strings and bools always encode
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}

// DecodeBundle reads what Encode wrote. Unknown keys and versions are errors:
// bytes that mean something else must not be sent.
func DecodeBundle(data []byte) (Bundle, error) {
	var b Bundle
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&b); err != nil {
		return Bundle{}, fmt.Errorf("decode content: %w", err)
	}
	if b.Version < 1 || b.Version > bundleVersion {
		return Bundle{}, fmt.Errorf("decode content: version %d is not known to this program; it knows 1 to %d", b.Version, bundleVersion)
	}
	if b.Version < versionFigures && (b.Images != nil || b.HostedImages || b.LogoAlt != "" || b.LogoWidth != 0 || b.Footer != "") {
		return Bundle{}, fmt.Errorf("decode content: version %d has no images and no theme", b.Version)
	}
	if b.Version < versionAttachments && b.Attachments != nil {
		return Bundle{}, fmt.Errorf("decode content: version %d has no attachments", b.Version)
	}
	if b.Version < versionWording && b.Texts != nil {
		return Bundle{}, fmt.Errorf("decode content: version %d has no texts of its own", b.Version)
	}
	if !slices.Equal(b.Encode(), data) {
		return Bundle{}, fmt.Errorf("decode content: the bytes are not in canonical form")
	}
	return b, nil
}

// Hash returns the SHA-256 of Encode: the name of this version.
func (b Bundle) Hash() [32]byte { return sha256.Sum256(b.Encode()) }
