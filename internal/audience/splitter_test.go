package audience

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// all reads every record as "line: cell|cell" or "line! problem".
func all(t testing.TB, r io.Reader, setup func(*splitter)) []string {
	t.Helper()
	s := newSplitter(r)
	if setup != nil {
		setup(s)
	}
	var got []string
	last := 0
	for {
		rec, err := s.next()
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		if rec.line <= last {
			t.Fatalf("line %d comes after line %d", rec.line, last)
		}
		last = rec.line
		if rec.problem != "" {
			got = append(got, fmt.Sprintf("%d! %s", rec.line, rec.problem))
			continue
		}
		for _, cell := range rec.cells {
			if len(cell) > maxCell {
				t.Fatalf("line %d: a cell of %d bytes", rec.line, len(cell))
			}
		}
		got = append(got, fmt.Sprintf("%d: %s", rec.line, bytes.Join(rec.cells, []byte("|"))))
	}
}

func threeColumns(s *splitter) {
	h := header{email: 0, name: 1, timezone: 2, columns: make([]column, 3)}
	s.rowLike = h.rowLike(',')
}

func TestSplitter(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, in string
		want     []string
	}{
		{"plain", "a,b\nc,d\n", []string{"1: a|b", "2: c|d"}},
		{"no final line end", "a,b\nc,d", []string{"1: a|b", "2: c|d"}},
		{"CRLF", "a,b\r\nc,d\r\n", []string{"1: a|b", "2: c|d"}},
		{"empty cells", ",\n,,\n", []string{"1: |", "2: ||"}},
		{"blank lines count but are no rows", "\n \t\n\r\na\n\n", []string{"4: a"}},
		{"quotes", `"a ""b"" c","","x,y"` + "\n", []string{`1: a "b" c||x,y`}},
		{"quoted line ends", "\"a\nb\",c\nd,e\n", []string{"1: a\nb|c", "3: d|e"}},
		{"blanks around quotes", " \"a\" , \"b\"\t\n", []string{"1: a|b"}},
		{"trailing delimiter after quotes", "\"a\",\nb\n", []string{"1: a|", "2: b"}},
		{"lone quote", "a,\"b\nc,d\n", []string{"1! " + neverClosed, "2: c|d"}},
		{"lone quote before quoted cells", "a,\"b\nc,\"d\"\ne,f\n", []string{"1! " + neverClosed, "2: c|d", "3: e|f"}},
		{"text after a quoted cell", "\"a\"b,c\nd,e\n", []string{"1! " + textAfter, "2: d|e"}},
		{"stray quote", "a\"b,c\nd,e\n", []string{"1! " + strayQuote, "2: d|e"}},
		{"only a quote at the end", "a\n\"", []string{"1: a", "2! " + neverClosed}},
		{"only quotes", "\"\"\"\n\"\"\"\"\n", []string{"1! " + neverClosed, "2: \""}},
		{"NUL", "a\x00\nb\n", []string{"1! " + hasNUL, "2: b"}},
		{"Windows-1252", "a\xe9\nb\n", []string{"1: aé", "2: b"}},
		{"Windows-1252 within quotes", "\"a\xe9\nx\"\nb\n", []string{"1: aé\nx", "3: b"}},
		{"Windows-1252 of an office", "\x93Zo\xeb\x94 \x96 caf\xe9\x92s,Stra\xdfe,\x80\n", []string{"1: “Zoë” – café’s|Straße|€"}},
		{"neither UTF-8 nor Windows-1252", "a\x81\nb\n", []string{"1! " + neitherUTF8, "2: b"}},
		{"Windows-1251", "\xc0\xed\xed\xe0\nb\n", []string{"1! " + neitherUTF8, "2: b"}},
		{"an old Macintosh", "J\x9frgen\nb\n", []string{"1! " + neitherUTF8, "2: b"}},
		{"Windows-1252 after UTF-8", "é\na\xe9\nb\n", []string{"1: é", "2! " + mixed1252, "3: b"}},
		{"UTF-8 after Windows-1252", "a\xe9\né\nb\n", []string{"1: aé", "2! " + mixedUTF8, "3: b"}},
		{"bare CR", "a\rb\nc\n", []string{"1! " + hasCR, "2: c"}},
		{
			"two lone quotes around rows", "a@x.org,\"A,UTC\nb@x.org,B,UTC\nc@x.org,C\",UTC\nd@x.org,D,UTC\n",
			[]string{"1! " + runsAway, "2: b@x.org|B|UTC", "3! " + strayQuote, "4: d@x.org|D|UTC"},
		},
		{
			"a cell that mentions a row", "a@x.org,\"see\nb@x.org,B,UTC\nand so on\",UTC\nd@x.org,D,UTC\n",
			[]string{"1: a@x.org|see\nb@x.org,B,UTC\nand so on|UTC", "4: d@x.org|D|UTC"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for reader, r := range map[string]io.Reader{
				"at once":      strings.NewReader(tc.in),
				"byte by byte": iotest.OneByteReader(strings.NewReader(tc.in)),
				"early EOF":    iotest.DataErrReader(strings.NewReader(tc.in)),
			} {
				if diff := cmp.Diff(tc.want, all(t, r, threeColumns)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", reader, diff)
				}
			}
		})
	}
}

// However long a line or cell is, it costs one row and no memory.
func TestSplitterBounds(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxCell)
	for _, tc := range []struct {
		name, in string
		want     []string // without contents
	}{
		{"cell of the greatest length", long + "\nb\n", []string{"1:", "2:"}},
		{"longer cell", long + "y\nb\n", []string{"1! " + tooLongCell, "2:"}},
		{"longer quoted cell", `"` + long + "y\"\nb\n", []string{"1! " + tooLongCell, "2:"}},
		{"longer cell over two lines", "\"x\n" + long + "y\"\nb\n", []string{"1! " + neverClosed, "2! " + strayQuote, "3:"}},
		{"record of many cells", strings.Repeat(long+",", 3) + "\nb\n", []string{"1:", "2:"}},
		{"longer record", strings.Repeat(long+",", 5) + "\nb\n", []string{"1! " + tooLongRecord, "2:"}},
		{"10 MB cell", strings.Repeat(long, 160) + "\nb\n", []string{"1! " + tooLongRecord, "2:"}},
		{"10 MB cell after a quote", `a,"` + strings.Repeat(long, 160) + "\nb\n", []string{"1! " + tooLongRecord, "2:"}},
		{"10 MB cell after an open quote", "a,\"\n" + strings.Repeat(long, 160) + "\nb\n", []string{"1! " + neverClosed, "2! " + tooLongRecord, "3:"}},
		{"10 MB without a line end", strings.Repeat(long, 160), []string{"1! " + tooLongRecord}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := all(t, strings.NewReader(tc.in), nil)
			for i := range got {
				if line, _, ok := strings.Cut(got[i], ": "); ok && !strings.Contains(line, "!") {
					got[i] = line + ":"
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSplitterReturnsReadErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is gone")
	s := newSplitter(io.MultiReader(strings.NewReader("a,b\nc"), iotest.ErrReader(broken)))
	if rec, err := s.next(); err != nil || rec.line != 1 {
		t.Fatalf("first record: %v, %v", rec, err)
	}
	if _, err := s.next(); !errors.Is(err, broken) {
		t.Errorf("err = %v, want %v", err, broken)
	}
	s = newSplitter(iotest.ErrReader(nil)) // reads nothing, for ever
	if _, err := s.next(); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("err = %v, want io.ErrNoProgress", err)
	}
}

// FuzzSplitter holds the splitter against encoding/csv where that one is happy,
// and to its own promises everywhere.
func FuzzSplitter(f *testing.F) {
	for _, s := range []string{
		"a,b\n\"c\"\"d\",e\n", "\"a\nb\",c\n", "a,\"b\nc,d\n", "\"\n\"\n\"\"\"\n", "a\x00\n\xff\n\r\r\n", " \"a\" ,b\n",
		"a@x.org,\"A,UTC\nb@x.org,B,UTC\nc@x.org,C\",UTC\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got := all(t, strings.NewReader(in), threeColumns)
		if slow := all(t, iotest.OneByteReader(strings.NewReader(in)), threeColumns); !cmp.Equal(got, slow) {
			t.Fatalf("at once %q, byte by byte %q", got, slow)
		}
		if strings.ContainsAny(in, "\r\x00") || strings.ToValidUTF8(in, "") != in || len(in) > maxCell {
			return
		}
		r := csv.NewReader(strings.NewReader(in))
		r.FieldsPerRecord = -1
		var want []string
		for {
			cells, err := r.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return
			}
			if line, _ := r.FieldPos(0); len(strings.TrimSpace(strings.Join(cells, ""))) > 0 || len(cells) > 1 || strings.Contains(in, `"`) {
				want = append(want, fmt.Sprintf("%d: %s", line, strings.Join(cells, "|")))
			}
		}
		if got := all(t, strings.NewReader(in), nil); !cmp.Equal(dropBlank(want), dropBlank(got)) {
			t.Fatalf("%q: encoding/csv %q, got %q", in, want, got)
		}
	})
}

// dropBlank drops records of blanks, which the splitter skips when they are a
// line without quotes.
func dropBlank(records []string) []string {
	kept := []string{}
	for _, r := range records {
		if _, cells, ok := strings.Cut(r, ": "); !ok || strings.TrimSpace(cells) != "" {
			kept = append(kept, r)
		}
	}
	return kept
}

// FuzzBadLineKeepsNeighbors puts one arbitrary line among good ones of every
// spelling: the good ones must all come out, with their line numbers.
func FuzzBadLineKeepsNeighbors(f *testing.F) {
	for _, s := range []string{`"`, `x,"y`, `"""`, `,"`, `a@x.org,"A,UTC`, "\x00\xff", `"a""`, `",`, "a\r", `"",`} {
		f.Add(s, 0)
	}
	good := []string{
		"b@x.org,B,UTC", `"c@x.org","C","UTC"`, `d@x.org,"D, Jr",UTC`, `e@x.org,"",""`, `"f@x.org","say ""F""",UTC`,
	}
	want := []string{"b@x.org|B|UTC", "c@x.org|C|UTC", "d@x.org|D, Jr|UTC", "e@x.org||", `f@x.org|say "F"|UTC`}
	f.Fuzz(func(t *testing.T, bad string, turn int) {
		if strings.Contains(bad, "\n") || len(bad) > maxCell {
			return
		}
		var in strings.Builder
		expected := map[string]bool{}
		for i := range 3 * len(good) {
			if i == len(good) {
				in.WriteString(bad + "\n")
			}
			g := ((i+turn)%len(good) + len(good)) % len(good)
			in.WriteString(good[g] + "\n")
			line := i + 1
			if i >= len(good) {
				line++
			}
			expected[fmt.Sprintf("%d: %s", line, want[g])] = true
		}
		for _, rec := range all(t, strings.NewReader(in.String()), threeColumns) {
			delete(expected, rec)
		}
		if len(expected) > 0 {
			t.Fatalf("%q took its neighbors along: %v", bad, expected)
		}
	})
}
