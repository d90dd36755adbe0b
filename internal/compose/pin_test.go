package compose

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// pinTexts are pins with the texts that ledgers have of them: read for ever, and written
// alike as long as the form is this one.
var pinTexts = map[string]Pin{
	"a00" + "00": {Date: pinEpoch},
	"eBjd6G" + "CAnna Example" + "3l1" + "=": {
		Date: 1774342800, Name: "Anna Example",
		Values: Values{Number: 3, Count: 50, Fields: Fields{{fieldName, "Anna Example"}}},
	},
	"eBjd6G" + "4 Jo " + "10" + "E3a@b" + "N2Jo" + "Z3UTC" + "A4city5Leeds" + "P5Issue0" + "D4" + "00" + "Cn" + "015today" + "00": {
		Date: 1774342800, Name: " Jo ",
		Values: Values{Number: 1, Count: 1, Fields: Fields{
			{fieldEmail, "a@b"}, {fieldName, "Jo"}, {fieldTimezone, "UTC"}, {"Subscriber.city", "Leeds"}, {"Issue", ""},
		}, Dates: []string{"", "Tuesday, March 24", "today", ""}},
	},
}

func TestPinTextsAreForEver(t *testing.T) {
	t.Parallel()
	for text, pin := range pinTexts {
		if got := string(pin.AppendText([]byte("x"))); got != "x"+text {
			t.Errorf("%+v is written %q, was %q", pin, got, text)
		}
		if got, err := ReadPin(text); err != nil || !cmp.Equal(got, pin, cmpopts.EquateEmpty()) {
			t.Errorf("%q is read as %+v, %v", text, got, err)
		}
	}
}

// drawPin draws a pin of any values whatsoever.
func drawPin(t *rapid.T) Pin {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"", "=", "0", "{", `{"date":1}`, "\x00", "\xff\xfe", "D1", "Anna\nZ3UTC", "\u202eAnna", strings.Repeat("é", 5000), digits,
	}), rapid.Custom(func(t *rapid.T) string {
		return string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
	}))
	path := rapid.OneOf(rapid.SampledFrom([]string{fieldName, fieldEmail, fieldTimezone, "Subscriber.", "Subscriber", "Subscriber.city", "Subscriber.Näme"}), text)
	date := rapid.OneOf(text, rapid.SampledFrom([]string{"Monday, February 29", "Monday, February 30", "monday, May 1", "Monday, May 01", "Monday,May 1", "Monday, May 1 "}),
		rapid.Custom(func(t *rapid.T) string {
			return time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "second"), 0).UTC().Format(DateForm)
		}))
	p := Pin{Date: rapid.Int64().Draw(t, "date"), Name: text.Draw(t, "name")}
	p.Values = Values{Number: rapid.Int().Draw(t, "number"), Count: rapid.Int().Draw(t, "count"), Dates: rapid.SliceOfN(date, 0, 5).Draw(t, "dates")}
	for range rapid.IntRange(0, 4).Draw(t, "fields") {
		value := rapid.OneOf(text, rapid.Just(p.Name)).Draw(t, "value")
		p.Values.Fields = append(p.Values.Fields, Field{path.Draw(t, "path"), value})
	}
	return p
}

func TestPinIsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := drawPin(t)
		text := string(want.AppendText(nil))
		got, err := ReadPin(text)
		if err != nil || !cmp.Equal(got, want, cmpopts.EquateEmpty()) {
			t.Fatalf("%q, %v: %s", text, err, cmp.Diff(want, got))
		}
		if again := string(got.AppendText(nil)); again != text {
			t.Fatalf("%q is written anew as %q", text, again)
		}
		// What is cut off anywhere is noticed, or was a part of its own.
		at := rapid.IntRange(0, len(text)-1).Draw(t, "cut")
		if less, err := ReadPin(text[:at]); err == nil && string(less.AppendText(nil)) != text[:at] {
			t.Fatalf("the beginning %q of %q is read as %+v", text[:at], text, less)
		}
	})
}

// TestPinIsReadAsAnObject: the ledger has pins of messages that were sent, or are still
// on their way, as they were written before.
func TestPinIsReadAsAnObject(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		fields := rapid.MapOfN(rapid.StringMatching(`Subscriber\.[A-Za-z_0-9]{1,9}`), rapid.String(), 0, 9).Draw(t, "fields")
		dates := rapid.SliceOfN(rapid.String(), 0, 4).Draw(t, "dates")
		name := rapid.String().Draw(t, "name")
		text := objectPin(t, 1774342800, name, 3, 8, fields, dates)
		got, err := ReadPin(text)
		if err != nil {
			t.Fatal(err)
		}
		want := Pin{Date: 1774342800, Name: name, Values: Values{Number: 3, Count: 8, Dates: dates}}
		for path, value := range fields {
			want.Values.Fields = append(want.Values.Fields, Field{path, value})
			if got.Values.Fields.of(path) != value {
				t.Fatalf("%s is %q, want %q", path, got.Values.Fields.of(path), value)
			}
		}
		slices.SortFunc(want.Values.Fields, func(a, b Field) int { return strings.Compare(a.Path, b.Path) })
		if !cmp.Equal(got, want, cmpopts.EquateEmpty()) || got.Values.Fields.of("Subscriber.nobody's") != "" {
			t.Fatalf("%s: %s", text, cmp.Diff(want, got))
		}
	})
}

// objectPin is a pin as it was written before.
func objectPin(t interface{ Fatal(...any) }, date int64, name string, number, count int, fields map[string]string, dates []string) string {
	values, err := json.Marshal(struct {
		Number int               `json:"number"`
		Count  int               `json:"count"`
		Fields map[string]string `json:"fields,omitempty"`
		Dates  []string          `json:"dates,omitempty"`
	}{number, count, fields, dates})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(struct {
		Date   int64           `json:"date"`
		Name   string          `json:"name,omitempty"`
		Values json.RawMessage `json:"values"`
	}{date, name, values})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPinOfNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "{", `{"values":{"fields":[1]}}`, "a", "A0000", "m000000000000" + "000", "l0" + "000", "a0", "a01", "a0000x",
		"a01", "a09Anna00", "a0000N", "a0000N9x", "a0000A", "a0000A1", "a0000D", "a0000D1", "a0000D10", "a0000D1__", "a0000D1015x",
		"a00" + strings.Repeat("z", 14), "a000D" + strings.Repeat("_", 13), "a 0000",
	} {
		if p, err := ReadPin(text); err == nil {
			t.Errorf("%q is read as %+v", text, p)
		}
	}
}

// TestDatesOfAPin: each day of each weekday takes two digits.
func TestDatesOfAPin(t *testing.T) {
	t.Parallel()
	for day := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2030; day = day.AddDate(0, 0, 1) {
		date := day.Format(DateForm)
		code := appendDate(nil, date)
		r := pinReader{rest: "1" + string(code)}
		if got := r.dates(); len(code) != 2 || r.broken || len(got) != 1 || got[0] != date {
			t.Fatalf("%s is %q, which is read as %q", date, code, got)
		}
	}
}

// A text of the ledger is read, or refused, and never more than it has is asked for.
func FuzzPin(f *testing.F) {
	for text := range pinTexts {
		f.Add(text)
	}
	f.Add(`{"date":1,"name":"Anna","values":{"number":1,"count":2,"fields":{"Subscriber.Name":"Anna"},"dates":["x"]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ReadPin(text)
		if err != nil {
			return
		}
		again, err := ReadPin(string(p.AppendText(nil)))
		if err != nil || !cmp.Equal(p, again, cmpopts.EquateEmpty()) {
			t.Errorf("%q is read as %+v, and again as %+v, %v", text, p, again, err)
		}
	})
}

// BenchmarkPin writes and reads the pin of a letter that calls its reader by name, and
// the object that it was before.
func BenchmarkPin(b *testing.B) {
	pin := Pin{Date: 1774342800, Name: "Anna Example", Values: Values{Number: 3, Count: 50, Fields: Fields{{fieldName, "Anna Example"}}}}
	text := string(pin.AppendText(nil))
	object := objectPin(b, pin.Date, pin.Name, 3, 50, map[string]string{fieldName: "Anna Example"}, nil)
	b.Run("write", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var room [96]byte
			text = string(pin.AppendText(room[:0]))
		}
		b.ReportMetric(float64(len(text)), "B")
	})
	b.Run("write object", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			object = objectPin(b, pin.Date, pin.Name, 3, 50, map[string]string{fieldName: "Anna Example"}, nil)
		}
		b.ReportMetric(float64(len(object)), "B")
	})
	for name, text := range map[string]string{"read": text, "read object": object} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ReadPin(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
