package compose

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"partwork/internal/drip"
)

// Edition is a compiled version of an issue. It never changes, as far as can be told
// from outside, and serves any number of goroutines at once.
type Edition struct {
	bundle Bundle
	slots  []slot
	// fields are the paths of the reader's fields in use, sorted.
	fields []string
	// needs are the uses of them without a default, and conditions the choices
	// between texts; lines are those of the body, 0 for the subject and preheader.
	needs      []need
	conditions []condition
	// series are the ids of the listed issues.
	series []string
	// embedded are the images that come along, and hosts says that there are
	// images which do not.
	embedded           []Image
	hosts              bool
	subject, preheader []piece
	html               []piece
	text               []textPart
	// origins say where the value of each slot comes from.
	origins []origin
	// heads are the headers of real messages and of test sends, and wire is the
	// body of both; nil if broken.
	heads  [2]headers
	wire   *wire
	broken bool
	// galleys are *galley between two messages.
	galleys sync.Pool
}

// textPart is a part of the text layout: pieces, or a block of the issue whose
// line breaks depend on the reader.
type textPart struct {
	pieces []piece
	block  *flow
}

// Bundle returns what the edition was compiled from.
func (e *Edition) Bundle() Bundle { return e.bundle }

// Broken reports whether compiling found an error; Compose then refuses.
func (e *Edition) Broken() bool { return e.broken }

// UsesSeries reports whether messages list the issues with the reader's dates, so
// that Reader.Dates is worth the work.
func (e *Edition) UsesSeries() bool { return len(e.series) > 0 }

// compiler is the state of one Compile.
type compiler struct {
	b          *Bundle
	slots      slots
	findings   findings
	needs      []need
	conditions []condition
}

// Compile turns a version of an issue into an edition. The findings have the
// issue's id for a file; lines count within the body, and 0 stands for subject,
// preheader and layout. The edition is never nil, but with an error among the
// findings it only serves to look at: its messages are refused by Compose.
func Compile(b Bundle) (*Edition, []drip.Finding) {
	c := compiler{b: &b, findings: findings{file: b.Issue}}
	e := &Edition{bundle: b}
	e.subject = cut(c.line(b.Subject))
	e.preheader = cut(c.line(b.Preheader))
	heading := c.heading(b.Heading)

	source := []byte(c.scanner(true).scan(dropMarks(b.Markdown)))
	md := newMarkdown(&b)
	doc := md.Parser().Parse(text.NewReader(source))
	in := inspector{
		source: source, slots: &c.slots, findings: &c.findings, bundle: &b,
		sourceOf: c.source, weighed: map[string]bool{},
	}
	in.entries = c.entries(e)
	in.conditions(doc)
	in.sources(doc)
	in.marksOfDots(doc)
	in.inspect(doc)
	shown := in.images
	if logo, ok := b.image(logoPath); ok {
		shown = append(shown, logo)
	}
	if e.hosts = b.HostedImages && len(shown) > 0; !e.hosts {
		e.embedded = shown
	}

	var content bytes.Buffer
	if err := md.Renderer().Render(&content, source, doc); err != nil {
		c.fault("markdown", fmt.Sprintf("the text cannot be rendered: %v", err))
	}
	e.html = cut(c.htmlPart(heading, content.String()))
	if !c.findings.broken() && !inOrder(e.html) {
		c.fault("condition", "a condition is torn apart")
	}
	e.text = c.textParts(heading, source, doc)
	c.finish(e)
	return e, c.findings.list
}

// finish copies what the slots need into the edition, and encodes what is the same
// for every reader.
func (c *compiler) finish(e *Edition) {
	c.number(e)
	e.needs, e.conditions = c.needs, c.conditions
	if e.broken = c.findings.broken(); e.broken {
		return
	}
	if err := e.engrave(); err != nil {
		c.fault("message", err.Error())
		e.broken = true
	}
}

// number copies the slots into the edition.
func (c *compiler) number(e *Edition) {
	e.slots = c.slots.list
	for _, sl := range e.slots {
		e.origins = append(e.origins, originOf(sl.path))
		if strings.HasPrefix(sl.path, fieldSubscriber) && !slices.Contains(e.fields, sl.path) {
			e.fields = append(e.fields, sl.path)
		}
	}
	slices.Sort(e.fields)
}

// engrave encodes all that is the same for every reader.
func (e *Edition) engrave() (err error) {
	for i := range e.heads {
		if e.heads[i], err = newHeaders(e, i == testHead); err != nil {
			return err
		}
	}
	e.wire, err = newWire(e)
	return err
}

// The heads of an edition.
const (
	realHead = iota
	testHead
)

// scanner returns a scanner for the body, or for a text without lines.
func (c *compiler) scanner(inBody bool) scanner {
	place := func(line int) int {
		if inBody {
			return line
		}
		return 0
	}
	return scanner{
		slots:   &c.slots,
		allowed: allowedIn(c.b),
		report: func(line int, message string) {
			c.findings.add(drip.SeverityError, place(line), "merge-field", message, "")
		},
		needs: func(n need) {
			n.line = place(n.line)
			known := slices.ContainsFunc(c.needs, func(o need) bool {
				return o.path == n.path && o.condition == n.condition && o.holds == n.holds
			})
			if !known {
				c.needs = append(c.needs, n)
			}
		},
		condition: func(cond condition) {
			cond.line = place(cond.line)
			c.conditions = append(c.conditions, cond)
		},
	}
}

// line reads a subject or preheader: one line, no Markdown, no list.
func (c *compiler) line(s string) string {
	sc := c.scanner(false)
	inBody := sc.allowed
	sc.allowed = func(path string) error {
		if path == fieldSeries || strings.HasPrefix(path, "Links.") {
			return fmt.Errorf("has no place in a subject or preheader")
		}
		return inBody(path)
	}
	scanned := sc.scan(strings.Join(strings.Fields(dropMarks(s)), " "))
	return strings.ReplaceAll(scanned, `\{{`, "{{")
}

// innerApostrophe is an apostrophe between letters.
var innerApostrophe = regexp.MustCompile(`(\pL)'(\pL)`)

// heading is line for a text that is set large: in English its apostrophes become
// typographic, as those of the body do.
func (c *compiler) heading(s string) string {
	line := c.line(s)
	if isEnglish(c.b.Language) {
		line = innerApostrophe.ReplaceAllString(line, "$1’$2")
	}
	return line
}

// entries prepares the list of the series.
func (c *compiler) entries(e *Edition) []seriesEntry {
	var out []seriesEntry
	for i, s := range c.b.Series {
		e.series = append(e.series, s.Issue)
		out = append(out, seriesEntry{
			title:   c.heading(s.Title),
			date:    c.slots.mark(slot{path: fieldDate + strconv.Itoa(i)}),
			current: s.Issue == c.b.Issue,
		})
	}
	return out
}

// fault reports an error about the whole.
func (c *compiler) fault(rule, message string) {
	c.findings.add(drip.SeverityError, 0, rule, message, "")
}

// textParts lays out the text part.
func (c *compiler) textParts(heading string, source []byte, doc ast.Node) []textPart {
	content := keepMark(len(c.slots.list)) // no slot has this number
	laidOut := c.layout(fileText, c.b.Text, c.page(heading, content, func(s string) string { return s }))
	before, after, _ := strings.Cut(strings.TrimSpace(laidOut)+"\n", content)
	parts := []textPart{{pieces: cut(before)}}
	read := textReader{source, c.b}
	gatherEmptiable(read, doc)
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		block := read.block(n)
		varies, s := block.varies(), setter{value: func(int) string { return "" }}
		if !varies {
			s.set(&block, textWidth)
		}
		if len(parts) > 1 && (varies || s.count > 0) {
			parts = append(parts, textPart{pieces: []piece{{lit: "\n"}}})
		}
		if varies {
			parts = append(parts, textPart{block: &block})
		} else if s.count > 0 {
			parts = append(parts, textPart{pieces: []piece{{lit: string(s.out)}}})
		}
	}
	return append(parts, textPart{pieces: cut(strings.TrimPrefix(after, "\n"))})
}
