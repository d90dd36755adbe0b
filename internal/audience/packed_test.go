package audience_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"partwork/internal/audience"
)

const plainList = "email,name\nada@example.org,Zoë\nbea@example.org,日本 🎈\n"

func gzipped(t testing.TB, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// zippedFiles makes an archive of names and contents, in turn.
func zippedFiles(t testing.TB, parts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(parts); i += 2 {
		f, err := w.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, parts[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func wideText(order binary.AppendByteOrder, mark bool, text string) []byte {
	var out []byte
	if mark {
		text = "\ufeff" + text
	}
	for _, u := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, u)
	}
	return out
}

// However a list is packed and written, the same people come out of it.
func TestFormatsAreFoundOut(t *testing.T) {
	t.Parallel()
	plain := []byte(plainList)
	tsv := strings.ReplaceAll(plainList, ",", "\t")
	for name, tc := range map[string]struct {
		list   []byte
		opts   audience.ImportOptions
		format string
	}{
		"plain":           {plain, audience.ImportOptions{}, ""},
		"tabs":            {[]byte(tsv), audience.ImportOptions{}, ""},
		"semicolons":      {[]byte(strings.ReplaceAll(plainList, ",", ";")), audience.ImportOptions{}, ""},
		"gzip":            {gzipped(t, plain), audience.ImportOptions{}, "CSV, gzip"},
		"gzip in parts":   {append(gzipped(t, plain[:20]), gzipped(t, plain[20:])...), audience.ImportOptions{}, "CSV, gzip"},
		"ZIP":             {zippedFiles(t, "people.csv", plainList), audience.ImportOptions{}, `CSV, ZIP, "people.csv"`},
		"ZIP of a Mac":    {zippedFiles(t, "a/list.csv", plainList, "__MACOSX/a/._list.csv", "x", "a/.DS_Store", "y"), audience.ImportOptions{}, `CSV, ZIP, "a/list.csv"`},
		"ZIP with others": {zippedFiles(t, "posts/1.html", "<p>", "list.csv", plainList), audience.ImportOptions{}, `CSV, ZIP, "list.csv"`},
		"ZIP, named":      {zippedFiles(t, "a.csv", "x", "b.csv", plainList), audience.ImportOptions{Entry: "b.csv"}, `CSV, ZIP, "b.csv"`},
		"UTF-8 with mark": {append([]byte("\xef\xbb\xbf"), plain...), audience.ImportOptions{}, ""},
		"UTF-16LE":        {wideText(binary.LittleEndian, true, plainList), audience.ImportOptions{}, "CSV, UTF-16LE"},
		"UTF-16BE":        {wideText(binary.BigEndian, true, plainList), audience.ImportOptions{}, "CSV, UTF-16BE"},
		"no mark, LE":     {wideText(binary.LittleEndian, false, plainList), audience.ImportOptions{}, "CSV, UTF-16LE"},
		"no mark, BE":     {wideText(binary.BigEndian, false, plainList), audience.ImportOptions{}, "CSV, UTF-16BE"},
		"wide and packed": {gzipped(t, wideText(binary.LittleEndian, true, tsv)), audience.ImportOptions{}, "CSV, UTF-16LE, gzip"},
		"JSON Lines": {
			[]byte("\n{\"email\":\"ada@example.org\",\"name\":\"Zo\\u00eb\"}\r\n\n{\"name\":\"日本 🎈\",\"email\":\"bea@example.org\"}"),
			audience.ImportOptions{}, "JSON Lines",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			var seen int64
			tc.opts.Progress = func(n int64, _ int) { seen = n }
			report, err := w.Import(t.Context(), bytes.NewReader(tc.list), tc.opts)
			if err != nil || report.New != 2 || report.Format != tc.format || len(report.Warnings) != 0 {
				t.Fatalf("%+v, %v", report, err)
			}
			if seen < 1 || seen > int64(len(tc.list)) {
				t.Errorf("%d of %d bytes were read", seen, len(tc.list))
			}
			for email, want := range map[string]string{"ada@example.org": "Zoë", "bea@example.org": "日本 🎈"} {
				p, err := w.store.SubscriberByEmail(t.Context(), parse(t, email))
				if err != nil || p.Name != want {
					t.Errorf("%q, %v; want %q", p.Name, err, want)
				}
			}
		})
	}
}

// What cannot be a list is refused with what to do, before anything is taken in.
func TestPacksAreRefused(t *testing.T) {
	t.Parallel()
	many := make([]string, 0, 2200)
	for i := range 1100 {
		many = append(many, fmt.Sprintf("%d.csv", i), "x")
	}
	locked := zippedFiles(t, "a.csv", plainList)
	for at := range len(locked) - 8 {
		switch string(locked[at : at+4]) {
		case "PK\x03\x04":
			locked[at+6] |= 1
		case "PK\x01\x02":
			locked[at+8] |= 1
		}
	}
	for name, tc := range map[string]struct {
		list []byte
		opts audience.ImportOptions
		want string
	}{
		"nested gzip":     {gzipped(t, gzipped(t, []byte(plainList))), audience.ImportOptions{}, "a gzip file within the gzip file"},
		"nested ZIP":      {zippedFiles(t, "in.zip", string(zippedFiles(t, "a.csv", plainList))), audience.ImportOptions{}, "a ZIP file within the ZIP file"},
		"several":         {zippedFiles(t, "a.csv", "x", "b/b.csv", "y"), audience.ImportOptions{}, `say with --entry which one to read, one after the other: "a.csv", "b/b.csv"`},
		"no such entry":   {zippedFiles(t, "a.csv", "x"), audience.ImportOptions{Entry: "../a.csv"}, `there is no entry "../a.csv" in the ZIP archive; it has "a.csv"`},
		"entry of a CSV":  {[]byte(plainList), audience.ImportOptions{Entry: "a.csv"}, "leave the entry out"},
		"empty ZIP":       {zippedFiles(t), audience.ImportOptions{}, "there is no list in the ZIP archive"},
		"spreadsheet":     {zippedFiles(t, "[Content_Types].xml", "x", "xl/a.xml", "y"), audience.ImportOptions{}, "export the sheet as CSV"},
		"too many":        {zippedFiles(t, many...), audience.ImportOptions{}, "has 1100 entries, and 1000 are allowed"},
		"encrypted":       {locked, audience.ImportOptions{}, "is encrypted"},
		"cut gzip":        {gzipped(t, []byte(plainList))[:30], audience.ImportOptions{}, "damaged or cut short"},
		"broken ZIP":      {zippedFiles(t, "a.csv", plainList)[:40], audience.ImportOptions{}, "the ZIP archive is damaged"},
		"JSON array":      {[]byte(`[{"email":"ada@example.org"}]`), audience.ImportOptions{}, "a JSON array"},
		"unknown charset": {[]byte(plainList), audience.ImportOptions{Encoding: "ebcdic"}, `"ebcdic" is no encoding that can be read; use one of utf-8`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			before := w.dump(t)
			_, err := w.Import(t.Context(), bytes.NewReader(tc.list), tc.opts)
			if err == nil || !strings.Contains(err.Error(), tc.want) || w.dump(t) != before {
				t.Errorf("%v, want %q", err, tc.want)
			}
		})
	}
	w := newWorld(t)
	_, err := w.Import(t.Context(), io.MultiReader(bytes.NewReader(zippedFiles(t, "a.csv", plainList))), audience.ImportOptions{})
	if err == nil || !strings.Contains(err.Error(), "can be read from a file only") {
		t.Error(err)
	}
}

// zeros is a stream of them.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A bomb is put down once it is clear that it is one.
func TestABombIsPutDown(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	z, err := gzip.NewWriterLevel(&bomb, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(z, plainList); err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(z, zeros{}, 70<<20); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	_, err = w.Import(t.Context(), bytes.NewReader(bomb.Bytes()), audience.ImportOptions{DryRun: true})
	if err == nil || !strings.Contains(err.Error(), "unpacks to far more than a list is") {
		t.Errorf("%d bytes: %v", bomb.Len(), err)
	}
}

// An encoding that was said is believed, and none is guessed beside it.
func TestSaidEncodings(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ encoding, cell, want string }{
		{"windows-1251", "\xc0\xed\xed\xe0", "Анна"},
		{"iso-8859-2", "\xa3ukasz", "Łukasz"},
		{"macintosh", "J\x9frgen", "Jürgen"},
		{"latin1", "Zo\xeb", "Zoë"},
		{"utf-8", "Zo\xeb", ""},
		{"utf-8", "Zoë", "Zoë"},
	} {
		w := newWorld(t)
		report := w.imported(t, "email,name\nada@example.org,"+tc.cell+"\n", audience.ImportOptions{Encoding: tc.encoding})
		p, _ := w.store.SubscriberByEmail(t.Context(), parse(t, "ada@example.org"))
		if p.Name != tc.want || (report.New == 1) != (tc.want != "") {
			t.Errorf("%s: %q, want %q; %+v", tc.encoding, p.Name, tc.want, report)
		}
	}
}
