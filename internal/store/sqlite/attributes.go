package sqlite

import (
	"bytes"
	"encoding/json"
	"fmt"

	"partwork/internal/drip"
)

const noAttributes = "{}"

// toAttributes scans a JSON object of texts, numbers and bools; types is told of those
// that are not texts.
type toAttributes struct {
	to    *map[string]string
	types *map[string]drip.AttributeType
}

// Scan implements sql.Scanner.
func (d toAttributes) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return fmt.Errorf("attributes are stored as %T", src)
	}
	*d.to, *d.types = nil, nil
	if s == noAttributes {
		return nil
	}
	// Nearly always there are texts only, and this is quicker.
	if json.Unmarshal([]byte(s), d.to) == nil {
		return nil
	}
	*d.to = nil
	var values map[string]any
	dec := json.NewDecoder(bytes.NewReader([]byte(s)))
	dec.UseNumber()
	if err := dec.Decode(&values); err != nil {
		return err
	}
	texts, types := make(map[string]string, len(values)), make(map[string]drip.AttributeType)
	for key, value := range values {
		switch v := value.(type) {
		case string:
			texts[key] = v
		case json.Number:
			texts[key], types[key] = v.String(), drip.NumberAttribute
		case bool:
			texts[key], types[key] = fmt.Sprint(v), drip.BoolAttribute
		default:
			return fmt.Errorf("an attribute is stored as %T", value)
		}
	}
	*d.to, *d.types = texts, types
	return nil
}

// attributes returns the JSON object for a map, keys sorted.
func attributes(m map[string]string, types map[string]drip.AttributeType) (string, error) {
	if len(m) == 0 {
		return noAttributes, nil
	}
	var object any = m
	if len(types) > 0 {
		values := make(map[string]any, len(m))
		for key, text := range m {
			values[key] = attributeValue(text, types[key])
		}
		object = values
	}
	b, err := json.Marshal(object)
	return string(b), err
}

// attributeValue returns what a text is written as.
func attributeValue(text string, t drip.AttributeType) any {
	if t == drip.NumberAttribute || t == drip.BoolAttribute {
		if read, err := t.Read(text); err == nil {
			return json.RawMessage(read)
		}
	}
	return text
}
