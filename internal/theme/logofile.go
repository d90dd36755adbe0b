package theme

import (
	"io/fs"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// LogoFile returns the name of the logo's file that theme.yaml gives, or "". It asks
// nothing else of the theme: whoever waits for a logo to be repaired has to know which
// file it is.
func LogoFile(fsys fs.FS) string {
	text, err := fs.ReadFile(fsys, File)
	if err != nil || len(text) > maxFile {
		return ""
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil || len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return ""
	}
	r, name := reader{fsys: fsys}, ""
	r.each(file.Docs[0].Body, "", []string{"logo"}, func(_ string, _ int, logo ast.Node) {
		r.each(logo, "", []string{"file"}, func(_ string, _ int, value ast.Node) {
			name, _ = word(value)
		})
	})
	if !fs.ValidPath(name) {
		return ""
	}
	return name
}
