package segment

import (
	"errors"
	"strings"
	"testing"
)

// What is wrong is said where it is wrong.
func TestErrorsPointAtTheCharacter(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                             "1 the filter is empty",
		"   ":                          "4 the filter is empty",
		"country == DE":                `9 found "=="; write =`,
		"country is DE":                `9 found "is"`,
		"country":                      "8 found the end of the filter; expected a comparison",
		"country =":                    "10 found the end of the filter; expected a value",
		"country = DE and":             "17 found the end of the filter; expected a test",
		"name = Anna Maria":            "8 found two words",
		"a = 1 b = 2":                  `7 found "b"; expected and, or, or the end`,
		"(a = 1":                       "1 this parenthesis is never closed",
		"a = 1)":                       `6 ")" closes nothing`,
		"a in (1, 2":                   "6 this parenthesis is never closed",
		"a in (1 2)":                   `9 found "2"; expected "," or ")"`,
		`a = "x`:                       "5 the quotes that open here are never closed",
		`a = "x\y"`:                    "7 a backslash stands before",
		"a = \"x\ty\"":                 "7 found the control character",
		"joind < 3d ago":               `1 there is no field "joind"; did you mean joined?`,
		"joined = 30d ago":             "10 an age is reached for a moment only",
		"joined < 30":                  `10 found "30"; joined is compared with a date or an age`,
		"joined < 3m ago":              `10 "3m" is no length of time`,
		"joined contains 3":            "1 joined cannot be compared with contains",
		"country > DE":                 `11 found "DE"; > needs a number`,
		"tag > 3":                      "1 tag cannot be compared with >",
		"tag:":                         "1 nothing stands after the colon",
		"country:DE":                   "1 a colon stands between a field and its value; write country = DE",
		"status = activ":               `10 there is no status "activ"; did you mean active?`,
		"batch = x":                    `9 found "x"; batch is compared with a whole number`,
		"batch = 1.5":                  `9 found "1.5"`,
		"has":                          "4 found the end of the filter; expected a field after has",
		"has and":                      `5 found "and"; expected a field after has`,
		"has tag:vip":                  "5 found a value; expected a field alone",
		"a = 1 && b = 2":               `7 found "&&"; write and`,
		"ä = 1 § b = 2":                "7 found '§', which means nothing here",
		"a = 1; drop":                  `6 found ";"`,
		"name = \"\"":                  "8 the text is empty",
		"country = DE or AT":           "19 found the end of the filter; expected a comparison after at; the comparisons are = != < <= > >= contains in; has at asks whether it is known; several values stand",
		"AT":                           "3 found the end of the filter; expected a comparison after at; the comparisons are = != < <= > >= contains in; has at asks whether it is known",
		"name = O'Brien":               "9 the quotes that open here are never closed; a text with an apostrophe",
		"a = \xff":                     "5 the text is not UTF-8",
		"attr:ä = 1":                   "6 an attribute's name needs a letter or a digit",
		strings.Repeat("(", 50) + "a":  "41 more than 40 groups",
		strings.Repeat("a=1 or ", 300): "1401 there are more than 200 tests",
		"a in (" + strings.Repeat("1,", 1200) + "1)":         "2007 there are more than 1000 values",
		"a = " + strings.Repeat("x", MaxLength):              "1 the filter has 8196 bytes",
		`name contains "` + strings.Repeat("世", 70) + `" or`: "90 found the end",
	} {
		_, err := Parse(text)
		var fault *Error
		if !errors.As(err, &fault) {
			t.Errorf("%.60q: %v", text, err)
			continue
		}
		if got := itoa(fault.Column()) + " " + fault.Problem + "; " + fault.Fix; !strings.HasPrefix(got, want) {
			t.Errorf("%.60q: %s; want %s", text, got, want)
		}
		lines := strings.Split(fault.Caret(), "\n")
		if len(lines) != 2 || strings.Trim(lines[1], " ") != strings.Repeat("^", strings.Count(lines[1], "^")) || !strings.Contains(lines[1], "^") {
			t.Errorf("%.60q: the carets are\n%s", text, fault.Caret())
		}
	}
}

func TestCaretStandsUnderTheWrongPart(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"country == DE":                   "country == DE\n        ^^",
		"name = 世界 x":                     "name = 世界 x\n       ^^^^^^",
		`name = "😀🚀" x`:                   "name = \"😀🚀\" x\n" + strings.Repeat(" ", 14) + "^",
		"größe = 1 )":                     "größe = 1 )\n          ^",
		"a\t== 1":                         "a == 1\n  ^^",
		strings.Repeat("x", 60) + " == 1": "…" + strings.Repeat("x", 49) + " == 1\n" + strings.Repeat(" ", 51) + "^^",
	} {
		_, err := Parse(text)
		var fault *Error
		if !errors.As(err, &fault) || fault.Caret() != want {
			t.Errorf("%q: got\n%s\nwant\n%s", text, fault.Caret(), want)
		}
	}
}

func TestCanonicalForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"TAG:VIP AND Country=DE":          "tag:vip and country = DE",
		`tag = "Two  Words"`:              `tag:"two words"`,
		"tags:a or tag:b":                 "tag:a or tag:b",
		"a=1 or b=2 and c=3":              "a = 1 or (b = 2 and c = 3)",
		"((a=1 and (b=2 and c=3)))":       "a = 1 and b = 2 and c = 3",
		"not (not a=1)":                   "not not a = 1",
		"not (a=1 or b=2)":                "not (a = 1 or b = 2)",
		"country in (DE)":                 "country = DE",
		"country in (DE, AT, DE)":         "country in (DE, AT)",
		"country not in (DE, AT)":         "not country in (DE, AT)",
		"country = IN or state in (OR)":   `country = "IN" or state = "OR"`,
		"enrolled in garden":              "enrolled in garden",
		"enrolled = garden":               "enrolled in garden",
		"joined < 4w ago":                 "joined < 28d ago",
		"age = 042":                       "age = 042",
		"age = 42.50 or age = -0":         "age = 42.5 or age = 0",
		`age = "42"`:                      `age = "42"`,
		"name = 42":                       `name = "42"`,
		"Favorite-Color = red":            "favorite_color = red",
		`attr:"Favorite color" = red`:     "favorite_color = red",
		"attr:joined = 3 or attr:tags= 1": "attr:joined = 3 or attr:tags = 1",
		"attr:joind = 3":                  "attr:joind = 3",
		"Time-Zone = Asia/Tokyo":          "zone = Asia/Tokyo",
		`a = 'it"s' or b = “x”`:           `a = "it\"s" or b = x`,
		"a = today and b = TRUE":          "a = today and b = true",
		"has Country and missing TAG":     "has country and missing tag",
	} {
		f, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := f.String(); got != want {
			t.Errorf("%s is written %s, want %s", text, got, want)
		}
	}
}

// FuzzParse: whatever is typed, nothing panics, carets point into the text, and the
// canonical form says the same and stays as it is.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"tag:newly-diagnosed and country = DE and joined < 30d ago", "a=1 or not (b in (1, \"x y\", 2026-11-29) and has attr:joined)",
		"name contains '“' or zone != Europe/Berlin", "a == 1", "((((", "not not not", "tag:\"", "x < 99999w ago", "a = \\", "a = \"\\\"\"", "attr:\"\" = 1", "ǅ = ǅ", "tag:İ",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := Parse(text)
		if err != nil {
			var fault *Error
			if !errors.As(err, &fault) || fault.At < 0 || fault.At+fault.Length > len(fault.Text) || fault.Problem == "" {
				t.Fatalf("%q: %#v", text, err)
			}
			_ = fault.Caret()
			return
		}
		canonical := filter.String()
		again, err := Parse(canonical)
		if err != nil {
			if len(canonical) > MaxLength {
				return
			}
			t.Fatalf("%q is written %q, which is refused: %v", text, canonical, err)
		}
		if got := again.String(); got != canonical {
			t.Fatalf("%q is written %q, and that %q", text, canonical, got)
		}
		filter.Match(&Facts{Email: text, Attributes: map[string]any{"a": text}}, View{})
	})
}
