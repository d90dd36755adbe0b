package audience

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"partwork/internal/drip"
	"partwork/internal/segment"
	"partwork/internal/store"
)

// maxSource is how much of a consent's source is kept, in characters.
const maxSource = 200

// carrier reads what only the lists of other programs say: tags, types, how people
// stand there, and when and how they consented.
type carrier struct {
	now time.Time
	// from is how everybody of the list stands, by what kind of list it is.
	from standing
	// all is set if nobody of the list may be mailed, whatever its columns say.
	all bool
	// undated is set by carry if a date of the row could not be read.
	undated bool
	// dated counts the rows that told of a consent.
	dated int
}

// carries reports whether a row may say any of it.
func (r *carrier) carries(h *header, rec record) bool {
	return len(h.carried) > 0 || rec.types != nil || r.from != subscribed
}

// standing returns how a person stands with the other program.
func (r *carrier) standing(h *header, cells [][]byte) (*store.Carried, string) {
	worst := r.from
	for _, i := range h.carried {
		c := &h.columns[i]
		cell := bytes.TrimSpace(cells[i])
		if c.as != asState || len(cell) == 0 {
			continue
		}
		s, ok := c.standing(string(cell))
		if !ok && r.all {
			continue
		}
		if !ok {
			return nil, fmt.Sprintf("the column %s has a word in it that tells no state of a subscription; write subscribed, unconfirmed, unsubscribed, bounced or complained, "+
				"or say --map \"%s=skip\" if it is about something else", quoteShort(c.typed), c.typed)
		}
		worst = max(worst, s)
	}
	return &store.Carried{Unconfirmed: worst == unconfirmed, Withdrawn: worst.reason()}, ""
}

// carry adds the rest to a person whose attributes are texts so far.
func (r *carrier) carry(h *header, cells [][]byte, types []drip.AttributeType, p *store.Person) string {
	r.undated = false
	t := told{carried: p.Carried, rank: -1}
	for _, i := range h.carried {
		cell := string(bytes.TrimSpace(cells[i]))
		if cell == "" {
			continue
		}
		if problem := r.cell(&h.columns[i], cell, p, &t); problem != "" {
			return problem
		}
	}
	for i, kind := range types {
		if key := h.attributes[i]; kind != drip.TextAttribute && key != "" && p.Attributes[key] != "" {
			t.setType(key, kind)
		}
	}
	p.Carried.ConsentNote = t.note()
	if !p.Carried.ConsentAt.IsZero() || p.Carried.ConsentNote != "" {
		r.dated++
	}
	return ""
}

// told is what a row has said so far.
type told struct {
	carried *store.Carried
	rank    int
	dated   string // the column of the consent's date
	source  string
}

func (t *told) setType(key string, kind drip.AttributeType) {
	if t.carried.Types == nil {
		t.carried.Types = make(map[string]drip.AttributeType)
	}
	t.carried.Types[key] = kind
}

// note says what the list says of a consent besides its date.
func (t *told) note() string {
	var parts []string
	if t.dated != "" {
		parts = append(parts, "dated by "+t.dated)
	}
	if t.source != "" {
		parts = append(parts, t.source)
	}
	if len(parts) == 0 {
		return ""
	}
	return " (their list: " + strings.Join(parts, "; ") + ")"
}

// cell reads one cell that is not blank.
func (r *carrier) cell(c *column, cell string, p *store.Person, t *told) string {
	switch c.as {
	case asTags:
		tags, problem := readTags(cell)
		if problem != "" {
			return fmt.Sprintf("the column %s: %s", quoteShort(c.typed), problem)
		}
		for _, tag := range tags {
			if !slices.Contains(p.Carried.Tags, tag) {
				p.Carried.Tags = append(p.Carried.Tags, tag)
			}
		}
	case asConsentDate:
		at, ok := readDate(cell)
		switch {
		case !ok || at.After(r.now.AddDate(0, 0, 1)) || at.Year() < 1990:
			r.undated = true
		case c.rank > t.rank:
			t.rank, t.dated, p.Carried.ConsentAt = c.rank, oneLine.Replace(c.typed), at
		}
	case asConsentSource:
		cell = cut(oneLine.Replace(cell), maxSource)
		if problem := checkAttribute(c.typed, cell); problem != "" {
			return problem
		}
		t.source = cell
	case asAttribute:
		value, err := c.kind.Read(cell)
		switch {
		case err == nil:
			p.Attributes[c.key] = value
			t.setType(c.key, c.kind)
		case c.strict:
			return fmt.Sprintf("the column %s: %v", quoteShort(c.typed), err)
		}
	case asObject:
		return r.object(c, cell, p, t)
	default:
	}
	return ""
}

// object reads a JSON object of attributes. Columns of their own win over it.
func (r *carrier) object(c *column, cell string, p *store.Person, t *told) string {
	var value map[string]any
	dec := json.NewDecoder(strings.NewReader(cell))
	dec.UseNumber()
	if err := dec.Decode(&value); err != nil || dec.More() {
		return fmt.Sprintf("the column %s is no JSON object", quoteShort(c.typed))
	}
	for _, v := range flattened(value, "", 0) {
		text := strings.TrimSpace(oneLine.Replace(v.text))
		if v.key == "" || text == "" || p.Attributes[v.key] != "" {
			continue
		}
		if problem := checkAttribute(v.key, text); problem != "" {
			return problem
		}
		if p.Attributes == nil {
			p.Attributes = make(map[string]string)
		}
		if len(p.Attributes) >= maxColumns {
			return tooManyColumns(len(value))
		}
		p.Attributes[v.key] = text
		if v.kind != drip.TextAttribute {
			t.setType(v.key, v.kind)
		}
	}
	return ""
}

// jsonValue is a value within an object, with the names that lead to it.
type jsonValue struct {
	name, key, text string
	kind            drip.AttributeType
}

// containers are names of objects that only hold attributes; the names of others stay
// part of the attribute's.
var containers = []string{"attributes", "attribs", "fields", "custom_fields", "metadata", "merge_fields", "data"}

// flattened returns the scalar values of an object, in the order of their names.
func flattened(object map[string]any, prefix string, depth int) []jsonValue {
	var list []jsonValue
	for _, name := range slices.Sorted(maps.Keys(object)) {
		v := jsonValue{name: prefix + name, key: segment.AttributeName(prefix + name)}
		switch value := object[name].(type) {
		case string:
			v.text = value
		case json.Number:
			v.text, v.kind = value.String(), drip.NumberAttribute
		case bool:
			v.text, v.kind = fmt.Sprint(value), drip.BoolAttribute
		case []any:
			v.text = listed(value)
		case map[string]any:
			if depth < 3 {
				under := v.name + " "
				if depth == 0 && slices.Contains(containers, v.key) {
					under = ""
				}
				list = append(list, flattened(value, under, depth+1)...)
			}
			continue
		default: // null
		}
		list = append(list, v)
	}
	return list
}

// listed writes a JSON array as programs write tags: with commas, and in quotes what has
// one in it. Of objects it takes the names.
func listed(values []any) string {
	var parts []string
	for _, value := range values {
		if object, ok := value.(map[string]any); ok {
			value = object["name"]
		}
		switch v := value.(type) {
		case string:
			if strings.ContainsAny(v, `,;|"`) {
				v = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
			}
			parts = append(parts, v)
		case json.Number:
			parts = append(parts, v.String())
		case bool:
			parts = append(parts, fmt.Sprint(v))
		}
	}
	return strings.Join(parts, ", ")
}

// readTags reads the tags of a cell: words with commas, semicolons or bars between
// them, those with such a sign in double quotes; or a JSON array.
func readTags(cell string) (tags []drip.Tag, problem string) {
	for _, word := range tagWords(cell) {
		if strings.TrimSpace(word) == "" {
			continue
		}
		tag, err := drip.ParseTag(word)
		if err != nil {
			return nil, err.Error()
		}
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags, ""
}

func tagWords(cell string) (words []string) {
	var array []any
	if strings.HasPrefix(cell, "[") && json.Unmarshal([]byte(cell), &array) == nil {
		cell = listed(array)
	}
	var word strings.Builder
	quoted := false
	for i := 0; i < len(cell); i++ {
		switch c := cell[i]; {
		case c == '"' && quoted && i+1 < len(cell) && cell[i+1] == '"':
			word.WriteByte('"')
			i++
		case c == '"' && (quoted || strings.TrimSpace(word.String()) == ""):
			quoted = !quoted
		case !quoted && (c == ',' || c == ';' || c == '|'):
			words = append(words, word.String())
			word.Reset()
		default:
			word.WriteByte(c)
		}
	}
	return append(words, word.String())
}

// consentDates are the forms in which programs write when somebody consented. Those that
// could be read two ways, such as 3/4/2021, are not among them.
var consentDates = []string{
	time.DateTime, time.RFC3339, time.DateOnly, "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05-07:00",
	"2006-01-02 15:04:05-07", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006/01/02 15:04:05", "2006/01/02", "Jan 2, 2006", "2 Jan 2006",
	"January 2, 2006", "2 January 2006", time.RFC1123, time.RFC1123Z,
}

// readDate reads a date of another program; one without a zone is in UTC.
func readDate(cell string) (time.Time, bool) {
	for _, form := range consentDates {
		at, err := time.Parse(form, cell)
		if err == nil {
			if name, offset := at.Zone(); offset == 0 && name != "UTC" && name != "GMT" && name != "" && !strings.Contains(form, "07") {
				return time.Time{}, false // a zone by an abbreviation that means nothing here
			}
			return at.UTC().Truncate(time.Millisecond), true
		}
	}
	return time.Time{}, false
}

// cut returns at most n characters of a text.
func cut(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}
