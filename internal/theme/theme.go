package theme

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"partwork/internal/drip"
)

// File is the theme's file, below the templates folder.
const File = "theme.yaml"

// Theme is how everything looks. It is read only.
type Theme struct {
	colors map[string]Pair
	// Logo stands at the top; nil if there is none.
	Logo *Logo
	// Footer is a text for the end of every message and page, in plain text with
	// LF line ends, and may be empty.
	Footer string
	// OnPages puts logo and footer on the readers' pages, too, where everybody who
	// opens a link sees them; otherwise only the colors are theirs.
	OnPages bool
}

// Logo is a picture that names who writes.
type Logo struct {
	Image drip.Image
	// Alt says what it shows, and Width in how many pixels across.
	Alt   string
	Width int
}

// Default returns the built-in theme.
func Default() *Theme {
	t := &Theme{colors: make(map[string]Pair, len(defaults))}
	for _, d := range defaults {
		t.colors[d.name] = Pair{Light: d.light, Dark: d.dark}
	}
	return t
}

// Names returns the names of the colors.
func Names() []string {
	var out []string
	for _, d := range defaults {
		out = append(out, d.name)
	}
	return out
}

// Color returns a color by its name; the zero Pair if there is none.
func (t *Theme) Color(name string) Pair { return t.colors[name] }

// Load reads theme.yaml and the logo it names from the templates folder. What the file
// does not say is as in the built-in theme, and so is everything if there is none. The
// error names file and line, what was found and what to do, for all that is wrong.
func Load(fsys fs.FS) (*Theme, error) {
	text, err := fs.ReadFile(fsys, File)
	if errors.Is(err, fs.ErrNotExist) {
		return Default(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read theme: %w", err)
	}
	r := reader{fsys: fsys, theme: Default(), lines: map[string]int{}}
	r.read(text)
	r.contrasts()
	if err := errors.Join(r.problems...); err != nil {
		return nil, err
	}
	return r.theme, nil
}

// call is what a style sheet writes for a color: light(page), dark(page).
var call = regexp.MustCompile(`(^|[^\w-])(light|dark)\(([a-z_]+)\)`)

// Style fills in a style sheet: light(NAME) and dark(NAME) become the two colors of
// that name. The error names the line of a name that there is not.
func (t *Theme) Style(css string) (string, error) {
	var wrong error
	line := 0
	var out strings.Builder
	for text := range strings.Lines(css) {
		line++
		out.WriteString(call.ReplaceAllStringFunc(text, func(s string) string {
			m := call.FindStringSubmatch(s)
			color, ok := t.colors[m[3]]
			switch {
			case !ok && wrong == nil:
				wrong = fmt.Errorf("%d: there is no color %q in the theme; there are %s", line, m[3], strings.Join(Names(), ", "))
			case m[2] == "dark":
				return m[1] + color.Dark
			}
			return m[1] + color.Light
		}))
	}
	return out.String(), wrong
}
