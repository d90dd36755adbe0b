package segment

import (
	"strings"

	"partwork/internal/spelling"
)

// example is what a message shows where a test is missing.
const example = "a test looks like tag:vip, country = DE or joined < 30d ago"

// aliases are other words for fields that the columns of lists are called by.
var aliases = map[string]string{"tags": FieldTag, "timezone": FieldZone, "time_zone": FieldZone}

// test reads one test.
func (p *parser) test() (Node, error) {
	tok := p.peek()
	if tok.kind != tokenWord {
		return nil, p.noTest(tok)
	}
	switch keyword(tok.text) {
	case "has", "missing":
		p.take()
		name := p.peek()
		if name.kind != tokenWord || keyword(name.text) != "" {
			return nil, p.fault(name, "found "+p.name(name)+"; expected a field after "+strings.ToLower(tok.text), "name what is to be known, as in has country")
		}
		field, short, err := p.field()
		if err == nil && short != nil {
			err = p.fault(name, "found a value; expected a field alone after "+strings.ToLower(tok.text), "write "+name.text+" without it, or has "+field.Name)
		}
		if err != nil {
			return nil, err
		}
		return Test{Field: field, Op: Op(keyword(tok.text))}, nil
	case "and", "or", "in", "contains", "ago":
		return nil, p.noTest(tok)
	}
	field, short, err := p.field()
	if err != nil {
		return nil, err
	}
	if short != nil {
		return p.finish(tok, field, Eq, []operand{*short})
	}
	return p.comparison(tok, field)
}

// noTest says that a test was expected.
func (p *parser) noTest(tok token) error {
	if tok.kind == tokenEnd && p.at == 0 {
		return p.fault(tok, "the filter is empty", example+"; whoever wants everybody leaves it out")
	}
	return p.fault(tok, "found "+p.name(tok)+"; expected a test", example)
}

// field reads the name of a field. In the short form of a test, tag:vip, the value
// comes along.
func (p *parser) field() (Field, *operand, error) {
	tok := p.take()
	name, rest, short := strings.Cut(tok.text, ":")
	if !short {
		field, err := p.named(tok, name)
		return field, nil, err
	}
	value := token{kind: tokenWord, text: rest, at: tok.at + len(name) + 1, end: tok.end}
	if rest == "" {
		value = p.peek()
		if value.kind != tokenString || !value.glued {
			return Field{}, nil, p.fault(tok, "nothing stands after the colon", "write the value right after it, as in tag:vip or tag:\"two words\"")
		}
		p.take()
	}
	if low := strings.ToLower(name); low == "attr" || low == "attribute" {
		attribute := AttributeName(value.text)
		if attribute == "" {
			return Field{}, nil, p.fault(value, "an attribute's name needs a letter or a digit", "")
		}
		return Field{attribute, Attribute}, nil, nil
	}
	field, err := p.named(tok, name)
	if err != nil {
		return Field{}, nil, err
	}
	if field.Kind != Words && field.Kind != Series {
		return Field{}, nil, p.fault(tok, "a colon stands between a field and its value", "write "+name+" = "+rest+" (the colon is for tag:vip)")
	}
	return field, &operand{tok: value, value: Value{Kind: String, Text: value.text}}, nil
}

// named finds a field by what was typed. What is no field is an attribute, unless it
// looks like a slip.
func (p *parser) named(tok token, typed string) (Field, error) {
	name := AttributeName(typed)
	if alias, ok := aliases[name]; ok {
		name = alias
	}
	if field, ok := fieldNamed(name); ok {
		return field, nil
	}
	if name == "" {
		return Field{}, p.fault(tok, "found "+excerpt(typed)+"; expected the name of a field", example)
	}
	if near := spelling.Nearest(name, fieldNames(), 1, nil); near != "" && len(name) > 3 {
		return Field{}, p.fault(tok, "there is no field "+excerpt(typed), "did you mean "+near+"? an attribute of that name is attr:"+name)
	}
	return Field{name, Attribute}, nil
}

// operand is a value where it stands.
type operand struct {
	value Value
	tok   token
}

// comparison reads what follows the name of a field.
func (p *parser) comparison(start token, field Field) (Node, error) {
	tok := p.take()
	switch op := Op(tok.text); {
	case tok.kind == tokenSign && op != "(" && op != ")" && op != ",":
		value, err := p.operand(tok)
		if err != nil {
			return nil, err
		}
		return p.finish(start, field, op, []operand{value})
	case tok.kind == tokenWord && keyword(tok.text) == "not" && (p.word("in") || p.word("contains")):
		inner, err := p.comparison(start, field)
		return Not{inner}, err
	case tok.kind == tokenWord && keyword(tok.text) == "contains":
		value, err := p.operand(tok)
		if err != nil {
			return nil, err
		}
		return p.finish(start, field, Contains, []operand{value})
	case tok.kind == tokenWord && keyword(tok.text) == "in":
		values, err := p.list(tok)
		if err != nil {
			return nil, err
		}
		return p.finish(start, field, In, values)
	}
	problem := "found " + p.name(tok) + "; expected a comparison after " + field.Name
	if tok.kind == tokenWord && strings.EqualFold(tok.text, "is") {
		return nil, p.fault(tok, problem, "write = instead of is")
	}
	fix := "the comparisons are = != < <= > >= contains in; has " + field.Name + " asks whether it is known"
	if start.at > 0 && (tok.kind == tokenEnd || tok.text == ")" || keyword(tok.text) == "or") {
		fix += "; " + severalValues // country = DE or AT
	}
	return nil, p.fault(tok, problem, fix)
}

// severalValues says how a field is compared with more than one.
const severalValues = "several values stand in parentheses: country in (DE, AT)"

// list reads the values after "in": one, or several in parentheses.
func (p *parser) list(in token) ([]operand, error) {
	if !p.sign("(") {
		value, err := p.operand(in)
		return []operand{value}, err
	}
	open := p.take()
	var values []operand
	for {
		value, err := p.operand(in)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
		switch tok := p.peek(); {
		case p.sign(","):
			p.take()
		case p.sign(")"):
			p.take()
			return values, nil
		case tok.kind == tokenEnd:
			return nil, p.fault(open, "this parenthesis is never closed", `add ")" after the last value`)
		default:
			return nil, p.fault(tok, "found "+p.name(tok)+`; expected "," or ")"`, "values stand between commas; a text of several words stands in quotes")
		}
	}
}

// operand reads a value. Where one must stand, keywords are ordinary words: IN is a
// country, and OR a state.
func (p *parser) operand(after token) (operand, error) {
	tok := p.peek()
	if p.values++; p.values > maxValues {
		return operand{}, p.fault(tok, "there are more than "+itoa(maxValues)+" values", "tag the people, and ask for the tag")
	}
	switch tok.kind {
	case tokenString:
		p.take()
		return operand{Value{Kind: String, Text: tok.text}, tok}, nil
	case tokenWord:
		p.take()
		if n, ok := days(tok.text); ok && p.word("ago") {
			end := p.take()
			tok.end = end.end
			return operand{Value{Kind: Age, Days: n}, tok}, nil
		}
		if p.word("ago") {
			return operand{}, p.fault(tok, excerpt(tok.text)+" is no length of time", "count in days or weeks, up to a hundred years: 30d ago, 4w ago")
		}
		return operand{value(tok.text), tok}, nil
	}
	return operand{}, p.fault(tok, "found "+p.name(tok)+"; expected a value after "+after.text, "write a word, a number, a date such as 2026-11-29, or a text in quotes")
}
