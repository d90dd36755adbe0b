package wording

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"partwork/templates"
)

// raw returns the texts of a shipped file, without those of English that would stand in.
func raw(t *testing.T, tag string) map[string]text {
	t.Helper()
	texts, found := read(templates.Files(), "text/"+tag+".yaml", none)
	if len(found) > 0 || len(texts) == 0 {
		t.Fatal(found)
	}
	return texts
}

// TestShippedLanguagesSayTheSame holds every language that ships against English: the
// same texts, with the same places to fill in.
func TestShippedLanguagesSayTheSame(t *testing.T) {
	t.Parallel()
	book, err := Load(templates.Files())
	if err != nil {
		t.Fatal(err)
	}
	if tags := book.Languages(); !slices.Equal(tags, []string{"en", "de"}) {
		t.Errorf("the languages are %q", tags)
	}
	if found := book.Findings(); len(found) > 0 {
		t.Error(found)
	}
	standard := raw(t, "en")
	for _, tag := range book.Languages() {
		texts := raw(t, tag)
		for name, is := range standard {
			other, ok := texts[name]
			if !ok || !slices.Equal(places(other.words), places(is.words)) {
				t.Errorf("%s: %s is %q, want the places of %q", tag, name, other.words, is.words)
			}
			if ok && tag != "en" && other.words == is.words && len(places(is.words)) == 0 && !slices.Contains(alike, is.words) {
				t.Errorf("%s: %s is not translated: %q", tag, name, is.words)
			}
		}
		for name := range texts {
			if _, ok := standard[name]; !ok {
				t.Errorf("%s: English has no %s", tag, name)
			}
		}
	}
}

// alike are words that are the same in German.
var alike = []string{"April", "August", "September", "November"}

// action is an action of a template, and said a call of say in one.
var (
	action = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	said   = regexp.MustCompile(`\bsay "([^"]+)"((?: "[a-z_]+" \S+?)*)\s*\}\}`)
	calls  = regexp.MustCompile(`\bsay\b`)
	given  = regexp.MustCompile(`"([a-z_]+)" `)
	tag    = regexp.MustCompile(`(?s)<style>.*?</style>|<!--.*?-->|<[^>]*>`)
	shown  = regexp.MustCompile(`\b(?:title|alt|placeholder|aria-label)="([^"]*)"`)
	entity = regexp.MustCompile(`&[a-z]+;|&#[0-9]+;`)
)

// frames returns the templates whose words come from the texts, by their names.
func frames(t *testing.T) map[string]string {
	t.Helper()
	names, err := fs.Glob(templates.Files(), "web/*.html")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	out := make(map[string]string)
	for _, name := range append(names, "email/layout.html", "email/layout.txt", "email/archive.html") {
		data, err := fs.ReadFile(templates.Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = string(data)
	}
	return out
}

// TestTemplatesHaveNoWordsOfTheirOwn looks for letters that a reader would see and that
// do not come from the texts.
func TestTemplatesHaveNoWordsOfTheirOwn(t *testing.T) {
	t.Parallel()
	for name, data := range frames(t) {
		data = action.ReplaceAllString(data, "")
		visible := tag.ReplaceAllString(data, " ")
		for _, m := range shown.FindAllStringSubmatch(data, -1) {
			visible += " " + m[1]
		}
		visible = entity.ReplaceAllString(visible, "")
		if at := strings.IndexFunc(visible, unicode.IsLetter); at >= 0 {
			t.Errorf("%s says %.60q itself; put the words into text/en.yaml and text/de.yaml, and write {{say \"…\"}}", name, strings.TrimSpace(visible[at:]))
		}
	}
}

// TestTextsAndTemplatesGoTogether finds calls of say for texts that there are not, or
// with other places than the text has, and texts that nothing shows.
func TestTextsAndTemplatesGoTogether(t *testing.T) {
	t.Parallel()
	standard, used := raw(t, "en"), make(map[string]bool)
	for name, data := range frames(t) {
		found := said.FindAllStringSubmatch(data, -1)
		if all := len(calls.FindAllString(regexp.MustCompile(`(?s)\{\{-? /\*.*?\*/ -?\}\}`).ReplaceAllString(data, ""), -1)); all > len(found) {
			t.Errorf("%s calls say %d times, of which %d can be read", name, all, len(found))
		}
		for _, m := range found {
			is, ok := standard[m[1]]
			if !ok {
				t.Errorf("%s: there is no text %q", name, m[1])
				continue
			}
			used[m[1]] = true
			var with []string
			for _, g := range given.FindAllStringSubmatch(m[2], -1) {
				with = append(with, "{"+g[1]+"}")
			}
			if slices.Sort(with); !slices.Equal(with, places(is.words)) {
				t.Errorf("%s: %s is given %q, want %q", name, m[1], with, places(is.words))
			}
		}
	}
	source := goSource(t)
	for name := range standard {
		if !used[name] && !strings.HasPrefix(name, "calendar.") && !strings.Contains(source, `"`+name+`"`) {
			t.Errorf("nothing shows %s", name)
		}
	}
}

// goSource returns the program's Go code, tests apart.
func goSource(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		data, err := os.ReadFile(name)
		out.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}
