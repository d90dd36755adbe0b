package compose

import (
	"net/url"
	"strconv"
	"strings"
)

// galley is what filling an edition for one reader works with. It keeps its memory
// for the next reader, so that composing asks for none.
type galley struct {
	e *Edition
	v Values
	l Links
	// texts are the values of the slots, as far as known says they have been asked for.
	texts []string
	known []bool
	// missing is the first field without value and default.
	missing string
	// set breaks the lines of the blocks that depend on the reader.
	set setter
	// field is the value of the header field that is being written.
	field []byte
	// boundary is between the parts.
	boundary [boundaryLen]byte
}

// galley returns a galley for one message. Give it back with release.
func (e *Edition) galley(v Values, l Links) *galley {
	g, ok := e.galleys.Get().(*galley)
	if !ok {
		g = &galley{e: e, texts: make([]string, len(e.slots)), known: make([]bool, len(e.slots))}
		g.set.value = g.plain
	}
	g.v, g.l, g.missing = v, l, ""
	return g
}

// release forgets the reader.
func (e *Edition) release(g *galley) {
	g.v, g.l = Values{}, Links{}
	clear(g.texts)
	clear(g.known)
	e.galleys.Put(g)
}

// plain returns the value of a slot, fit for its place in the text part. For the
// slot of a condition, any value but "" means that it holds.
func (g *galley) plain(n int) string {
	if !g.known[n] {
		g.texts[n], g.known[n] = g.resolve(n), true
	}
	return g.texts[n]
}

// html returns the value of a slot for the HTML part.
func (g *galley) html(n int) string { return escape(g.plain(n)) }

// resolve finds the value of a slot.
func (g *galley) resolve(n int) string {
	sl := &g.e.slots[n]
	value := g.lookup(n)
	if sl.test != testNone {
		return sl.verdict(value)
	}
	if value == "" {
		if !sl.optional && !certain(sl.path) && g.missing == "" {
			g.missing = sl.path
		}
		value = sl.fallback
	}
	if sl.place == inQuery {
		return strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
	}
	return value
}

// lookup returns what stands at the path of a slot, or "".
func (g *galley) lookup(n int) string {
	path := g.e.slots[n].path
	switch at := g.e.origins[n]; at {
	case fromDates:
		return ""
	case fromTitle:
		return clean(g.e.bundle.Title, maxValue)
	case fromReader:
		return clean(g.v.Fields.of(path), maxValue)
	case fromRest:
		return g.rest(path)
	default:
		if int(at) >= len(g.v.Dates) {
			return ""
		}
		return clean(g.v.Dates[at], maxValue)
	}
}

// rest returns a number or a link.
func (g *galley) rest(path string) string {
	switch path {
	case fieldNumber:
		return strconv.Itoa(g.v.Number)
	case fieldCount:
		return strconv.Itoa(g.v.Count)
	case fieldUnsubscribe:
		return g.l.Unsubscribe
	case fieldConfirm:
		return g.l.Confirm
	case fieldPreferences:
		return g.l.Preferences
	case fieldView:
		return g.l.View
	case fieldImages:
		return strings.TrimSuffix(g.l.Images, "/")
	}
	return ""
}

// origin says where the value of a slot comes from: it is the number of an entry in
// the list of the series, or one of these.
type origin int

const (
	fromReader origin = -1 - iota
	fromTitle
	fromRest  // numbers and links
	fromDates // no entry that could be
)

// originOf reads the path of a slot.
func originOf(path string) origin {
	if number, ok := strings.CutPrefix(path, fieldDate); ok {
		if n, err := strconv.Atoi(number); err == nil && n >= 0 {
			return origin(n)
		}
		return fromDates
	}
	switch {
	case path == fieldTitle:
		return fromTitle
	case strings.HasPrefix(path, fieldSubscriber):
		return fromReader
	}
	return fromRest
}

// block breaks the lines of part n of the text. They are good until the next call.
func (g *galley) block(n int) []byte {
	g.set.reset()
	g.set.set(g.e.text[n].block, textWidth)
	return g.set.out[:max(0, len(g.set.out)-1)]
}

// subject fills the subject.
func (g *galley) subject(test bool) string {
	subject := cleanHeader(filled(g.e.subject, g.plain), maxSubject)
	if test {
		return testMark + subject
	}
	return subject
}

// testMark begins the subject of a test send.
const testMark = "[Test] "

// text fills the text part.
func (g *galley) text() string {
	var out []byte
	for i, part := range g.e.text {
		if part.block == nil {
			out = appendPieces(out, part.pieces, g.plain)
			continue
		}
		out = append(append(out, g.block(i)...), '\n')
	}
	return string(out)
}
