package segment

import (
	"strconv"
	"unicode/utf8"
)

// What a filter may be at most. Longer ones are made by programs, which can do
// better; and no text makes the parser or a database work for long.
const (
	MaxLength = 8192 // octets of the text
	maxDepth  = 40   // parentheses and nots inside one another
	maxTests  = 200
	maxValues = 1000 // in all lists together
)

// Parse reads a filter. An error is an [*Error]. A text of nothing but blanks is an
// error as well: whoever wants everybody leaves the filter out.
func Parse(text string) (Filter, error) {
	if len(text) > MaxLength {
		return Filter{}, &Error{
			text[:0], 0, 0, "the filter has " + itoa(len(text)) + " bytes; at most " + itoa(MaxLength) + " are read",
			"tag the people, and ask for the tag",
		}
	}
	if at := invalidUTF8(text); at >= 0 {
		return Filter{}, &Error{text, at, 1, "the text is not UTF-8", "type it again"}
	}
	tokens, err := lex(text)
	if err != nil {
		return Filter{}, err
	}
	p := parser{text: text, tokens: tokens}
	root, err := p.any()
	if err != nil {
		return Filter{}, err
	}
	if rest := p.peek(); rest.kind != tokenEnd {
		return Filter{}, p.leftover(rest)
	}
	return Filter{root}, nil
}

func invalidUTF8(text string) int {
	for i, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return i
			}
		}
	}
	return -1
}

// parser walks over tokens.
type parser struct {
	text          string
	tokens        []token
	at            int
	depth         int
	tests, values int
}

func (p *parser) peek() token { return p.tokens[p.at] }

// take returns the next token and steps over it; the end stays.
func (p *parser) take() token {
	tok := p.tokens[p.at]
	if tok.kind != tokenEnd {
		p.at++
	}
	return tok
}

// word reports whether the next token is that keyword.
func (p *parser) word(want string) bool {
	tok := p.peek()
	return tok.kind == tokenWord && keyword(tok.text) == want
}

// sign reports whether the next token is that sign.
func (p *parser) sign(want string) bool {
	tok := p.peek()
	return tok.kind == tokenSign && tok.text == want
}

// fault returns an error about a token.
func (p *parser) fault(tok token, problem, fix string) error {
	return &Error{p.text, tok.at, tok.end - tok.at, problem, fix}
}

// any reads terms with "or" between them.
func (p *parser) any() (Node, error) {
	return p.chain("or", p.all, func(terms []Node) Node {
		var flat []Node
		for _, term := range terms {
			if or, ok := term.(Or); ok {
				flat = append(flat, or.Terms...)
				continue
			}
			flat = append(flat, term)
		}
		return Or{flat}
	})
}

// all reads terms with "and" between them, which binds more tightly.
func (p *parser) all() (Node, error) {
	return p.chain("and", p.term, func(terms []Node) Node {
		var flat []Node
		for _, term := range terms {
			if and, ok := term.(And); ok {
				flat = append(flat, and.Terms...)
				continue
			}
			flat = append(flat, term)
		}
		return And{flat}
	})
}

// chain reads parts with a keyword between them, and joins them if there are several.
func (p *parser) chain(between string, part func() (Node, error), join func([]Node) Node) (Node, error) {
	first, err := part()
	if err != nil || !p.word(between) {
		return first, err
	}
	terms := []Node{first}
	for p.word(between) {
		p.take()
		next, err := part()
		if err != nil {
			return nil, err
		}
		terms = append(terms, next)
	}
	return join(terms), nil
}

// term reads a test, a group in parentheses, or what follows a "not".
func (p *parser) term() (Node, error) {
	tok := p.peek()
	if p.depth++; p.depth > maxDepth {
		return nil, p.fault(tok, "more than "+itoa(maxDepth)+" groups stand inside one another", "tag the people, and ask for the tag")
	}
	defer func() { p.depth-- }()
	switch {
	case p.word("not"):
		p.take()
		inner, err := p.term()
		if err != nil {
			return nil, err
		}
		return Not{inner}, nil
	case p.sign("("):
		p.take()
		inner, err := p.any()
		if err != nil {
			return nil, err
		}
		if !p.sign(")") {
			if p.peek().kind != tokenEnd {
				return nil, p.leftover(p.peek())
			}
			return nil, p.fault(tok, "this parenthesis is never closed", `add ")" where the group ends`)
		}
		p.take()
		return inner, nil
	}
	if p.tests++; p.tests > maxTests {
		return nil, p.fault(tok, "there are more than "+itoa(maxTests)+" tests", `compare with several values at once: country in (DE, AT)`)
	}
	return p.test()
}

// leftover says what is wrong with a token that follows a complete filter.
func (p *parser) leftover(tok token) error {
	before := p.tokens[p.at-1]
	switch {
	case tok.kind == tokenSign && tok.text == ")":
		return p.fault(tok, `")" closes nothing`, "remove it, or open a parenthesis before")
	case tok.kind == tokenSign && tok.text == ",":
		return p.fault(tok, `found ","; expected and, or, or the end`, severalValues)
	case tok.kind == tokenWord && before.kind == tokenWord && p.at >= 2 && keyword(tok.text) == "" && keyword(before.text) == "" && !p.testFollows():
		both := strconv.Quote(before.text + " " + tok.text)
		return &Error{
			p.text, before.at, tok.end - before.at, "found two words; expected and, or, or the end after the first",
			"if they are one text, put it in quotes: " + both,
		}
	}
	return p.fault(tok, "found "+p.name(tok)+"; expected and, or, or the end", "join tests with and, or with or")
}

// testFollows reports whether the coming tokens look like a test: "country =".
func (p *parser) testFollows() bool {
	after := p.tokens[min(p.at+1, len(p.tokens)-1)]
	return after.kind == tokenSign && after.text != ")" && after.text != "," ||
		after.kind == tokenWord && (keyword(after.text) == "in" || keyword(after.text) == "contains")
}

// name says what a token is, for messages.
func (p *parser) name(tok token) string {
	switch tok.kind {
	case tokenEnd:
		return "the end of the filter"
	case tokenString:
		return "the text " + excerpt(tok.text)
	}
	return excerpt(tok.text)
}

// excerpt quotes the beginning of a text.
func excerpt(s string) string {
	const most = 40
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return strconv.Quote(s)
}
