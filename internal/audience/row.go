package audience

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// rowReader turns records into people.
type rowReader struct {
	header *header
	hasher mailaddr.Hasher
	zones  *zoneNames
	// malformed counts the addresses that cannot be one.
	malformed int
	carrier
}

// read returns the person a record describes, or why it is refused. The reason
// repeats nothing of the row: it is kept with the batch, and the person may ask
// to be forgotten.
func (r *rowReader) read(rec record) (person store.Person, zone zoneVerdict, problem string) {
	cells, problem := r.header.fit(rec.cells)
	if problem != "" {
		return store.Person{}, zone, problem
	}
	person.Email, problem = parseAddress(string(cells[r.header.email]))
	if problem != "" {
		r.malformed++
		return store.Person{}, zone, problem
	}
	person.Hash = r.hasher.Sum(person.Email)
	if r.carries(r.header, rec) {
		// Whoever withdrew has, whatever else is wrong with the row.
		if person.Carried, problem = r.standing(r.header, cells); problem != "" || person.Withdraws() != "" {
			return person, zone, problem
		}
	}
	person.Name = r.header.nameIn(cells)
	if err := mailaddr.CheckName(person.Name); err != nil {
		return store.Person{}, zone, err.Error()
	}
	person.Attributes, problem = r.attributes(cells)
	if problem != "" {
		return store.Person{}, zone, problem
	}
	if c := r.header.timezone; c >= 0 {
		zone = r.zones.check(bytes.TrimSpace(cells[c]))
		person.Timezone = zone.name
	}
	if person.Carried != nil {
		if problem = r.carry(r.header, cells, rec.types, &person); problem != "" {
			return store.Person{}, zone, problem
		}
	}
	return person, zone, ""
}

// nameIn returns the name of a row: the one in full, or else what its parts make.
func (h *header) nameIn(cells [][]byte) string {
	if h.name >= 0 {
		if name := bytes.TrimSpace(cells[h.name]); len(name) > 0 {
			return string(name)
		}
	}
	if h.first < 0 && h.last < 0 {
		return ""
	}
	var parts []string
	for _, i := range []int{h.first, h.last} {
		if i >= 0 {
			if part := bytes.TrimSpace(cells[i]); len(part) > 0 {
				parts = append(parts, string(part))
			}
		}
	}
	return strings.Join(parts, " ")
}

// fit returns a cell for every column of the header, or why the row does not fit. What
// is beyond the columns that have a name must be blank, as spreadsheets leave it: text
// there means that the cells before it are not where they belong. A row that is short is
// refused for the same reason: nobody knows which cell is missing.
func (h *header) fit(cells [][]byte) ([][]byte, string) {
	if len(cells) == len(h.columns) && !h.unnamed {
		return cells, ""
	}
	if problem := h.misfit(cells); problem != "" {
		return nil, problem
	}
	return cells[:len(h.columns)], ""
}

func (h *header) misfit(cells [][]byte) string {
	wrong := len(cells) < len(h.columns)
	for i, cell := range cells {
		switch {
		case len(bytes.TrimSpace(cell)) == 0:
		case i >= len(h.columns):
			wrong = true
		case h.columns[i].as == asUnnamed:
			return fmt.Sprintf("cell %d has text in it, and its column has no name; name the column, or put cells with a delimiter in them in double quotes", i+1)
		}
	}
	if wrong {
		return fmt.Sprintf("the row has %s, the header has %d", count(len(cells), "cell"), len(h.columns))
	}
	return ""
}

func (r *rowReader) attributes(cells [][]byte) (attributes map[string]string, problem string) {
	for i, key := range r.header.attributes {
		if key == "" {
			continue
		}
		cell := bytes.TrimSpace(cells[i])
		if len(cell) == 0 {
			continue // keeps what is known
		}
		value := string(cell)
		if strings.ContainsAny(value, "\r\n\t") {
			value = oneLine.Replace(value)
		}
		if problem := checkAttribute(key, value); problem != "" {
			return nil, problem
		}
		if attributes == nil {
			attributes = make(map[string]string, len(r.header.attributes))
		}
		attributes[key] = value
	}
	return attributes, ""
}

// oneLine folds line breaks: an attribute may stand in a subject, which is one
// line (RFC 5322 §2.2).
var oneLine = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ", "\t", " ")

// checkAttribute refuses what could hide or break something where the value is
// merged in.
func checkAttribute(key, value string) string {
	for _, r := range value {
		if r < ' ' || r == 0x7f || r > 0x7f && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return fmt.Sprintf("the column %q has a hidden character, %U, in it; retype the cell", key, r)
		}
	}
	return ""
}

// parseAddress is mailaddr.Parse with an error that repeats no address.
func parseAddress(typed string) (mailaddr.Address, string) {
	address, err := mailaddr.Parse(typed)
	if err == nil {
		return address, ""
	}
	var refused *mailaddr.Error
	if errors.As(err, &refused) {
		return mailaddr.Address{}, refused.Problem
	}
	return mailaddr.Address{}, "the address is not valid"
}

// rowLike tells whether a physical line would do as a row of its own: the right
// number of cells, and an address where one belongs. It reads a line that may
// be half of a quoted cell, so quotes mean little.
func (h *header) rowLike(delimiter byte) func(line []byte) bool {
	return func(line []byte) bool {
		cells := bytes.Split(line, []byte{delimiter})
		if len(cells) != len(h.columns) {
			return false
		}
		_, err := mailaddr.Parse(string(bytes.Trim(cells[h.email], "\" \t")))
		return err == nil
	}
}

// allBlank reports a record of nothing but empty cells, as spreadsheets leave
// them below a table.
func allBlank(cells [][]byte) bool {
	for _, cell := range cells {
		if len(bytes.TrimSpace(cell)) > 0 {
			return false
		}
	}
	return true
}

// count returns "1 cell" or "3 cells".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
