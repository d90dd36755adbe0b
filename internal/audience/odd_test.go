package audience_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// One odd row costs itself and nobody else.
func TestOddRowsCostThemselvesOnly(t *testing.T) {
	t.Parallel()
	const before, after = "email,name,city\nada@example.org,Ada,Ulm\n", "zoe@example.org,Zoe,Bern\n"
	for name, tc := range map[string]struct {
		row      string
		rejected int
		reason   string
	}{
		"a quoted newline":          {"odd@example.org,\"O\nD\",Graz\n", 1, "the name has a line break in it"},
		"a quoted newline in place": {"odd@example.org,Odd,\"Graz,\nAustria\"\n", 0, ""},
		"empty columns behind":      {"odd@example.org,Odd,Graz,,,\n", 0, ""},
		"text behind":               {"odd@example.org,Odd,Graz,,x\n", 1, "the row has 5 cells, the header has 3"},
		"a short row":               {"odd@example.org,Odd\n", 1, "the row has 2 cells, the header has 3"},
		"a field of 10 MB":          {"odd@example.org,Odd," + strings.Repeat("x", 10<<20) + "\n", 1, "longer than 256 KiB"},
		"a quoted one":              {"odd@example.org,Odd,\"" + strings.Repeat("x", 10<<20) + "\"\n", 1, "longer than 256 KiB"},
		"NUL":                       {"odd@example.org,O\x00dd,Graz\n", 1, "NUL"},
		"a lone quote":              {"odd@example.org,\"Odd,Graz\n", 1, "never closed"},
		"a lone quote inside":       {"odd@example.org,O\"dd,Graz\n", 1, "double quote stands inside"},
		"another encoding":          {"odd@example.org,\xd0\xe5\xed\xe0\xf2\xe0,Graz\n", 1, "neither UTF-8 nor"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			report := w.imported(t, before+tc.row+after, audience.ImportOptions{})
			if report.Rejected != tc.rejected || report.New != 3-tc.rejected {
				t.Fatalf("%+v", report)
			}
			if tc.rejected > 0 && (report.Rejects[0].Line != 3 || !strings.Contains(report.Rejects[0].Reason, tc.reason)) {
				t.Errorf("%+v, want %q", report.Rejects, tc.reason)
			}
			for email, want := range map[string]string{"ada@example.org": "Ada Ulm", "zoe@example.org": "Zoe Bern"} {
				p, err := w.store.SubscriberByEmail(t.Context(), parse(t, email))
				if err != nil || p.Name+" "+p.Attributes["city"] != want {
					t.Errorf("%+v, %v", p, err)
				}
			}
		})
	}
}

// The same goes for JSON Lines.
func TestOddLinesCostThemselvesOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := `{"email":"ada@example.org","name":"Ada"}` + "\n" +
		`{"email":"b@example.org"` + "\n" + // never closed
		`["c@example.org"]` + "\n" +
		`{"name":"Nobody"}` + "\n" +
		`{"email":"d@example.org"} {"email":"e@example.org"}` + "\n" +
		`{"email":"f@example.org","note":"` + strings.Repeat("x", 300<<10) + `"}` + "\n" +
		"{\"email\":\"g@example.org\",\"name\":\"\xff\"}\n" +
		`{"email":"h@example.org","e-mail":"i@example.org"}` + "\n" + // two names of one meaning
		`{"email":"j@example.org","name":"a\u0000b"}` + "\n" +
		`{"email":"k@example.org","email":"l@example.org"}` + "\n" + // one name twice
		`{"email":"zoe@example.org","age":42,"vip":true,"none":null,"born":{"town":"Ulm"}}` + "\n"
	report := w.imported(t, list, audience.ImportOptions{})
	if report.Rows != 11 || report.Rejected != 9 || report.New != 2 {
		t.Errorf("%+v", report)
	}
	p, err := w.store.SubscriberByEmail(t.Context(), parse(t, "zoe@example.org"))
	if err != nil || p.Name != "" || fmt.Sprint(p.Attributes, p.Types) != "map[age:42 born_town:Ulm vip:true] map[age:number vip:bool]" {
		t.Errorf("%+v, %v", p, err)
	}
}

// A number that nothing has room for is a text: it is taken in, and whoever asks about
// people afterwards is answered.
func TestNumbersWithoutEndAreTexts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.imported(t, `{"email":"zoe@example.org","age":1e400,"tiny":1e-400,"depth":-1E+999}`+"\n", audience.ImportOptions{})
	p, err := w.store.SubscriberByEmail(t.Context(), parse(t, "zoe@example.org"))
	if err != nil || fmt.Sprint(p.Attributes, p.Types) != "map[age:1e400 depth:-1E+999 tiny:1e-400] map[tiny:number]" {
		t.Errorf("%+v, %v", p, err)
	}
	facts, err := w.store.Facts(t.Context(), []drip.SubscriberID{p.ID}, false)
	if err != nil || fmt.Sprint(facts[0].Attributes) != "map[age:1e400 depth:-1E+999 tiny:1e-400]" {
		t.Errorf("%+v, %v", facts, err)
	}
	mapping, err := audience.ParseMapping("age=attribute:age:number")
	if err != nil {
		t.Fatal(err)
	}
	report := w.imported(t, "email,age\nyan@example.org,1e400\n", audience.ImportOptions{Map: []audience.Mapping{mapping}})
	if report.Rejected != 1 {
		t.Errorf("%+v", report)
	}
}

// No value ever lands on another person: every value of a random list with odd cells
// says whose it is, and whoever is taken in has their own values, all of them, and
// nobody else's.
func TestNoValueLandsOnAnotherPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var last drip.SubscriberID
	for seed := range uint64(40) {
		l := randomList(rand.New(rand.NewPCG(seed, 8)), fmt.Sprintf("s%d-", seed))
		report := w.imported(t, l.text, audience.ImportOptions{Consent: "c"})
		people, err := w.store.Subscribers(t.Context(), store.SubscriberFilter{After: last})
		if err != nil || report.New != len(l.whole) || len(people) != len(l.whole) {
			t.Fatalf("seed %d: %d people came in, want %d: %+v, %v\n%q", seed, len(people), len(l.whole), report, err, l.text)
		}
		for _, p := range people {
			last = p.ID
			local := p.Email.Local()
			want, ok := l.whole[local]
			got := [3]string{p.Name, p.Attributes["city"], p.Attributes["note"]}
			if !ok || got != want {
				t.Fatalf("seed %d: %s has %q, want %q, %v\n%q", seed, local, got, want, ok, l.text)
			}
			for _, value := range got {
				if value != "" && !strings.HasPrefix(value, local+".") {
					t.Fatalf("seed %d: %s has %q\n%q", seed, local, value, l.text)
				}
			}
		}
	}
}

// oddList is a list and who must come in from it: name, city and note by local part.
type oddList struct {
	text  string
	whole map[string][3]string
}

// randomList makes a list in a random form. What it writes correctly comes in; of what
// it breaks, nothing does.
func randomList(r *rand.Rand, prefix string) oddList {
	l := oddList{whole: map[string][3]string{}}
	delimiter := []string{",", ";", "\t"}[r.IntN(3)]
	end := []string{"\n", "\r\n"}[r.IntN(2)]
	behind := strings.Repeat(delimiter, r.IntN(3))
	var out strings.Builder
	out.WriteString(strings.Join([]string{"name", "email", "city", "note"}, delimiter) + behind + end)
	for i := range 3 + r.IntN(20) {
		local := fmt.Sprintf("%s%d", prefix, i)
		values := [3]string{local + ".name", local + ".city", local + ".note"}
		for n := range values {
			if r.IntN(6) == 0 {
				values[n] = ""
			}
		}
		cells := []string{quoteOddly(r, values[0], delimiter), local + "@example.org", quoteOddly(r, values[1], delimiter), quoteOddly(r, values[2], delimiter)}
		if n := r.IntN(4); n != 1 && values[2] != "" && r.IntN(3) == 0 { // what an attribute may have and a name may not
			odd := []string{delimiter, `"`, end, "–", "é", delimiter + delimiter, `""`}[r.IntN(7)]
			cells[3] = `"` + strings.ReplaceAll(values[2]+odd+"x", `"`, `""`) + `"`
			values[2] = strings.Join(strings.FieldsFunc(values[2]+odd+"x", func(c rune) bool { return c == '\r' || c == '\n' }), " ")
			values[2] = strings.ReplaceAll(values[2], "\t", " ")
		}
		broken := r.IntN(5) == 0
		if broken {
			cells = breakRow(r, cells)
		} else {
			l.whole[local] = values
		}
		out.WriteString(strings.Join(cells, delimiter) + behind + end)
		if r.IntN(8) == 0 {
			out.WriteString([]string{end, delimiter + delimiter + delimiter + end, "  " + end}[r.IntN(3)])
		}
	}
	l.text = out.String()
	return l
}

// quoteOddly writes a value as it is, in quotes, or with blanks around it.
func quoteOddly(r *rand.Rand, value, delimiter string) string {
	switch r.IntN(4) {
	case 0:
		return `"` + value + `"`
	case 1:
		if delimiter != "\t" {
			return "  " + value + " "
		}
	}
	return value
}

// breakRow makes a row that must not come in.
func breakRow(r *rand.Rand, cells []string) []string {
	switch r.IntN(6) {
	case 0: // a cell is missing
		return append(cells[:2:2], cells[3:]...)
	case 1: // a cell too many, as by a delimiter that nobody quoted
		return append([]string{"stray"}, cells...)
	case 2:
		cells[2] += "\x00"
	case 3:
		cells[2] += "\xff\xfe\x81"
	case 4:
		cells[1] = "no address"
	default:
		cells[2] = `"a" b`
	}
	return cells
}

// A list in UTF-16 with half a pair, or half a character at its end, loses that row.
func TestBrokenUTF16CostsItsRow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := wideText(binary.LittleEndian, true, "email,name\nada@example.org,Ada\nbea@example.org,")
	list = append(list, 0x3d, 0xd8) // half of a pair
	list = append(list, wideText(binary.LittleEndian, false, "\ncem@example.org,Cem\ndov@example.org,Do")...)
	report, err := w.Import(t.Context(), bytes.NewReader(append(list, 'v')), audience.ImportOptions{})
	if err != nil || report.New != 2 || report.Rejected != 2 || report.Rejects[0].Line != 3 || report.Rejects[1].Line != 5 {
		t.Errorf("%+v, %v", report, err)
	}
}
