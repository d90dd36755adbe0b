package compose

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"partwork/internal/testkit"
)

// tortures are tables that no telephone is wide enough for.
var tortures = map[string]string{
	"long words": `| Donaudampfschifffahrtsgesellschaft | Kraftfahrzeughaftpflichtversicherung | Rindfleischetikettierung |
|---|---|---|
| Straßenentwässerungsinvestition | Verkehrsinfrastrukturfinanzierung | Grundstücksverkehrsgenehmigung |
| a | b | c |`,
	"many columns": `| Wednesday | Thursday | Friday | Saturday | Sunday | Monday | Tuesday |
|---|---|---|---|---|---|---|
| WWWWWWWWWWWWWWWWWWWWWWWWW | MMMMMMMMMMMMMMMMMMMMMMMMMMMMMM | 1 | 2 | 3 | 4 | 5 |`,
	"one long word beside a text": `| Word | Text |
|---|---|
| Pneumonoultramicroscopicsilicovolcano | It has a long name, and much is to be said of it, in short words that fit anywhere. |`,
	"code and addresses": "| `a_name_without_any_break_in_it()` | <https://www.example.com/a-long-address-that-goes-on-and-on> |\n|---|---|\n| `b` | c |",
	"a reader's value": `| City | Name |
|---|---|
| {{.Subscriber.city}} | {{.Subscriber.Name}} |`,
	"no letters at all": "| 12345678901234567890123456789012 | ●●●○○○○○○○ | ████████████████████████ |\n|---|---|---|\n| 0.000000000000000000000000000001 | 2 | 3 |",
	"just too wide":     "| Relapsing-remitting | at diagnosis[^a] | remissions |\n|---|---|---|\n| progressive | within years[^a] | worsening |\n\n[^a]: A source.",
}

// boxed puts a text into a box.
func boxed(box, text string) string {
	return "> " + box + "\n> " + strings.ReplaceAll(text, "\n", "\n> ") + "\n"
}

// TestNothingIsWiderThanATelephone opens every issue that ships, and tables that nobody
// should write, in a true window of 320 pixels, in light and dark: nothing is to be
// scrolled sideways.
func TestNothingIsWiderThanATelephone(t *testing.T) {
	testkit.Outside(t)
	t.Parallel()
	pages := map[string]string{}
	who := tormented(t)
	for i, p := range press(t) {
		pages[p.name()] = p.send(t, who[i%len(who)], nil).HTML
	}
	for name, table := range tortures {
		for place, text := range map[string]string{
			"alone": table, "in a box": boxed("[!SAFETY]", table), "in a quotation": boxed("x\n>", table), "in a list": "- x\n\n  " + strings.ReplaceAll(table, "\n", "\n  "),
		} {
			c := packed("Before.\n\n"+text+"\n", strings.Repeat("Donaudampfschifffahrtsgesellschaftskapitän", 4)+".pdf")
			c.Language = "de"
			r := anna(c, 0)
			r.Name, r.Attributes = strings.Repeat("Nebukadnezar", 8), map[string]string{"city": strings.Repeat("Llanfairpwllgwyngyll", 5)}
			pages[strings.ReplaceAll("torture/"+name+"/"+place, " ", "-")] = send(t, NewBundle(c, 0, layouts(t)), r).HTML
		}
	}
	url := gallery(t, pages)
	var views []testkit.View
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		dark := len(views)%2 == 1
		views = append(views, testkit.View{Name: strings.ReplaceAll(name, "/", "-"), URL: url + "/" + name, Width: 320, Height: 640, Dark: dark, Forgive: true})
	}
	for i, wide := range testkit.ScrollWidths(t, views) {
		if wide > 320 {
			t.Errorf("%s is %d pixels wide", views[i].Name, wide)
		}
	}
}

// TestOnlyTablesThatDoNotFitAreFixed: the others keep the widths that a program finds for
// them.
func TestOnlyTablesThatDoNotFitAreFixed(t *testing.T) {
	t.Parallel()
	for table, want := range map[string]string{
		"| a | b |\n|---|---|\n| Basil | Torn over tomatoes, with oil and salt |":  "",
		"| Wednesday | Thursday |\n|---|---|\n| a long text | another long text |": "",
		"| 東京からの手紙です東京からの手紙です東京からの手紙です | b |\n|---|---|\n| a | b |":                "",
		tortures["long words"]:       "33% 33% 33%",
		tortures["just too wide"]:    "33% 33% 33%",
		tortures["a reader's value"]: "50% 50%",
		"| a | Pneumonoultramicroscopicsilicovolcano |\n|---|---|\n| Basil | x |": "15% 84%",
	} {
		m := send(t, NewBundle(campaign(table+"\n"), 0, layouts(t)), anna(campaign(""), 0))
		page := testkit.ParseHTML(t, m.HTML)
		var got []string
		for _, th := range page.All("th") {
			if width := th.Attr("width"); width != "" {
				got = append(got, width)
			}
		}
		fixed := strings.Contains(page.One(t, "table.data").Attr("style"), "table-layout:fixed")
		if strings.Join(got, " ") != want || fixed != (want != "") {
			t.Errorf("%s\nfixed: %t, %v, want %s", table, fixed, got, want)
		}
	}
	b := NewBundle(campaign(tortures["long words"]+"\n"), 0, layouts(t))
	b.Version = versionAttachments - 1
	if strings.Contains(send(t, b, anna(campaign(""), 0)).HTML, `class="data tight"`) {
		t.Error("a stored version has changed")
	}
}
