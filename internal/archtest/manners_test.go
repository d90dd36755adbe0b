package archtest

import (
	"bytes"
	"fmt"
	"go/ast"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// onlyMainExits is the rule that nothing but the main package ends the process:
// everything else returns errors.
func onlyMainExits(t *tree) (broken []string) {
	for _, f := range t.files {
		if f.test || inWorkshop(f.room) || strings.HasPrefix(f.room, "cmd/") {
			continue
		}
		report := func(node ast.Node, name string) {
			if name == "Exit" || strings.HasPrefix(name, "Fatal") {
				broken = append(broken, f.place(node)+": only cmd may end the process; return an error")
			}
		}
		f.uses("os", report)
		f.uses("log", report)
		f.uses("syscall", report)
	}
	return broken
}

// nothingRunsBeforeMain is the rule against func init.
func nothingRunsBeforeMain(t *tree) (broken []string) {
	for _, f := range t.files {
		if f.test || inWorkshop(f.room) {
			continue
		}
		for _, declared := range f.ast.Decls {
			if fn, ok := declared.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				broken = append(broken, f.place(fn)+": func init runs before main; let a constructor do it")
			}
		}
	}
	return broken
}

// panicsAreExplained is the rule that a panic is for what cannot happen or is
// promised: it has a comment on its line or on the one before, or the function's
// documentation speaks of it.
func panicsAreExplained(t *tree) (broken []string) {
	for _, f := range t.files {
		if !f.production() || inWorkshop(f.room) {
			continue
		}
		comments := f.commentLines()
		for _, declared := range f.ast.Decls {
			if fn, ok := declared.(*ast.FuncDecl); ok && strings.Contains(fn.Doc.Text(), "panic") {
				continue
			}
			ast.Inspect(declared, func(node ast.Node) bool {
				if line, ok := f.panics(node); ok && !comments[line] && !comments[line-1] {
					broken = append(broken, f.place(node)+": this panic has no comment; say why it cannot happen, or return an error")
				}
				return true
			})
		}
	}
	return broken
}

// panics returns the line of a call of panic.
func (f file) panics(node ast.Node) (line int, ok bool) {
	call, ok := node.(*ast.CallExpr)
	if !ok {
		return 0, false
	}
	id, ok := call.Fun.(*ast.Ident)
	return f.line(call.Pos()), ok && id.Name == "panic"
}

// commentLines returns the lines on which a comment ends.
func (f file) commentLines() map[int]bool {
	lines := map[int]bool{}
	for _, group := range f.ast.Comments {
		for _, comment := range group.List {
			lines[f.line(comment.End())] = true
		}
	}
	return lines
}

// maxMain is the most lines that a main.go has: the door is no room.
const maxMain = 25

// mainIsADoor is the rule that main.go is short.
func mainIsADoor(t *tree) (broken []string) {
	for _, f := range t.files {
		if !strings.HasPrefix(f.room, "cmd/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(t.root, filepath.FromSlash(f.path)))
		if err != nil {
			return []string{err.Error()}
		}
		if lines := bytes.Count(text, []byte("\n")); lines > maxMain {
			broken = append(broken, fmt.Sprintf("%s: %d lines; the door has at most %d", f.path, lines, maxMain))
		}
	}
	return broken
}

// packagesAreExplained is the rule that one file of every package has a comment
// that begins "Package name" or, for programs, "Command name".
func packagesAreExplained(t *tree) (broken []string) {
	explained := map[string]bool{}
	for _, f := range t.files {
		if f.test {
			continue
		}
		begin := "Package " + f.ast.Name.Name + " "
		if f.ast.Name.Name == "main" {
			begin = "Command "
		}
		explained[f.room] = explained[f.room] || strings.HasPrefix(f.ast.Doc.Text(), begin)
	}
	for _, room := range slices.Sorted(maps.Keys(explained)) {
		if !explained[room] {
			broken = append(broken, room+`: the package has no comment that begins "Package name"`)
		}
	}
	return broken
}
