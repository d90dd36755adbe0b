package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// module is the name of the module whose rooms are looked at.
const module = "partwork"

// tree is the Go code of a module. Build constraints are not looked at: a wall
// holds on every system.
type tree struct {
	root  string
	fset  *token.FileSet
	files []file
}

// file is a Go file of the tree.
type file struct {
	tree *tree
	path string // below the root, with slashes
	room string // see roomOf
	test bool   // its name ends in _test.go
	ast  *ast.File
}

// readTree parses the Go files below root but those that the go command passes
// over: testdata, and names that start with "_" or ".".
func readTree(t *testing.T, root string) *tree {
	t.Helper()
	read := &tree{root: root, fset: token.NewFileSet()}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		passedOver := base == "testdata" || base[0] == '_' || base[0] == '.'
		switch {
		case name == root:
			return nil
		case entry.IsDir() && passedOver:
			return fs.SkipDir
		case entry.IsDir() || passedOver || !strings.HasSuffix(base, ".go"):
			return nil
		}
		return read.add(name)
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(read.files) == 0 {
		t.Fatalf("there is no Go file below %s", root)
	}
	return read
}

func (t *tree) add(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	relative, err := filepath.Rel(t.root, name)
	if err != nil {
		return err
	}
	relative = filepath.ToSlash(relative)
	parsed, err := parser.ParseFile(t.fset, relative, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	t.files = append(t.files, file{
		tree: t, path: relative, room: roomOf(path.Dir(relative)),
		test: strings.HasSuffix(relative, "_test.go"), ast: parsed,
	})
	return nil
}

// roomOf names a folder of the module as the tables do: packages below internal
// by the rest of their path, all others by their whole path.
func roomOf(dir string) string { return strings.TrimPrefix(dir, "internal/") }

// production reports whether the file is linked into the program.
func (f file) production() bool { return !f.test && !testRooms[f.room] }

// imports returns the imported paths with the place of each.
func (f file) imports() map[string]string {
	paths := map[string]string{}
	for _, spec := range f.ast.Imports {
		if name, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths[name] = f.place(spec)
		}
	}
	return paths
}

// place returns "file:line" of a node.
func (f file) place(node ast.Node) string {
	return fmt.Sprintf("%s:%d", f.path, f.line(node.Pos()))
}

func (f file) line(pos token.Pos) int { return f.tree.fset.Position(pos).Line }

// localName returns the name by which the file calls an imported package, or ""
// if it does not import it.
func (f file) localName(importPath string) string {
	for _, spec := range f.ast.Imports {
		if spec.Path.Value != strconv.Quote(importPath) {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		base := path.Base(importPath)
		if base == "v2" {
			base = path.Base(path.Dir(importPath))
		}
		return base
	}
	return ""
}

// uses calls found for every name of an imported package that the file refers
// to, called or not.
func (f file) uses(importPath string, found func(node ast.Node, name string)) {
	local := f.localName(importPath)
	if local == "" || local == "_" {
		return
	}
	ast.Inspect(f.ast, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok {
			if id, ok := selector.X.(*ast.Ident); ok && id.Name == local {
				found(selector, selector.Sel.Name)
			}
		}
		return true
	})
}
