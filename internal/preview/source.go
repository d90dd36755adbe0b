package preview

import (
	"bytes"

	"partwork/internal/drip"
)

// sourceLine is a line of a file.
type sourceLine struct {
	Number int
	Text   string
	// Findings are those about the line, and About says that it is the one that an
	// excerpt is about.
	Findings []drip.Finding
	About    bool
}

// maxShown bounds the lines of a file on the page.
const maxShown = 5000

// lines returns the lines of a file, with findings beside those they are about. It
// returns none if the file cannot be read: something else says why.
func (p *Preview) lines(st *state, file string, found []drip.Finding) []sourceLine {
	if st.Source == nil {
		return nil
	}
	text, err := st.Source(file)
	if err != nil || len(text) == 0 {
		return nil
	}
	var out []sourceLine
	for line := range bytes.SplitSeq(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")) {
		if len(out) == maxShown {
			break
		}
		l := sourceLine{Number: len(out) + 1, Text: string(bytes.ToValidUTF8(bytes.TrimSuffix(line, []byte("\r")), []byte("\ufffd")))}
		for _, f := range found {
			if f.Line == l.Number {
				l.Findings = append(l.Findings, f)
			}
		}
		out = append(out, l)
	}
	return out
}

// around returns the line that a finding is about, with one before and one after.
func (p *Preview) around(st *state, f drip.Finding) []sourceLine {
	if f.Line == 0 {
		return nil
	}
	all := p.lines(st, f.File, nil)
	from, to := max(0, f.Line-2), min(len(all), f.Line+1)
	if from >= to {
		return nil
	}
	out := all[from:to]
	for i := range out {
		out[i].About = out[i].Number == f.Line
	}
	return out
}
