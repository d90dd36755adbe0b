package config

import (
	"reflect"
	"strconv"
	"strings"
)

const envPrefix = "PARTWORK_"

// field is one settable key of a Config.
type field struct {
	key    string // "smtp.host"
	def    string // the default, as text
	doc    string
	kind   string // for people: "path", "whole number"
	values string // "a|b" for enumerations
	target reflect.Value
}

// variableSigns turns the key of a field into what the name of a variable may hold.
var variableSigns = strings.NewReplacer(".", "_", "-", "_", "*", "any")

// env returns the name of the field's environment variable.
func (f field) env() string {
	return envPrefix + strings.ToUpper(variableSigns.Replace(f.key))
}

func (f field) secret() bool {
	_, ok := f.target.Interface().(Secret)
	return ok
}

func (f field) path() bool { return f.kind == "path" }

// fieldsOf returns the fields of c, which they set, in the order of the struct.
func fieldsOf(c *Config) []field {
	return appendFields(nil, "", reflect.ValueOf(c).Elem())
}

func appendFields(fields []field, prefix string, v reflect.Value) []field {
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		name, settable := tag.Lookup("yaml")
		if !settable {
			continue // filled from another one, such as a key from its file
		}
		if tag.Get("first") == "only" && prefix != "smtp." {
			continue // a fallback has no such key
		}
		key := prefix + name
		if each, many := tag.Lookup("each"); many {
			fields = appendElements(fields, key, each, v.Field(i))
			continue
		}
		if _, leaf := tag.Lookup("doc"); !leaf {
			fields = appendFields(fields, key+".", v.Field(i))
			continue
		}
		f := field{
			key: key, def: tag.Get("default"), doc: tag.Get("doc"),
			kind: tag.Get("type"), values: tag.Get("values"), target: v.Field(i),
		}
		if f.kind == "" {
			f.kind = kindOf(f)
		}
		fields = append(fields, f)
	}
	return fields
}

// appendElements adds the fields of a list of sections, which are known by their
// number from 1 on or by their Name.
func appendElements(fields []field, key, each string, list reflect.Value) []field {
	for i := range list.Len() {
		name := strconv.Itoa(i + 1)
		if each == "name" {
			name = list.Index(i).FieldByName("Name").String()
		}
		fields = appendFields(fields, key+"."+name+".", list.Index(i))
	}
	return fields
}

// sectionsOf returns every prefix of a key: "smtp", "smtp.timeouts".
func sectionsOf(fields []field) map[string]bool {
	sections := map[string]bool{"limits": true} // its domains may be none
	for _, f := range fields {
		for i, r := range f.key {
			if r == '.' {
				sections[f.key[:i]] = true
			}
		}
	}
	return sections
}
