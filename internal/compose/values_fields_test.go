package compose

import (
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// TestValuesAreStoredAsEver: the ledger has values of messages that are still on their
// way, and they have the bytes of an object.
func TestValuesAreStoredAsEver(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		fields := rapid.MapOfN(rapid.StringMatching(`Subscriber\.[A-Za-z_0-9]{1,9}`), rapid.String(), 0, 9).Draw(t, "fields")
		dates := rapid.SliceOfN(rapid.String(), 0, 4).Draw(t, "dates")
		want, err := json.Marshal(struct {
			Number int               `json:"number"`
			Count  int               `json:"count"`
			Fields map[string]string `json:"fields,omitempty"`
			Dates  []string          `json:"dates,omitempty"`
		}{3, 8, fields, dates})
		if err != nil {
			t.Fatal(err)
		}
		v, err := DecodeValues(want)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Encode(); string(got) != string(want) {
			t.Fatalf("%s is stored as %s", want, got)
		}
		got := map[string]string{}
		for path := range fields {
			got[path] = v.Fields.of(path)
		}
		if !reflect.DeepEqual(got, fields) || v.Fields.of("Subscriber.nobody's") != "" {
			t.Fatalf("%v is read as %v", fields, v.Fields)
		}
	})
	if _, err := DecodeValues([]byte(`{"fields":[1]}`)); err == nil {
		t.Error("a list was read as fields")
	}
}
