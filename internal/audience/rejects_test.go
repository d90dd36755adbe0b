package audience_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"partwork/internal/audience"
	"partwork/internal/store"
)

// inUTF16 writes a text as Windows does, with a byte order mark.
func inUTF16(text string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return string(out)
}

// Rejected rows are kept with their cells, whatever the list is written in; letters that
// nobody can read are not kept as other ones.
func TestRejectedRowsOfEveryFormat(t *testing.T) {
	t.Parallel()
	const head = "email,city\n"
	köln := []string{"ann@", "Köln"}
	for name, c := range map[string]struct {
		list    string
		columns []string
		line    int
		cells   []string
	}{
		"plain":                   {head + "ann@,Köln\n", []string{"email", "city"}, 2, köln},
		"gzip":                    {string(gzipped(t, []byte(head+"ann@,Köln\n"))), []string{"email", "city"}, 2, köln},
		"UTF-16":                  {inUTF16(head + "ann@,Köln\n"), []string{"email", "city"}, 2, köln},
		"Windows-1252":            {head + "ann@,K\xf6ln\n", []string{"email", "city"}, 2, köln},
		"UTF-8 below 1252":        {head + "bo@example.org,K\xf6ln\nann@,Köln\n", []string{"email", "city"}, 3, köln},
		"1252 below UTF-8":        {head + "bo@example.org,Köln\nann@,K\xf6ln\n", []string{"email", "city"}, 3, nil},
		"JSON Lines":              {"{\"email\":\"bo@example.org\"}\n{\"city\":\"Köln\",\"email\":\"ann@\"}\n", []string{"email", "city"}, 2, köln},
		"a list of rejected rows": {"partwork_line,partwork_reason," + head + "7,no host,ann@,Köln\n", []string{"email", "city"}, 2, köln},
		"who must not be mailed":  {"Email Address,LEID,City\nann@,1,Köln\n", []string{audience.RejectedState, "Email Address", "LEID", "City"}, 2, []string{"bounced", "ann@", "1", "Köln"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			report := w.imported(t, c.list, audience.ImportOptions{File: "cleaned_list", FileHash: [32]byte{1}})
			batch, err := w.ImportedBatch(t.Context(), report.Batch)
			if err != nil || report.Rejected != 1 {
				t.Fatalf("%+v, %v", report, err)
			}
			if diff := cmp.Diff(c.columns, batch.Columns); diff != "" {
				t.Errorf("columns (-want +got):\n%s", diff)
			}
			rows, err := w.store.Rejects(t.Context(), report.Batch, 0, 0)
			want := []store.RejectedRow{{Line: c.line, Reason: report.Rejects[0].Reason, Cells: c.cells}}
			if diff := cmp.Diff(want, rows); diff != "" || err != nil {
				t.Errorf("%v, (-want +got):\n%s", err, diff)
			}
		})
	}
}

// What was said of a column by its place holds for the list of rejected rows as well.
func TestRejectedRowsTakeTheSameMapping(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	maps := []audience.Mapping{mapping(t, "#1=email"), mapping(t, "#2=attribute:city")}
	for _, front := range []string{"", "partwork_line,partwork_reason,", "partwork_line,partwork_reason,partwork_state,"} {
		list := front + "Wer,Wo\n" + strings.Repeat(",", strings.Count(front, ",")) + "ann@example.org,Bonn\n"
		if r := w.imported(t, list, audience.ImportOptions{Map: maps}); r.Rejected+r.Updated != 0 {
			t.Errorf("%q: %+v", front, r)
		}
		p, err := w.store.SubscriberByEmail(t.Context(), parse(t, "ann@example.org"))
		if err != nil || p.Attributes["city"] != "Bonn" || len(p.Attributes) != 1 {
			t.Errorf("%q: %+v, %v", front, p, err)
		}
	}
}

func mapping(t testing.TB, text string) audience.Mapping {
	t.Helper()
	m, err := audience.ParseMapping(text)
	if err != nil || m.String() != text {
		t.Fatalf("%q is %v, %v", text, m, err)
	}
	return m
}
