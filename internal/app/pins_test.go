package app_test

import (
	"database/sql"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/testkit"
)

// personal has the first letter call its reader by name, and say where they live.
func (d *desk) personal() {
	d.t.Helper()
	d.replace("01-one.md", "The text.", `Dear {{.Subscriber.Name | default "reader"}} of {{.Subscriber.city | default "nowhere"}}, this is {{.Issue.Number}} of {{.Issue.Count}}.`)
	d.reread()
	importNames(d.t, d, `ada@example.net,"Ada ""É"" Byron"`)
}

// asObjects writes all that the ledger has pinned, for ada's first letter, as earlier
// programs did.
func (d *desk) asObjects(date int64) {
	d.t.Helper()
	object, err := json.Marshal(map[string]any{
		"date": date, "name": `Ada "É" Byron`,
		"values": map[string]any{"number": 1, "count": 3, "fields": map[string]string{"Subscriber.Name": `Ada "É" Byron`}},
	})
	if err != nil {
		d.t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+d.cfg.Database.Path()+"?_busy_timeout=5000")
	if err != nil {
		d.t.Fatal(err)
	}
	defer db.Close()
	result, err := db.ExecContext(d.t.Context(), `UPDATE deliveries SET merge = $1 WHERE merge IS NOT NULL`, string(object))
	if err != nil {
		d.t.Fatal(err)
	}
	if n, err := result.RowsAffected(); n != 1 || err != nil {
		d.t.Fatalf("%d letters were pinned, %v", n, err)
	}
}

// TestRetriesSayWhatWasPinned sends a letter again after its reader took another name,
// by what this program pinned and by what an earlier one would have.
func TestRetriesSayWhatWasPinned(t *testing.T) {
	t.Parallel()
	for name, between := range map[string]func(*desk){
		"by this program":   func(*desk) {},
		"by an earlier one": func(d *desk) { d.asObjects(week(0).Unix()) },
		"twice, by an earlier": func(d *desk) {
			d.asObjects(week(0).Unix())
			d.look(week(0))
			item := d.claims()[0]
			d.settle(item, d.mark(item), store.Outcome{State: drip.DeliveryDeferred, Class: drip.ClassDeferred})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.personal()
			d.look(week(0))
			item := d.claims()[0]
			first := d.mark(item)
			if !strings.Contains(first, `Dear Ada "É" Byron of nowhere, this is 1 of 3.`) {
				t.Fatalf("the letter says\n%s", first)
			}
			d.settle(item, first, store.Outcome{State: drip.DeliveryDeferred, Class: drip.ClassDeferred})
			importNames(t, d, "ada@example.net,Beatrix")
			between(d)
			d.weeks(0, 1)
			d.wantSent("one two")
			if d.texts["one"] != first {
				t.Errorf("a retry says\n%s\nand said before\n%s", d.texts["one"], first)
			}
		})
	}
}

// TestViewShowsWhatAnEarlierProgramSent opens the page of a letter that the ledger has
// as earlier programs wrote it.
func TestViewShowsWhatAnEarlierProgramSent(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.personal()
	relay := testkit.Start(t, testkit.Script{})
	d.step(newsday)
	_, text, _ := mailParts(t, d.got(relay, 1))
	view := readerLink(t, text, "v")
	importNames(t, d, "ada@example.net,Beatrix")
	var pages []string
	for range 2 {
		d.served(relay, func(r *running) {
			response, page := r.ask("GET", view, "")
			if response.StatusCode != http.StatusOK || !strings.Contains(page, "Byron of nowhere, this is 1 of 3.") {
				t.Errorf("%d; the page says\n%s", response.StatusCode, page)
			}
			pages = append(pages, page)
		})
		d.asObjects(newsday.Unix())
	}
	if pages[0] != pages[1] {
		t.Errorf("the page was\n%s\nand is\n%s", pages[0], pages[1])
	}
}
