package compose

import (
	"reflect"
	"testing"
)

// TestManuscriptsDifferWhereVersionsDo changes every field of a version.
func TestManuscriptsDifferWhereVersionsDo(t *testing.T) {
	t.Parallel()
	var blank Bundle
	seen := map[string]string{blank.Manuscript(): "nothing"}
	kind := reflect.TypeFor[Bundle]()
	for i := range kind.NumField() {
		var b Bundle
		field := reflect.ValueOf(&b).Elem().Field(i)
		switch field.Interface().(type) {
		case string:
			field.SetString("changed")
		case int:
			field.SetInt(7)
		case bool:
			field.SetBool(true)
		case Mailbox:
			field.Set(reflect.ValueOf(Mailbox{Name: "Changed"}))
		case []Image:
			field.Set(reflect.ValueOf([]Image{{Path: "a"}}))
		case []Attachment:
			field.Set(reflect.ValueOf([]Attachment{{Name: "a"}}))
		case map[string]string:
			field.Set(reflect.ValueOf(map[string]string{"mail.leave": "Changed"}))
		case []Entry:
			field.Set(reflect.ValueOf([]Entry{{"a", "b"}}))
		default:
			t.Fatalf("%s: this test cannot change a %s", kind.Field(i).Name, field.Type())
		}
		name := kind.Field(i).Name
		text := b.Manuscript()
		if other, ok := seen[text]; ok {
			t.Errorf("a new %s looks like a new %s", name, other)
		}
		seen[text] = name
	}
}
