package compose

import (
	"fmt"
	"strings"

	"github.com/vanng822/go-premailer/premailer"
)

// htmlPart lays out the HTML part and moves the CSS into the elements, apart from
// the rules that only work in a style element.
func (c *compiler) htmlPart(heading, content string) string {
	laidOut := c.layout(fileHTML, c.b.HTML, c.page(heading, content, escape))
	p, err := premailer.NewPremailerFromString(laidOut, premailer.NewOptions())
	if err != nil {
		c.fault("layout", fmt.Sprintf("%s is no HTML: %v", fileHTML, err))
		return laidOut
	}
	inlined, err := p.Transform()
	if err != nil {
		c.fault("layout", fmt.Sprintf("the CSS cannot be inlined: %v", err))
		return laidOut
	}
	return inlined
}

// layout runs a layout; what goes wrong is reported.
func (c *compiler) layout(name, text string, p page) string {
	t, err := c.b.layoutTemplate(name, dropMarks(text))
	if err != nil {
		c.fault("layout", err.Error())
		return p.Content
	}
	var out strings.Builder
	if err := t.Execute(&out, p); err != nil {
		c.fault("layout", fmt.Sprintf("layout: %v", err))
		return p.Content
	}
	return out.String()
}

// page fills in what a layout may use. esc escapes text with marks for the layout.
func (c *compiler) page(heading, content string, esc func(string) string) page {
	b := c.b
	p := page{
		Lang: esc(b.Language), Dir: direction(b.Language), Style: dropMarks(b.Style),
		Subject: esc(c.line(b.Subject)), Preheader: esc(c.line(b.Preheader)),
		Title: esc(dropMarks(b.Title)), Heading: esc(heading), Content: content,
		Address: address(b.PostalAddress, esc), Footer: c.footer(esc), Logo: c.logo(esc),
		Attachments: c.attachments(esc),
	}
	if b.Confirmation() {
		return p
	}
	p.Number, p.Count = c.slots.mark(slot{path: fieldNumber}), c.slots.mark(slot{path: fieldCount})
	p.Unsubscribe = c.slots.mark(slot{path: fieldUnsubscribe, place: inLink})
	if b.Preferences {
		p.Preferences = c.slots.mark(slot{path: fieldPreferences, place: inLink})
	}
	if b.View {
		p.View = c.slots.mark(slot{path: fieldView, place: inLink})
	}
	return p
}

// footer returns the theme's text for the footer.
func (c *compiler) footer(esc func(string) string) string {
	text := dropMarks(c.b.Footer)
	if !markup(esc) {
		text = strings.Join(wrap(text, textWidth), "\n")
	}
	return address(text, esc)
}

// logo returns the theme's logo for the HTML layout, or "".
func (c *compiler) logo(esc func(string) string) string {
	img, ok := c.b.image(logoPath)
	if !ok || !markup(esc) {
		return ""
	}
	height := max(1, img.Height*c.b.LogoWidth/max(1, img.Width))
	return fmt.Sprintf(`<img class="logo" src="%s" alt="%s" width="%d" height="%d">`, esc(c.source(img)), esc(dropMarks(c.b.LogoAlt)), c.b.LogoWidth, height)
}

// markup reports whether esc escapes for HTML.
func markup(esc func(string) string) bool { return esc("<") != "<" }

// address escapes the lines of a postal address.
func address(s string, esc func(string) string) string {
	var lines []string
	for line := range strings.Lines(strings.TrimSpace(dropMarks(s))) {
		lines = append(lines, esc(strings.TrimSpace(line)))
	}
	if !markup(esc) {
		return strings.Join(lines, "\n")
	}
	return strings.Join(lines, "<br>")
}

// direction returns the dir attribute for a language tag.
func direction(language string) string {
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	switch base {
	case "ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi":
		return "rtl"
	}
	return "ltr"
}
