package campaignfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// Persona is a made-up subscriber for previews and tests.
type Persona struct {
	Email mailaddr.Address
	// Name is as the persona would have given it; empty if unknown.
	Name string
	// Timezone is an IANA name; empty if unknown.
	Timezone string
	// Tags are those that the persona has; only personas.yaml gives any.
	Tags []drip.Tag
	// Attributes are what else is known, by name; nil if there is nothing. A
	// persona for whom an empty text stands there lacks the attribute.
	Attributes map[string]string
	// AttributeLines are the lines of the file that give the attributes; those
	// that the persona lacks are among them.
	AttributeLines map[string]int
}

// Personas reads the campaign's personas.yaml from fsys, the campaigns folder: a
// list of readers with the keys email, name, timezone and attributes. Personas
// that cannot be used are left out and reported. They are an aid for authors, so
// all findings are warnings: nobody misses an email because of them. A campaign
// without the file has no personas.
//
// A personas.csv, which older projects have, is read if there is no
// personas.yaml, and a finding says how to move.
func Personas(fsys fs.FS, c *drip.Campaign, opts Options) ([]Persona, []drip.Finding) {
	if c.Personas == "" {
		return nil, nil
	}
	f := newFolder(fsys, c.ID, opts)
	personas := f.readPersonas(c.Personas)
	return personas, f.report.sorted()
}

// readPersonas reads personas and turns every finding into a warning.
func (f *folder) readPersonas(name string) []Persona {
	before := len(f.report.findings)
	defer func() {
		for i := range f.report.findings[before:] {
			f.report.findings[before+i].Severity = drip.SeverityWarning
		}
	}()
	text, ok := f.text(name)
	if !ok {
		return nil
	}
	spot := f.report.at(path.Join(f.dir, name), 1)
	if name == personasFile {
		return f.readPersonaList(spot, text)
	}
	table := personaTable{folder: f, spot: spot, seen: personaLines{}}
	personas := table.read(text)
	table.sayHowToMove(personas)
	return personas
}

// personaTable is personas.csv while it is read.
type personaTable struct {
	folder  *folder
	spot    spot
	columns []string
	seen    personaLines
}

// sayHowToMove shows the first persona as personas.yaml has it.
func (t *personaTable) sayHowToMove(personas []Persona) {
	example := Persona{Name: "Anna", Timezone: "Europe/London"}
	email := "anna@example.org"
	if len(personas) > 0 {
		example, email = personas[0], personas[0].Email.String()
	}
	t.spot.warnf(RulePersonas, "write each row into "+personasFile+" as a line such as "+personaLine(email, example)+", and remove this file",
		"personas stand in %s now; this file is read for as long as there is none", personasFile)
}

func (t *personaTable) read(text []byte) []Persona {
	reader := csv.NewReader(bytes.NewReader(text))
	reader.FieldsPerRecord = -1
	var personas []Persona
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.reportCSV(err)
			break
		}
		line, _ := reader.FieldPos(0)
		if t.columns == nil {
			if !t.header(line, row) {
				return nil
			}
			continue
		}
		if persona, ok := t.persona(t.spot.on(line), row); ok {
			personas = append(personas, persona)
		}
	}
	if t.columns == nil {
		t.spot.errorf(RulePersonas, "add the line email,name,timezone", "the file has no header line")
	}
	return personas
}

// reportCSV reports text that is no CSV, such as a quote that never ends.
func (t *personaTable) reportCSV(err error) {
	spot := t.spot
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		spot, err = spot.on(parse.StartLine), parse.Err
	}
	spot.errorf(RulePersonas, `put cells with commas or quotes in double quotes, and write a quote as ""`,
		"this is not valid CSV: %s", err)
}

var columnSyntax = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,63}$`)

// header takes the names of the columns.
func (t *personaTable) header(line int, row []string) bool {
	spot, ok := t.spot.on(line), true
	for _, cell := range row {
		t.columns = append(t.columns, strings.TrimSpace(cell))
	}
	if !slices.Contains(t.columns, "email") {
		spot.errorf(RulePersonas, "start the file with email,name,timezone, separated by commas",
			`no column is called "email"; found %s`, excerpt(strings.Join(row, ",")))
		return false
	}
	for i, column := range t.columns {
		switch {
		case !columnSyntax.MatchString(column):
			spot.errorf(RulePersonas, "write a word of letters, digits and underscores",
				"column %d is called %s; expected a name that issues can refer to", i+1, excerpt(column))
			ok = false
		case slices.Contains(t.columns[:i], column):
			spot.errorf(RulePersonas, "rename one of the two", "two columns are called %q", column)
			ok = false
		}
	}
	return ok
}

// persona reads a row, or reports all that is wrong with it.
func (t *personaTable) persona(spot spot, row []string) (Persona, bool) {
	if len(row) != len(t.columns) {
		spot.errorf(RulePersonas, "add or remove commas", "the row has %d cells; expected %d, as in the first line",
			len(row), len(t.columns))
		return Persona{}, false
	}
	var p Persona
	var problems []error
	for i, column := range t.columns {
		cell := strings.TrimSpace(row[i])
		var err error
		switch column {
		case "email":
			p.Email, err = mailaddr.Parse(cell)
		case "name":
			p.Name, err = cell, mailaddr.CheckName(cell)
		case "timezone":
			p.Timezone, err = t.folder.optionalZone(cell)
		default:
			p.know(column, cell, 1)
		}
		if err != nil {
			problems = append(problems, err)
		}
	}
	for _, err := range problems {
		spot.errorf(RulePersonas, "correct the row", "%s", err)
	}
	return p, len(problems) == 0 && t.seen.add(spot, p.Email)
}

func (f *folder) optionalZone(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	_, err := f.zones.Load(name) // the warning has no fix beside it
	return name, err
}

// know gives the persona an attribute, unless the value is empty.
func (p *Persona) know(name, value string, line int) {
	if p.AttributeLines == nil {
		p.AttributeLines = map[string]int{}
	}
	p.AttributeLines[name] = line
	if value == "" {
		return
	}
	if p.Attributes == nil {
		p.Attributes = map[string]string{}
	}
	p.Attributes[name] = value
}

// personaLines are the lines on which addresses stand, by their keys.
type personaLines map[string]int

// add notes a persona's line, and reports one that is in the file already.
func (l personaLines) add(spot spot, email mailaddr.Address) bool {
	first, again := l[email.Key()]
	if again {
		spot.errorf(RulePersonas, "change one of the two", "the address %s is also on line %d", email, first)
		return false
	}
	l[email.Key()] = spot.line
	return true
}
