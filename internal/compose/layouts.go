package compose

import (
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"partwork/internal/drip"
	"partwork/internal/theme"
	"partwork/internal/wording"
)

// The files that make up the layouts, below the templates folder.
const (
	fileHTML         = "email/layout.html"
	fileText         = "email/layout.txt"
	fileStyle        = "email/style.css"
	fileConfirmation = "email/confirmation.md"
)

// maxLayout bounds each layout file, in bytes: what is larger makes every
// message larger than mailbox providers show.
const maxLayout = 64 << 10

// Layouts holds the files around the text of an issue. It is read only.
type Layouts struct {
	html, text, style string // the style has the theme's colors
	// confirmations and notices are by language; "" is for those that have none.
	confirmations map[string]letter
	notices       map[drip.NoticeKind]map[string]letter
	book          *wording.Book
	logo          *theme.Logo
	footer        string
}

// letter is a Markdown file whose first line is "# subject" and whose second
// paragraph, if quoted by "> ", is the preheader.
type letter struct {
	subject, preheader string
	body               []byte
	line               int
	file               string
}

// LoadLayouts reads theme.yaml, email/layout.html, layout.txt, style.css, text/*.yaml,
// confirmation.md, the notices private.md and address.md, and, for languages that have
// one of their own, such as confirmation.de.md.
// It tries the two layouts once, so that a broken one is reported here and not
// at the first message. The error names the file.
func LoadLayouts(fsys fs.FS) (*Layouts, error) {
	var l Layouts
	for name, into := range map[string]*string{
		fileHTML: &l.html, fileText: &l.text, fileStyle: &l.style,
	} {
		text, err := readText(fsys, name)
		if err != nil {
			return nil, err
		}
		*into = text
	}
	look, err := theme.Load(fsys)
	if err != nil {
		return nil, err
	}
	l.logo, l.footer = look.Logo, look.Footer
	if l.style, err = look.Style(l.style); err != nil {
		return nil, fmt.Errorf("%s:%w", fileStyle, err)
	}
	if l.book, err = wording.Load(fsys); err != nil {
		return nil, err
	}
	if l.confirmations, err = loadLetters(fsys, l.book, fileConfirmation); err != nil {
		return nil, err
	}
	if l.notices, err = loadNotices(fsys, l.book); err != nil {
		return nil, err
	}
	words, _ := l.book.In("")
	for name, text := range map[string]string{fileHTML: l.html, fileText: l.text} {
		if err := tryLayout(name, text, words.Under(textsOfMail)); err != nil {
			return nil, err
		}
	}
	return &l, nil
}

// readText reads a file of bounded size as UTF-8 with LF line ends.
func readText(fsys fs.FS, name string) (string, error) {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return "", fmt.Errorf("read layout: %w", err)
	}
	if len(b) > maxLayout {
		return "", fmt.Errorf("%s has %d bytes; at most %d are allowed", name, len(b), maxLayout)
	}
	if !utf8.Valid(b) {
		return "", fmt.Errorf("%s is not UTF-8", name)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n"), nil
}

// parseLetter splits the confirmation's file into subject, preheader and body.
func parseLetter(text string) (letter, error) {
	subject, rest, ok := strings.Cut(text, "\n")
	subject, marked := strings.CutPrefix(subject, "# ")
	if !ok || !marked || strings.TrimSpace(subject) == "" {
		return letter{}, fmt.Errorf(`line 1: expected the subject as "# Subject"`)
	}
	l := letter{subject: strings.TrimSpace(subject), line: 2}
	body := strings.TrimLeft(rest, "\n")
	l.line += len(rest) - len(body)
	if quoted, after, ok := strings.Cut(body, "\n"); ok && strings.HasPrefix(quoted, "> ") {
		l.preheader = strings.TrimSpace(quoted[2:])
		body, l.line = after, l.line+1
	}
	l.body = []byte(body)
	return l, nil
}

// tryLayout parses a layout and runs it with every part filled in and with none.
func tryLayout(name, text string, words map[string]string) error {
	b := Bundle{Texts: words}
	t, err := b.layoutTemplate(name, text)
	if err == nil {
		err = checkWork(t)
	}
	if err != nil {
		return err
	}
	full := page{
		Lang: "x", Dir: "x", Style: "x", Subject: "x", Preheader: "x", Title: "x", Heading: "x",
		Number: "x", Count: "x", Content: "x", Address: "x",
		Unsubscribe: "x", Preferences: "x", View: "x", Logo: "x", Footer: "x",
		Attachments: []attached{{Name: "x", Size: "x"}},
	}
	for _, p := range []page{full, {}} {
		if err := t.Execute(&strings.Builder{}, p); err != nil {
			return fmt.Errorf("layout: %w", err)
		}
	}
	return nil
}

// Doubts returns what is doubtful about the files, below the templates folder.
func (l *Layouts) Doubts() []drip.Finding { return l.book.Findings() }

// page is what the layouts may use. Every string is escaped for the layout at
// hand or a slot; an empty one is not there.
type page struct {
	// Lang and Dir are the html element's attributes.
	Lang, Dir string
	// Style is style.css; empty in the text layout.
	Style string
	// Subject and Preheader are those of the message, Heading the subject as
	// the body may name it, Title the series.
	Subject, Preheader, Heading, Title string
	// Number and Count say where in the series this issue stands; both are
	// empty in the confirmation.
	Number, Count string
	// Content is the issue itself.
	Content string
	// Address is the postal address, in HTML with br between its lines.
	Address string
	// Unsubscribe, Preferences and View are links; empty where there is none.
	Unsubscribe, Preferences, View string
	// Logo is the theme's, as an img element; empty in the text layout. Footer is
	// the theme's text, in HTML with br between its lines.
	Logo, Footer string
	// Attachments come along with the message.
	Attachments []attached
}
