package compose

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"partwork/internal/mailaddr"
)

// Manuscript returns the version as its author knows it: what stands in the
// inbox, what the message says of its sender, and the Markdown. Of the layout it
// has a fingerprint only. Versions that differ have manuscripts that differ.
func (b Bundle) Manuscript() string {
	var s strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&s, "%s: %s\n", name, strings.ReplaceAll(value, "\n", ", "))
		}
	}
	line("Subject", b.Subject)
	line("Preheader", b.Preheader)
	if b.Heading != b.Subject {
		line("Heading", b.Heading)
	}
	line("Series", b.Title)
	line("Language", b.Language)
	line("From", mailaddr.Mailbox(b.From).String())
	if b.ReplyTo != (Mailbox{}) {
		line("Reply-To", mailaddr.Mailbox(b.ReplyTo).String())
	}
	line("Postal address", b.PostalAddress)
	for _, entry := range b.Series {
		line("Lists", entry.Issue+", "+entry.Title)
	}
	for _, img := range b.Images {
		line("Image", fmt.Sprintf("%s, %d × %d, %s", img.Path, img.Width, img.Height, img.digest()))
	}
	for _, a := range b.Attachments {
		line("Attachment", fmt.Sprintf("%q, %s, %s, %s", a.Name, a.Type, a.Size(), digest(a.Data)))
	}
	line("Logo", b.LogoAlt)
	line("Footer", b.Footer)
	layout := fmt.Sprintf("%q %q %q %t %t %s %s %d %t %d", b.HTML, b.Text, b.Style, b.Preferences, b.View, b.Issue, b.Key, b.Version, b.HostedImages, b.LogoWidth)
	sum := sha256.Sum256([]byte(layout + b.wordsOfFrame()))
	line("Layout", hex.EncodeToString(sum[:6]))
	s.WriteString("\n" + b.Markdown)
	return s.String()
}

// wordsOfFrame lists the texts that are not the author's.
func (b Bundle) wordsOfFrame() string {
	var s strings.Builder
	for _, name := range slices.Sorted(maps.Keys(b.Texts)) {
		fmt.Fprintf(&s, " %q %q", name, b.Texts[name])
	}
	return s.String()
}
