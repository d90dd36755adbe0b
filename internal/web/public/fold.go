package public

import (
	"html/template"
	"text/template/parse"

	"partwork/internal/wording"
)

// escaped is what html/template has pass what is shown between elements. Texts pass it
// unchanged: they are HTML already.
const escaped = "_html_template_htmlescaper"

// fold puts the texts that a template always shows in the same words, {{say "leave.title"}},
// in their places: to ask for each with every look costs more than all the rest. The
// template must have been executed, so that it is known where html/template escapes what;
// a text within an attribute or a title is left as it is, and so is every text if
// html/template should ever call that function otherwise.
func fold(t *template.Template, words *wording.Tongue) {
	for _, one := range t.Templates() {
		if one.Tree != nil {
			foldList(one.Tree.Root, words)
		}
	}
}

func foldList(list *parse.ListNode, words *wording.Tongue) {
	if list == nil {
		return
	}
	for i, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.ActionNode:
			if name, ok := said(n.Pipe); ok {
				if text, err := words.HTML(name); err == nil {
					list.Nodes[i] = &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(text)}
				}
			}
		case *parse.IfNode:
			foldList(n.List, words)
			foldList(n.ElseList, words)
		case *parse.WithNode:
			foldList(n.List, words)
			foldList(n.ElseList, words)
		case *parse.RangeNode:
			foldList(n.List, words)
			foldList(n.ElseList, words)
		}
	}
}

// said returns the name of a text that is asked for without values, and escaped as what
// stands between elements.
func said(pipe *parse.PipeNode) (string, bool) {
	if len(pipe.Decl) != 0 || len(pipe.Cmds) != 2 || len(pipe.Cmds[0].Args) != 2 || len(pipe.Cmds[1].Args) != 1 {
		return "", false
	}
	ask, isName := pipe.Cmds[0].Args[0].(*parse.IdentifierNode)
	name, isText := pipe.Cmds[0].Args[1].(*parse.StringNode)
	escape, isFunc := pipe.Cmds[1].Args[0].(*parse.IdentifierNode)
	if !isName || !isText || !isFunc || ask.Ident != "say" || escape.Ident != escaped {
		return "", false
	}
	return name.Text, true
}
