package compose

import (
	"fmt"
	"slices"
	"text/template"
	syntax "text/template/parse"
)

// A layout is a program, and somebody else may have written it. What follows keeps one
// that is new from running for ever, or from filling the memory: it is looked at before it
// is run for the first time. Layouts that are pinned were run before, and are left alone.

// maxSteps bounds the work of a layout, in actions; those that ship have about 30.
const maxSteps = 20_000

// perRange is how often the inside of a {{range}} counts. The only list that there is are
// the attachments.
const perRange = 20

// layoutFuncs are the functions that a layout may use: none of them makes a text longer,
// but for say, whose texts are of bounded length, and which is not given its own texts:
// see say.
var layoutFuncs = []string{"and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "len", "index", "slice", "say"}

// worker adds up what a layout may have to do.
type worker struct {
	t *template.Template
	// steps are those of templates that are done; calling are those on the way.
	steps   map[string]int
	calling []string
}

// checkWork returns an error, which names file and line, unless the work of a layout is
// bounded.
func checkWork(t *template.Template) error {
	w := worker{t: t, steps: make(map[string]int)}
	_, err := w.template(t.Name(), nil, nil)
	return err
}

// template returns the steps of a template that a node of a tree calls.
func (w *worker) template(name string, tree *syntax.Tree, from syntax.Node) (int, error) {
	if slices.Contains(w.calling, name) {
		return 0, w.fault(tree, from, fmt.Sprintf("the template %q calls itself, and would never end", name))
	}
	if n, done := w.steps[name]; done {
		return n, nil
	}
	called := w.t.Lookup(name)
	if called == nil || called.Tree == nil {
		return 0, nil // running it says so
	}
	w.calling = append(w.calling, name)
	n, err := w.list(called.Tree, called.Tree.Root)
	w.calling = w.calling[:len(w.calling)-1]
	w.steps[name] = n
	return n, err
}

func (w *worker) list(tree *syntax.Tree, list *syntax.ListNode) (total int, err error) {
	if list == nil {
		return 0, nil
	}
	for _, n := range list.Nodes {
		steps, err := w.node(tree, n)
		if total += steps; err == nil && total > maxSteps {
			err = w.fault(tree, n, fmt.Sprintf("the layout has more than %d steps; it calls templates again and again", maxSteps))
		}
		if err != nil {
			return 0, err
		}
	}
	return total, nil
}

func (w *worker) node(tree *syntax.Tree, n syntax.Node) (int, error) {
	switch n := n.(type) {
	case *syntax.ActionNode:
		return 1, w.pipe(tree, n.Pipe)
	case *syntax.IfNode:
		return w.branch(tree, &n.BranchNode, 1)
	case *syntax.WithNode:
		return w.branch(tree, &n.BranchNode, 1)
	case *syntax.RangeNode:
		if !isField(n.Pipe) {
			return 0, w.fault(tree, n, "{{range}} is for .Attachments, the only list that there is")
		}
		return w.branch(tree, &n.BranchNode, perRange)
	case *syntax.TemplateNode:
		steps, err := w.template(n.Name, tree, n)
		if err == nil {
			err = w.pipe(tree, n.Pipe)
		}
		return steps + 1, err
	}
	return 1, nil
}

// branch returns the steps of both sides of a branch.
func (w *worker) branch(tree *syntax.Tree, n *syntax.BranchNode, times int) (int, error) {
	if err := w.pipe(tree, n.Pipe); err != nil {
		return 0, err
	}
	inside, err := w.list(tree, n.List)
	if err != nil {
		return 0, err
	}
	other, err := w.list(tree, n.ElseList)
	return 1 + times*inside + other, err
}

// pipe refuses functions that make texts.
func (w *worker) pipe(tree *syntax.Tree, pipe *syntax.PipeNode) error {
	if pipe == nil {
		return nil
	}
	for _, command := range pipe.Cmds {
		if err := w.say(tree, pipe, command); err != nil {
			return err
		}
		for _, arg := range command.Args {
			switch arg := arg.(type) {
			case *syntax.IdentifierNode:
				if !slices.Contains(layoutFuncs, arg.Ident) {
					return w.fault(tree, arg, fmt.Sprintf("the function %q is not for layouts", arg.Ident))
				}
			case *syntax.PipeNode:
				if err := w.pipe(tree, arg); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// say refuses to have a text filled in with what may be such a text itself: repeated, it
// would grow without bound.
func (w *worker) say(tree *syntax.Tree, pipe *syntax.PipeNode, command *syntax.CommandNode) error {
	if len(command.Args) == 0 || command.Args[0].String() != "say" {
		return nil
	}
	for _, arg := range command.Args[1:] {
		switch arg.(type) {
		case *syntax.StringNode, *syntax.FieldNode:
		default:
			return w.fault(tree, arg, fmt.Sprintf("say is given %s; expected names in quotes, and fields such as .Number", arg))
		}
	}
	if len(pipe.Cmds) > 1 {
		return w.fault(tree, command, "say has no place in a pipeline; write it alone, such as {{say \"mail.leave\"}}")
	}
	return nil
}

// isField reports whether a pipe is a field alone, such as .Attachments.
func isField(pipe *syntax.PipeNode) bool {
	if len(pipe.Cmds) != 1 || len(pipe.Cmds[0].Args) != 1 {
		return false
	}
	_, ok := pipe.Cmds[0].Args[0].(*syntax.FieldNode)
	return ok
}

// fault names the place of a node.
func (w *worker) fault(tree *syntax.Tree, n syntax.Node, problem string) error {
	place := w.t.Name()
	if tree != nil && n != nil {
		place, _ = tree.ErrorContext(n)
	}
	return fmt.Errorf("layout: %s: %s", place, problem)
}
