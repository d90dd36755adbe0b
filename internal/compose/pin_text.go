package compose

import (
	"errors"
	"strings"
)

// The text of a pin is
//
//	length date name number left part…
//
// Numbers are written in digits of six bits: the date, counted from pinEpoch, in as many
// as length says ('a' for one, 'b' for two); the others in groups of five bits, the
// lowest first, the sixth bit set in all but the last. A text is its length in bytes and
// then itself, so that nothing in it has to be escaped. left is how many issues come
// after this one. The parts are the merge values that the edition uses, each begun by
// one of the characters below. A text never begins with "{", as a JSON object does.
const (
	// pinEpoch is January 1, 2020: from there, five digits reach to 2054.
	pinEpoch = 1577836800

	pinSameName  = '=' // Subscriber.Name, with the value that is the pin's name
	pinName      = 'N' // Subscriber.Name and another text
	pinEmail     = 'E' // Subscriber.Email and a text
	pinZone      = 'Z' // Subscriber.Timezone and a text
	pinAttribute = 'A' // what comes after "Subscriber." and a text
	pinPath      = 'P' // the whole of any other path and a text
	pinDates     = 'D' // how many dates, and each of them
)

// errPin says that a text is none of a pin.
var errPin = errors.New("they are damaged, or were written by a newer partwork")

// AppendText appends the text by which ReadPin knows the pin; equal pins have equal
// texts. It has no more than the values need: some 25 bytes for an issue that calls a
// reader by name and says which of how many it is.
func (p *Pin) AppendText(dst []byte) []byte {
	at := len(dst)
	dst = appendDigits(append(dst, 0), uint64(p.Date-pinEpoch))
	dst[at] = 'a' + byte(len(dst)-at-2)
	dst = appendText(dst, p.Name)
	v := &p.Values
	dst = appendNumber(dst, uint64(v.Number))
	dst = appendNumber(dst, uint64(v.Count)-uint64(v.Number))
	for i := range v.Fields {
		dst = p.appendField(dst, &v.Fields[i])
	}
	if len(v.Dates) == 0 {
		return dst
	}
	dst = appendNumber(append(dst, pinDates), uint64(len(v.Dates)))
	for _, date := range v.Dates {
		dst = appendDate(dst, date)
	}
	return dst
}

// appendField appends the part of a field.
func (p *Pin) appendField(dst []byte, f *Field) []byte {
	switch f.Path {
	case fieldName:
		if f.Value == p.Name {
			return append(dst, pinSameName)
		}
		dst = append(dst, pinName)
	case fieldEmail:
		dst = append(dst, pinEmail)
	case fieldTimezone:
		dst = append(dst, pinZone)
	default:
		kind, path := byte(pinPath), f.Path
		if attribute, ok := strings.CutPrefix(path, fieldSubscriber); ok {
			kind, path = pinAttribute, attribute
		}
		dst = appendText(append(dst, kind), path)
	}
	return appendText(dst, f.Value)
}

// readPinText reads what AppendText wrote.
func readPinText(text string) (Pin, error) {
	r := pinReader{rest: text}
	var p Pin
	p.Date = int64(r.digits(int(r.char()-'a')+1)) + pinEpoch
	p.Name = r.text()
	number := r.number()
	p.Values.Number, p.Values.Count = int(number), int(number+r.number())
	for r.rest != "" && !r.broken {
		r.part(&p)
	}
	if r.broken {
		return Pin{}, errPin
	}
	return p, nil
}

// part reads one of the parts.
func (r *pinReader) part(p *Pin) {
	f := Field{}
	switch r.char() {
	case pinSameName:
		p.Values.Fields = append(p.Values.Fields, Field{fieldName, p.Name})
		return
	case pinDates:
		p.Values.Dates = r.dates()
		return
	case pinName:
		f.Path = fieldName
	case pinEmail:
		f.Path = fieldEmail
	case pinZone:
		f.Path = fieldTimezone
	case pinAttribute:
		f.Path = fieldSubscriber + r.text()
	case pinPath:
		f.Path = r.text()
	default:
		r.broken = true
	}
	f.Value = r.text()
	p.Values.Fields = append(p.Values.Fields, f)
}
