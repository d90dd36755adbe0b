package wording

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"

	"partwork/internal/drip"
	"partwork/templates"
)

const (
	// Rule is the rule of all findings about texts.
	Rule = "wording"

	// folder has the files, and English is the language that all others are
	// compared with, and that speaks when no other does.
	folder  = "text"
	english = "en"
)

// Book has the texts in every language. It is read only.
type Book struct {
	tongues  []*Tongue // English is the first
	matcher  language.Matcher
	findings []drip.Finding
}

// Load reads the texts that ship with the program, and those of the operator below
// text/ of fsys: a file there replaces single texts of the language that it is named
// for, such as text/de.yaml, or adds one, such as text/fr.yaml. The error names the file
// and the line of whatever cannot be used: it is no YAML, a text that nothing shows, or
// one with other places to fill in than in English. Texts that an added language lacks
// are English; [Book.Findings] tells which.
func Load(fsys fs.FS) (*Book, error) {
	builtIn, err := shipped()
	if err != nil {
		return nil, err
	}
	standard := builtIn[english]
	own, err := collect(fsys, asShipped)
	if err != nil {
		return nil, err
	}
	b := &Book{}
	var faults []error
	for _, tag := range order(builtIn, own) {
		faults = append(faults, compare(tag, own[tag], standard)...)
		b.add(tag, standard, builtIn[tag], own[tag])
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	tags := make([]language.Tag, len(b.tongues))
	for i, t := range b.tongues {
		tags[i] = language.Make(t.tag)
	}
	b.matcher = language.NewMatcher(tags)
	return b, nil
}

// shipped returns the texts that ship, which are parsed once: templates are read whenever
// a file is saved.
var shipped = sync.OnceValues(func() (map[string]map[string]text, error) {
	return collect(templates.Files(), none)
})

// none skips nothing.
func none(string, []byte) bool { return false }

// asShipped reports whether a file is one that ships, and so says nothing of its own.
func asShipped(file string, data []byte) bool {
	original, err := fs.ReadFile(templates.Files(), file)
	return err == nil && bytes.Equal(data, original)
}

// collect reads all files of a folder of templates, by the language they are named for,
// but for those to skip.
func collect(fsys fs.FS, skip func(file string, data []byte) bool) (map[string]map[string]text, error) {
	entries, err := fs.ReadDir(fsys, folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the texts: %w", err)
	}
	all := make(map[string]map[string]text)
	var faults []error
	for _, entry := range entries {
		name := entry.Name()
		tag, ok := strings.CutSuffix(name, ".yaml")
		if !ok || name[0] == '.' || name[0] == '_' || entry.IsDir() {
			continue
		}
		file := path.Join(folder, name)
		if parsed, err := language.Parse(tag); err != nil || parsed.String() != tag {
			faults = append(faults, fmt.Errorf("%s: %q is no language; name the file with a tag of BCP 47, such as de.yaml or pt-BR.yaml", file, tag))
			continue
		}
		texts, found := read(fsys, file, skip)
		all[tag] = texts
		for _, finding := range found {
			faults = append(faults, errors.New(finding.String()))
		}
	}
	return all, errors.Join(faults...)
}

// order returns the languages, English first.
func order(builtIn, own map[string]map[string]text) []string {
	tags := slices.Concat(slices.Collect(maps.Keys(builtIn)), slices.Collect(maps.Keys(own)))
	slices.SortFunc(tags, func(a, b string) int {
		switch {
		case a == b:
			return 0
		case a == english:
			return -1
		case b == english:
			return 1
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(tags)
}

// compare returns what is wrong with the texts of a file, held against English as it
// ships.
func compare(tag string, texts, standard map[string]text) []error {
	var faults []error
	file := path.Join(folder, tag+".yaml")
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		is := texts[name]
		should, known := standard[name]
		switch {
		case !known:
			faults = append(faults, fmt.Errorf("%s:%d: nothing shows a text %q%s", file, is.line, name, nearest(name, standard)))
		case !slices.Equal(places(is.words), places(should.words)):
			faults = append(faults, fmt.Errorf("%s:%d: %s: the places to fill in are %s; expected %s, as in %q", file, is.line, name,
				listed(places(is.words)), listed(places(should.words)), should.words))
		}
	}
	return faults
}

// listed lists places.
func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, " ")
}

// nearest names the section's texts, so that a name with a slip of the pen can be mended.
func nearest(name string, standard map[string]text) string {
	section, _, _ := strings.Cut(name, ".")
	var there []string
	for _, other := range slices.Sorted(maps.Keys(standard)) {
		if rest, ok := strings.CutPrefix(other, section+"."); ok {
			there = append(there, rest)
		}
	}
	if len(there) == 0 {
		return "; there is no section of that name"
	}
	return "; " + section + " has " + strings.Join(there, ", ")
}

// add adds a language: its own texts, over those that ship, over English.
func (b *Book) add(tag string, standard, builtIn, own map[string]text) {
	t := &Tongue{tag: tag, texts: make(map[string]string, len(standard))}
	var missing []string
	for _, name := range slices.Sorted(maps.Keys(standard)) {
		found := false
		for _, source := range []map[string]text{own, builtIn} {
			if is, ok := source[name]; ok && !found {
				t.texts[name], found = is.words, true
			}
		}
		if !found {
			t.texts[name] = standard[name].words
			missing = append(missing, name)
		}
	}
	b.tongues = append(b.tongues, t)
	if len(missing) > 0 {
		b.findings = append(b.findings, drip.Finding{
			File: path.Join(folder, tag+".yaml"), Severity: drip.SeverityWarning, Rule: Rule,
			Message: fmt.Sprintf("%d of %d texts are missing, and are shown in English: %s", len(missing), len(standard), enumerate(missing)),
			Fix:     "translate them",
		})
	}
}

// mostNamed is how many missing texts are named: who begins a language knows that it
// lacks them all.
const mostNamed = 12

// enumerate names the first few of a list, and how many more there are.
func enumerate(names []string) string {
	if more := len(names) - mostNamed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostNamed], ", "), more)
	}
	return strings.Join(names, ", ")
}

// Findings returns what is doubtful: texts that a language lacks. The names of the files
// are those below the templates folder.
func (b *Book) Findings() []drip.Finding { return slices.Clone(b.findings) }

// Languages returns the tags of the languages that there are, English first.
func (b *Book) Languages() []string {
	tags := make([]string, len(b.tongues))
	for i, t := range b.tongues {
		tags[i] = t.tag
	}
	return tags
}

// In returns the language for a tag of BCP 47, such as German for de-AT; false, with
// English, if there is none that its readers would understand, and for an empty tag.
func (b *Book) In(tag string) (*Tongue, bool) {
	parsed, err := language.Parse(tag)
	if err != nil || tag == "" {
		return b.tongues[0], false
	}
	return b.match(parsed)
}

// Accepting returns the language that suits a browser best by its Accept-Language (RFC
// 9110 §12.5.4); English if none does, or it does not say.
func (b *Book) Accepting(header string) *Tongue {
	wanted, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(wanted) == 0 {
		return b.tongues[0]
	}
	t, _ := b.match(wanted...)
	return t
}

func (b *Book) match(wanted ...language.Tag) (*Tongue, bool) {
	_, at, confidence := b.matcher.Match(wanted...)
	if confidence == language.No {
		return b.tongues[0], false
	}
	return b.tongues[at], true
}
