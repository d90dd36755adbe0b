package wording

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func load(t *testing.T, files fstest.MapFS) *Book {
	t.Helper()
	b, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAnOperatorsFileReplacesSingleTexts(t *testing.T) {
	t.Parallel()
	b := load(t, fstest.MapFS{
		"text/de.yaml":    {Data: []byte("leave:\n  title: Schluss?\n")},
		"text/pt-BR.yaml": {Data: []byte("leave:\n  title: Parar?\ncalendar:\n  weekdays: [segunda, terça, quarta, quinta, sexta, sábado, domingo]\n")},
		"text/notes.txt":  {Data: []byte("not a language")},
	})
	for tag, want := range map[string][2]string{
		"de": {"Schluss?", "Ein Klick genügt. Sie müssen keinen Grund nennen."}, "de-AT": {"Schluss?", "Ein Klick genügt. Sie müssen keinen Grund nennen."},
		"en": {"Stop these emails?", "One click is enough. You don’t have to say why."}, "pt-BR": {"Parar?", "One click is enough. You don’t have to say why."},
		"fr": {"Stop these emails?", "One click is enough. You don’t have to say why."}, "": {"Stop these emails?", "One click is enough. You don’t have to say why."},
	} {
		words, ok := b.In(tag)
		title, err := words.Say("leave.title")
		text, err2 := words.Say("leave.text")
		if err != nil || err2 != nil || [2]string{title, text} != want || ok != (tag != "fr" && tag != "") {
			t.Errorf("%q: %q, %q, found %v", tag, title, text, ok)
		}
	}
	found := b.Findings()
	if len(found) != 1 || found[0].File != "text/pt-BR.yaml" || !strings.Contains(found[0].Message, "are shown in English: ") || strings.Contains(found[0].Message, "leave.title") {
		t.Errorf("found %v", found)
	}
}

func TestWrongFilesAreNamed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ file, text, want string }{
		"no such text":     {"de.yaml", "leave:\n  titel: x\n", `text/de.yaml:2: nothing shows a text "leave.titel"; leave has everything, `},
		"no such section":  {"de.yaml", "leaf:\n  title: x\n", `text/de.yaml:2: nothing shows a text "leaf.title"; there is no section of that name`},
		"other places":     {"fr.yaml", "where:\n  coming: Bientôt {next}\n", `text/fr.yaml:2: where.coming: the places to fill in are {next}; expected {next} {when}, as in`},
		"a place too many": {"fr.yaml", "leave:\n  title: \"{next}\"\n", "the places to fill in are {next}; expected none"},
		"an open brace":    {"de.yaml", "leave:\n  title: \"a { b\"\n", "text/de.yaml:2: leave.title: the text cannot be used (keep braces"},
		"a template":       {"de.yaml", "leave:\n  title: \"{{.Name}}\"\n", "keep braces for places"},
		"open bold":        {"de.yaml", "leave:\n  title: a ** b\n", "close the bold words"},
		"a hidden sign":    {"de.yaml", "leave:\n  title: \"a\\u202eb\"\n", "cannot be seen"},
		"no text":          {"de.yaml", "leave:\n  title:\n", "text/de.yaml:2: leave.title: expected a text (write it in quotes)"},
		"a number":         {"de.yaml", "leave:\n  title: 5\n", "expected a text"},
		"an alias":         {"de.yaml", "leave:\n  text: &a x\n  title: *a\n", "expected a text"},
		"too many days":    {"de.yaml", "calendar:\n  weekdays: [a, b, c, d, e, f, g, h]\n", `nothing shows a text "calendar.weekdays.8"`},
		"no sections":      {"de.yaml", "just words\n", "text/de.yaml:1: expected names and texts"},
		"no YAML":          {"de.yaml", "leave: [\n", "text/de.yaml:1: the file is not YAML"},
		"twice":            {"de.yaml", "leave:\n  title: a\n  title: b\n", "text/de.yaml:"},
		"no language":      {"german.yaml", "", `text/german.yaml: "german" is no language; name the file`},
		"too large":        {"de.yaml", "# " + strings.Repeat("x", maxFile), "at most 262144 are allowed"},
		"a long text":      {"de.yaml", "leave:\n  title: " + strings.Repeat("x", maxText+1) + "\n", "write 4096 bytes at most"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Load(fstest.MapFS{"text/" + tc.file: {Data: []byte(tc.text)}})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("the error is %v, want %q", err, tc.want)
			}
		})
	}
}

func TestTheBrowserChooses(t *testing.T) {
	t.Parallel()
	b := load(t, fstest.MapFS{"text/ar.yaml": {Data: []byte("leave:\n  title: x\n")}})
	for header, want := range map[string]string{
		"": "en", "de": "de", "de-CH,de;q=0.9,en;q=0.8": "de", "en-US,en;q=0.9,de;q=0.8": "en", "fr,de;q=0.5": "de", "fr": "en", "gsw": "de",
		"DE": "de", "en;q=0.2, de;q=0.7": "de", "de;q=0": "en", "*": "en", "ar-EG": "ar", "x": "en", ";;;": "en", "de;q=x": "en",
		strings.Repeat("de,", 5000): "de", strings.Repeat("a-", 5000): "en",
	} {
		if got := b.Accepting(header).Tag(); got != want {
			t.Errorf("%.60q is answered in %s, want %s", header, got, want)
		}
	}
	words, _ := b.In("ar")
	english, _ := b.In("en")
	if words.Dir() != "rtl" || english.Dir() != "ltr" {
		t.Errorf("directions %s, %s", words.Dir(), english.Dir())
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	b := load(t, nil)
	at := time.Date(2026, 3, 31, 9, 5, 0, 0, time.UTC)
	for tag, want := range map[string]string{
		"en": "Tuesday, March 31 · Tuesday, March 31, 2026 · Tuesday, March 31, at 9:05 · Tuesday, March 31, 2026, at 9:05",
		"de": "Dienstag, 31. März · Dienstag, 31. März 2026 · Dienstag, 31. März, um 9:05 Uhr · Dienstag, 31. März 2026, um 9:05 Uhr",
	} {
		words, _ := b.In(tag)
		if got := strings.Join([]string{words.Day(at), words.Date(at), words.Moment(at, false), words.Moment(at, true)}, " · "); got != want {
			t.Errorf("in %s: %s", tag, got)
		}
		for day := range 7 {
			d := at.AddDate(0, day, day)
			if tag == "en" && words.Date(d) != d.Format("Monday, January 2, 2006") {
				t.Errorf("%v is %s", d, words.Date(d))
			}
		}
	}
}

func TestWhatIsFilledInIsNoMarkup(t *testing.T) {
	t.Parallel()
	words, _ := load(t, fstest.MapFS{"text/en.yaml": {Data: []byte("mail:\n  why: \"<b> **{title}** & <i>\"\n")}}).In("en")
	got, err := words.HTML("mail.why", "title", `<script>{next} ** "`)
	if want := "&lt;b&gt; <strong>&lt;script&gt;{next} ** &#34;</strong> &amp; &lt;i&gt;"; err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
	for _, values := range [][]any{{}, {"title"}, {"name", 1}, {"title", 1, "name", 2}} {
		if _, err := words.HTML("mail.why", values...); err == nil {
			t.Errorf("%v was filled in", values)
		}
	}
	if _, err := words.Say("mail.nothing"); err == nil {
		t.Error("a text that there is not was said")
	}
}

func FuzzLoad(f *testing.F) {
	for _, tag := range []string{"en", "de"} {
		data, err := os.ReadFile("../../templates/text/" + tag + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Add("leave:\n  title: [a, {b: c}]\n? x\n")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := Load(fstest.MapFS{"text/de.yaml": {Data: []byte(text)}})
		if err != nil {
			return
		}
		words, _ := b.In("de")
		words.Moment(time.Unix(0, 0).UTC(), true)
		if len(words.Under("leave")) == 0 {
			t.Error("texts are gone")
		}
	})
}
