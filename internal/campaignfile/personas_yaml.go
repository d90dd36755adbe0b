package campaignfile

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"partwork/internal/mailaddr"
)

var personaKeys = []string{"email", "name", "timezone", "attributes", "tags"}

// choosePersonas reads the personas from the file that counts, and warns of one
// that does not.
func (f *folder) choosePersonas(list listing) {
	switch {
	case list.personas:
		f.campaign.Personas = personasFile
		if list.table {
			f.report.at(f.file(personaTableFile), 0).warnf(RulePersonas, "remove it, when all who are in it are in "+personasFile,
				"this file is ignored, because there is a %s", personasFile)
		}
	case list.table:
		f.campaign.Personas = personaTableFile
	default:
		return
	}
	f.readPersonas(f.campaign.Personas)
}

// readPersonaList reads personas.yaml.
func (f *folder) readPersonaList(spot spot, text []byte) []Persona {
	body, ok := parseDocument(spot, text)
	if !ok || body == nil {
		return nil // a file in which nobody stands yet is fine
	}
	list, ok := body.(*ast.SequenceNode)
	if !ok {
		spot.on(lineOf(body, 1)).errorf(RuleWrongType, `begin each persona with "- email: …"`,
			"found %s; expected a list of personas", describe(body))
		return nil
	}
	var personas []Persona
	seen := personaLines{}
	for _, item := range list.Values {
		if p, ok := f.readPersona(spot.on(lineOf(item, 1)), item, seen); ok {
			personas = append(personas, p)
		}
	}
	return personas
}

// readPersona reads one persona, or reports all that is wrong with it.
func (f *folder) readPersona(spot spot, node ast.Node, seen personaLines) (Persona, bool) {
	before := len(f.report.findings)
	entries, ok := mappingEntries(spot, node)
	if !ok {
		return Persona{}, false
	}
	s := newSection(spot, slices.DeleteFunc(entries, func(e entry) bool { return isStray(spot, e) }), personaKeys)
	s.require("email", "anna@example.org, which need not exist")
	p := Persona{
		Email: parsed(s, "email", RulePersonas, "write an address of the persona's own, such as anna@example.org",
			mailaddr.Address{}, mailaddr.Parse),
		Name: parsed(s, "name", RulePersonas, "write the name on one line, or leave the key out",
			"", func(name string) (string, error) { return strings.TrimSpace(name), mailaddr.CheckName(name) }),
		Timezone: parsed(s, "timezone", RulePersonas, "write an IANA name such as Europe/London, or leave the key out",
			"", f.optionalZone),
	}
	p.Tags = readTags(s, RulePersonas)
	p.readAttributes(s)
	if len(f.report.findings) > before {
		return Persona{}, false
	}
	return p, seen.add(s.at("email"), p.Email)
}

// isStray reports what was meant to be an attribute but stands beside them.
func isStray(spot spot, e entry) bool {
	if slices.Contains(personaKeys, e.key) || nearest(e.key, personaKeys) != "" {
		return false
	}
	spot.on(e.line).errorf(RuleUnknownKey, "if it is an attribute, write it below attributes:",
		"the key %s is unknown here; the keys are %s", excerpt(e.key), listWords(personaKeys))
	return true
}

// readAttributes reads what else is known of a persona.
func (p *Persona) readAttributes(s *section) {
	e, ok := s.entries["attributes"]
	if !ok {
		return
	}
	entries, ok := mappingEntries(s.at("attributes"), e.node)
	if !ok {
		return
	}
	for _, attribute := range entries {
		name, spot := attribute.key, s.spot.on(attribute.line)
		first, again := p.AttributeLines[name]
		switch {
		case !columnSyntax.MatchString(name):
			spot.errorf(RulePersonas, "write a word of letters, digits and underscores",
				"the attribute %s has a name that no issue can refer to", excerpt(name))
		case slices.Contains(personaKeys[:3], strings.ToLower(name)):
			spot.errorf(RulePersonas, "write it beside attributes:, not below", "%q is no attribute, but a key of the persona", name)
		case again:
			spot.errorf(RuleDuplicateKey, "keep one of the two", "the attribute %q stands here again; it was first on line %d", name, first)
		default:
			value, _ := textOf(spot, "the attribute "+name, "", attribute.node)
			p.know(name, strings.TrimSpace(value), attribute.line)
		}
	}
}

// personaLine writes a persona as an item of personas.yaml, on one line.
func personaLine(email string, p Persona) string {
	pairs := []string{"email: " + strconv.Quote(email)}
	for _, pair := range [][2]string{{"name", p.Name}, {"timezone", p.Timezone}} {
		if pair[1] != "" {
			pairs = append(pairs, pair[0]+": "+strconv.Quote(pair[1]))
		}
	}
	if len(p.Attributes) > 0 {
		var attributes []string
		for _, name := range slices.Sorted(maps.Keys(p.Attributes)) {
			attributes = append(attributes, name+": "+strconv.Quote(p.Attributes[name]))
		}
		pairs = append(pairs, "attributes: {"+strings.Join(attributes, ", ")+"}")
	}
	return "- {" + strings.Join(pairs, ", ") + "}"
}
