package store

import (
	"maps"

	"partwork/internal/drip"
)

// AttributeTypes returns the types that a row gives to its attributes; nil if it gives none.
func (c *Carried) AttributeTypes() map[string]drip.AttributeType {
	if c == nil {
		return nil
	}
	return c.Types
}

// Withdraws returns why the row says that its address must not be mailed any more;
// empty if it does not say so.
func (p *Person) Withdraws() drip.SuppressionReason {
	if p.Carried == nil {
		return ""
	}
	return p.Carried.Withdrawn
}

// ConsentIsOwn reports whether the row tells when or how its consent was given.
func (p *Person) ConsentIsOwn() bool {
	c := p.Carried
	return c != nil && !c.Unconfirmed && (!c.ConsentAt.IsZero() || c.ConsentNote != "")
}

// Unconfirmed reports whether no statement of an import is about the row.
func (p *Person) Unconfirmed() bool { return p.Carried != nil && p.Carried.Unconfirmed }

// MergedAttributes returns the attributes of a known person and their types with what
// the row says: blanks say nothing, and a value without a type keeps the one that the
// person's has, if it reads as such. The person's own maps stay as they are.
func (p *Person) MergedAttributes(known drip.Subscriber) (map[string]string, map[string]drip.AttributeType) {
	values, types := maps.Clone(known.Attributes), maps.Clone(known.Types)
	if values == nil {
		values = make(map[string]string)
	}
	given := p.Carried.AttributeTypes()
	for key, value := range p.Attributes {
		if value == "" {
			continue
		}
		t := given[key]
		if t == drip.TextAttribute {
			t = types[key]
		}
		read, err := t.Read(value)
		if err != nil {
			t, read = drip.TextAttribute, value
		}
		values[key] = read
		switch {
		case t != drip.NumberAttribute && t != drip.BoolAttribute:
			delete(types, key)
		case types == nil:
			types = map[string]drip.AttributeType{key: t}
		default:
			types[key] = t
		}
	}
	return values, types
}
