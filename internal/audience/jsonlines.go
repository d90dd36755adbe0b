package audience

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"partwork/internal/drip"
	"partwork/internal/segment"
)

// Why a line of JSON Lines is refused.
const (
	notJSON    = "the line is no JSON object; expected one like {\"email\": \"anna@example.org\"} on every line"
	noAddress  = "the object has no email"
	tooMuchNew = "the object has more new names than a list may have columns"
)

// jsonLines reads JSON Lines: an object on every line. Its names are the columns, which
// come as they are met.
type jsonLines struct {
	*splitter
	header *header
	maps   []Mapping
	at     map[string]int // the columns by the names in the objects
	cells  [][]byte
	types  []drip.AttributeType
}

// newJSONLines looks at the first object, for what program it is from.
func newJSONLines(s *splitter, first []byte, maps []Mapping) (*jsonLines, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	j := &jsonLines{splitter: s, maps: maps, at: make(map[string]int)}
	var names []string
	line, _, _ := bytes.Cut(bytes.TrimLeft(bytes.TrimPrefix(first, []byte("\xef\xbb\xbf")), " \t\r\n"), []byte("\n"))
	if object, problem := jsonObject(line); problem == "" {
		for _, v := range flattened(object, "", 0) {
			names = append(names, v.name)
		}
	}
	j.header = newHeader(names, maps)
	// A name of a mapping may come in any line: it cannot be said that it is missing.
	return j, nil
}

// jsonObject reads a line, or says what is wrong with it. A name that is there twice has two
// values (RFC 8259 §4), and nobody can say which of them is meant.
func jsonObject(line []byte) (object map[string]any, problem string) {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil, notJSON
	}
	object = make(map[string]any)
	for dec.More() {
		name, err := dec.Token()
		text, ok := name.(string)
		var value any
		if err != nil || !ok || dec.Decode(&value) != nil {
			return nil, notJSON
		}
		if _, twice := object[text]; twice {
			return nil, fmt.Sprintf("the name %s is there twice; leave one of them out", quoteShort(text))
		}
		object[text] = value
	}
	if _, err := dec.Token(); err != nil { // the brace
		return nil, notJSON
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, notJSON
	}
	return object, ""
}

// next implements rowSource.
func (j *jsonLines) next() (record, error) {
	for {
		end, next, ok, err := j.lineAt(0)
		if err != nil {
			return record{}, err
		}
		if !ok {
			if j.start == j.end {
				return record{}, io.EOF
			}
			return j.skipLine()
		}
		line := bytes.TrimSpace(j.buf[j.start : j.start+end])
		rec := record{line: j.line}
		if len(line) > 0 {
			rec = j.record(line)
		}
		j.consume(next, 1)
		if len(line) > 0 {
			return rec, nil
		}
	}
}

// record reads one line.
func (j *jsonLines) record(line []byte) record {
	rec := record{line: j.line, problem: j.checkText(line)}
	if rec.problem != "" {
		return rec
	}
	object, problem := jsonObject(line)
	if rec.problem = problem; problem != "" {
		return rec
	}
	j.cells, j.types = j.cells[:0], j.types[:0]
	for _, v := range flattened(object, "", 0) {
		if v.text == "" {
			continue
		}
		i, problem := j.column(v.name)
		switch {
		case problem != "":
			rec.problem = problem
			return rec
		case i < 0:
			continue
		case len(v.text) > maxCell:
			rec.problem = tooLongCell
			return rec
		}
		for len(j.cells) <= i {
			j.cells, j.types = append(j.cells, nil), append(j.types, drip.TextAttribute)
		}
		j.cells[i], j.types[i] = []byte(v.text), v.kind
	}
	for len(j.cells) < len(j.header.columns) {
		j.cells, j.types = append(j.cells, nil), append(j.types, drip.TextAttribute)
	}
	if j.header.email < 0 || len(j.cells[j.header.email]) == 0 {
		rec.problem = noAddress
		return rec
	}
	rec.cells, rec.types = j.cells, j.types
	return rec
}

// column returns the column of a name, -1 if it is none, or says why it cannot be one.
func (j *jsonLines) column(name string) (int, string) {
	if i, ok := j.at[name]; ok {
		return i, ""
	}
	above, _, _ := strings.Cut(name, " ")
	if segment.AttributeName(name) == "" || j.header.words[segment.AttributeName(above)].as == asNothing && above != name {
		return -1, ""
	}
	i := len(j.header.columns)
	if i >= maxColumns {
		return 0, tooMuchNew
	}
	if problem := j.header.add(name); problem != "" {
		return 0, fmt.Sprintf("the name %s means the same as another one of the list; leave one of them out with --map \"NAME=skip\"", quoteShort(name))
	}
	j.at[name] = i
	return i, ""
}
