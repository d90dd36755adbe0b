package theme

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"partwork/internal/drip"
)

// The limits of a theme.
const (
	maxFile   = 64 << 10 // bytes
	maxLogo   = 200_000  // bytes; it goes with every message
	maxWidth  = 400      // pixels
	maxFooter = 600      // bytes
)

// reader reads a theme and collects what is wrong with it.
type reader struct {
	fsys     fs.FS
	theme    *Theme
	lines    map[string]int // of the colors that the file gives
	problems []error
}

// wrong notes a problem.
func (r *reader) wrong(line int, format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf("%s:%d: %s", File, max(line, 1), fmt.Sprintf(format, args...)))
}

// read reads the file.
func (r *reader) read(text []byte) {
	if len(text) > maxFile {
		r.wrong(1, "the file has %d bytes; at most %d are allowed", len(text), maxFile)
		return
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		r.wrong(1, "the file is not YAML: %s", strings.ReplaceAll(strings.TrimSpace(yaml.FormatError(err, false, false)), "\n", " "))
		return
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return // comments only
	}
	r.each(file.Docs[0].Body, "theme.yaml", []string{"colors", "logo", "footer", "on_pages"}, func(key string, line int, value ast.Node) {
		switch key {
		case "colors":
			r.each(value, "colors", Names(), r.color)
		case "logo":
			r.logo(line, value)
		case "footer":
			r.footer(line, value)
		case "on_pages":
			r.onPages(line, value)
		}
	})
}

// onPages reads where logo and footer stand.
func (r *reader) onPages(line int, value ast.Node) {
	switch n := value.(type) {
	case *ast.BoolNode:
		r.theme.OnPages = n.Value
	case *ast.NullNode:
	default:
		r.wrong(line, "on_pages: expected true or false")
	}
}

// each calls f for the entries of a mapping, and reports other nodes, and keys that
// are not known.
func (r *reader) each(node ast.Node, where string, known []string, f func(key string, line int, value ast.Node)) {
	var entries []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		entries = n.Values
	case *ast.MappingValueNode:
		entries = []*ast.MappingValueNode{n}
	case *ast.NullNode:
		return
	default:
		r.wrong(lineOf(node), "%s: expected keys and values, found %q", where, strings.TrimSpace(node.String()))
		return
	}
	seen := map[string]bool{}
	for _, e := range entries {
		key, line := e.Key.GetToken().Value, lineOf(e.Key)
		switch {
		case !slices.Contains(known, key):
			r.wrong(line, "%s: there is no %q; there are %s", where, key, strings.Join(known, ", "))
		case seen[key]:
			r.wrong(line, "%s: %q is there twice", where, key)
		default:
			f(key, line, e.Value)
		}
		seen[key] = true
	}
}

// lineOf returns the line on which a node begins.
func lineOf(n ast.Node) int {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 1
}

// word returns the text of a plain value.
func word(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// color reads a pair of colors.
func (r *reader) color(name string, line int, value ast.Node) {
	where := "colors." + name
	pair, found := r.theme.colors[name], 0
	r.each(value, where, []string{"light", "dark"}, func(key string, line int, value ast.Node) {
		text, _ := word(value)
		color, err := parseColor(text)
		if err != nil {
			r.wrong(line, "%s.%s: %s", where, key, err)
			return
		}
		found++
		if key == "light" {
			pair.Light = color
		} else {
			pair.Dark = color
		}
	})
	if found < 2 {
		r.wrong(line, `%s: expected two colors, such as {light: "#0d5c63", dark: "#86cfd6"}`, where)
		return
	}
	r.theme.colors[name], r.lines[name] = pair, line
}

// logo reads the logo and its image.
func (r *reader) logo(line int, value ast.Node) {
	given := map[string]string{}
	r.each(value, "logo", []string{"file", "alt", "width"}, func(key string, line int, value ast.Node) {
		text, ok := word(value)
		if !ok || strings.TrimSpace(text) == "" {
			r.wrong(line, "logo.%s: expected a text or a number", key)
		}
		given[key] = strings.TrimSpace(text)
	})
	if len(given) == 0 {
		return
	}
	if given["file"] == "" || given["alt"] == "" {
		r.wrong(line, `logo: expected its file and what it shows, such as {file: email/logo.png, alt: "MS Reading Circle", width: 120}`)
		return
	}
	img, err := r.image(given["file"])
	if err != nil {
		r.wrong(line, "logo.file: %s", err)
		return
	}
	width := min(img.Width, maxWidth)
	if given["width"] != "" {
		if width, err = strconv.Atoi(given["width"]); err != nil || width < 16 || width > maxWidth {
			r.wrong(line, "logo.width: %q is not between 16 and %d pixels", given["width"], maxWidth)
			return
		}
	}
	r.theme.Logo = &Logo{Image: img, Alt: strings.Join(strings.Fields(given["alt"]), " "), Width: width}
}

// image reads the logo's image.
func (r *reader) image(name string) (drip.Image, error) {
	if !fs.ValidPath(name) {
		return drip.Image{}, fmt.Errorf("%q is no path within the templates folder, such as email/logo.png", name)
	}
	data, err := fs.ReadFile(r.fsys, name)
	if err != nil {
		return drip.Image{}, fmt.Errorf("%s cannot be read; put the image there, within the templates folder", name)
	}
	if len(data) > maxLogo {
		return drip.Image{}, fmt.Errorf("%s has %d kB and would go with every message; at most %d are allowed", name, len(data)/1000, maxLogo/1000)
	}
	img, err := drip.ParseImage(data)
	if err != nil {
		return drip.Image{}, fmt.Errorf("%s: %w", name, err)
	}
	img.Path = name
	return img, nil
}

// footer reads the text of the footer.
func (r *reader) footer(line int, value ast.Node) {
	text, ok := word(value)
	if _, null := value.(*ast.NullNode); !ok && !null {
		r.wrong(line, "footer: expected a text")
		return
	}
	if len(text) > maxFooter {
		r.wrong(line, "footer: the text has %d bytes; at most %d are allowed", len(text), maxFooter)
		return
	}
	r.theme.Footer = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
}

// contrasts reports texts that are hard to read, each with what it is hardest to
// read on.
func (r *reader) contrasts() {
	light := func(p Pair) string { return p.Light }
	dark := func(p Pair) string { return p.Dark }
	for _, name := range Names() {
		r.contrast(name, "light", light)
		r.contrast(name, "dark", dark)
	}
}

// contrast looks at one text in one scheme.
func (r *reader) contrast(name, scheme string, of func(Pair) string) {
	worst, least := "", float64(MinContrast)
	for _, p := range readable {
		if p[0] != name {
			continue
		}
		if got := Contrast(of(r.theme.colors[name]), of(r.theme.colors[p[1]])); got < least {
			worst, least = p[1], got
		}
	}
	if worst != "" {
		r.wrong(max(r.lines[name], r.lines[worst]), "colors.%s: %s is %s on %s (%s), a contrast of %.1f to 1; at least %.1f is needed to read it, so take them further apart",
			name, scheme, of(r.theme.colors[name]), of(r.theme.colors[worst]), worst, least, MinContrast)
	}
}
