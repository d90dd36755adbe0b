package compose

import "partwork/internal/drip"

// Row is a message in the list of an inbox.
type Row struct {
	Subject, Preheader string
}

// RowOf returns the row of a version of an issue for a reader. It looks at nothing but
// the two lines, so that a list of hundreds of issues costs little; the text of the
// issue may have errors. A line that is wrong itself stands as it was written, and so
// do both if the reader lacks a value that they need.
func RowOf(b Bundle, r Reader) Row {
	c := compiler{b: &b}
	e := &Edition{bundle: b}
	e.subject, e.preheader = cut(c.line(b.Subject)), cut(c.line(b.Preheader))
	if c.findings.broken() {
		return Row{Subject: b.Subject, Preheader: b.Preheader}
	}
	c.number(e)
	g := e.galley(e.Merge(r), Links{})
	defer e.release(g)
	row := Row{Subject: g.subject(false), Preheader: filled(e.preheader, g.plain)}
	if g.missing != "" {
		return Row{Subject: b.Subject, Preheader: b.Preheader}
	}
	return row
}

// LinesOf collects what [RowOf] needs of the issue at the given position, and nothing
// else of its version.
func LinesOf(c *drip.Campaign, issue int, l *Layouts) Bundle {
	is := &c.Issues[issue]
	b := Bundle{
		Version: bundleVersion, Issue: is.ID, Title: c.Title, Language: c.Spoken(), From: Mailbox(c.From),
		Subject: is.Subject, Preheader: is.Preheader,
	}
	if c.Discreet {
		b.Subject, b.Preheader = l.discreet(c)
	}
	return b
}
