package compose

// flow is a block of the text part before its lines are broken. It is made once for
// an edition; setting it for a reader is little work, and asks for nothing but the
// values in it.
type flow struct {
	kind flowKind
	// words are the text of flowWords, flowHeading and flowCode.
	words []run
	// lines are those of flowLines.
	lines []string
	// parts are what stands below one another, or the two branches of flowIf.
	parts []flow
	// loose puts a blank line between the parts.
	loose bool
	// first and rest are what the first line and the others begin with.
	first, rest string
	// slot is the condition of flowIf, and of an item of flowList unless it is -1;
	// holds says in which branch the item stands.
	slot  int
	holds bool
	// bullets are the beginnings of the items of flowList that a reader gets.
	bullets []string
	// heads and rows are those of flowTable.
	heads [][]run
	rows  [][][]run
}

// flowKind says how a flow is set.
type flowKind uint8

const (
	flowStack   flowKind = iota // the parts below one another
	flowWords                   // words in lines of the width
	flowHeading                 // words with a rule below them
	flowCode                    // words in the lines they have
	flowLines                   // lines as they are
	flowHang                    // the parts, with something before every line
	flowIf                      // one of the two parts
	flowList                    // items, each of them one of the parts
	flowTable                   // a record for each row
)

// run is a piece of text: literal, a value, a mark of a condition, or a link.
type run struct {
	piece
	// words and target are those of a pieceLink, which has values in it.
	words, target []run
}

// pieceLink is a run whose looks depend on whether its words are its target.
const pieceLink pieceKind = 'l'

// runsOf cuts text at its marks.
func runsOf(text string) []run {
	var out []run
	for _, p := range cut(text) {
		out = append(out, run{piece: p})
	}
	return out
}

// literal returns the text of runs that are the same for every reader.
func literal(runs []run) (string, bool) {
	text := ""
	for i := range runs {
		if runs[i].kind != pieceText {
			return "", false
		}
		text += runs[i].lit
	}
	return text, true
}

// joined puts literal runs that touch into one.
func joined(runs []run) []run {
	var out []run
	for _, r := range runs {
		if last := len(out) - 1; last >= 0 && r.kind == pieceText && out[last].kind == pieceText {
			out[last].lit += r.lit
			continue
		}
		out = append(out, r)
	}
	return out
}

// markedRuns is the text of runs with their marks in place.
func markedRuns(runs []run) string {
	text := ""
	for i := range runs {
		switch r := &runs[i]; r.kind {
		case pieceText:
			text += r.lit
		case pieceLink:
			text += linked(markedRuns(r.words), markedRuns(r.target))
		default:
			text += markOf(r.kind, r.slot)
		}
	}
	return text
}

// varies reports whether a flow looks different for different readers.
func (f *flow) varies() bool {
	fixed := func(runs []run) bool {
		_, ok := literal(runs)
		return ok
	}
	if f.kind == flowIf || !fixed(f.words) {
		return true
	}
	for _, head := range f.heads {
		if !fixed(head) {
			return true
		}
	}
	for _, row := range f.rows {
		for _, cell := range row {
			if !fixed(cell) {
				return true
			}
		}
	}
	for i := range f.parts {
		if part := &f.parts[i]; f.kind == flowList && part.slot >= 0 || part.varies() {
			return true
		}
	}
	return false
}
