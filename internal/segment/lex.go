package segment

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind says what a token is.
type tokenKind int

const (
	tokenEnd    tokenKind = iota // after the last one
	tokenWord                    // DE, tag:vip, 2026-11-29, and
	tokenString                  // "two words"
	tokenSign                    // ( ) , and the signs that compare
)

// token is a part of the text that belongs together.
type token struct {
	kind tokenKind
	text string // of a string: without quotes
	at   int    // where it begins
	end  int
	// glued tells that nothing stands between it and the token before it.
	glued bool
}

// signs are those that mean something, the longer ones first.
var signs = []string{"<=", ">=", "!=", "(", ")", ",", "=", "<", ">"}

// strangeSigns are those of other languages, with what to write here.
var strangeSigns = []struct{ sign, instead string }{
	{"==", "="}, {"<>", "!="}, {"=~", "contains"}, {"=<", "<="}, {"=>", ">="}, {"&&", "and"}, {"||", "or"},
	{"≤", "<="}, {"≥", ">="}, {"≠", "!="}, {"&", "and"}, {"|", "or"}, {"!", "not"}, {"~", "contains"}, {";", "and"},
}

// quotes are pairs of quotation marks; word processors make curly ones.
var quotes = map[rune]rune{'"': '"', '\'': '\'', '“': '”', '„': '“', '‘': '’', '«': '»'}

// inWord reports whether a character can be part of a word.
func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) || strings.ContainsRune("_-./@+:%#*?$", r)
}

// lex cuts a text into tokens; the last one is the end.
func lex(text string) ([]token, error) {
	var list []token
	for at := 0; ; {
		blank := len(text[at:]) - len(strings.TrimLeftFunc(text[at:], unicode.IsSpace))
		at += blank
		tok, err := next(text, at)
		if err != nil {
			return nil, err
		}
		tok.glued = blank == 0 && len(list) > 0
		list = append(list, tok)
		if tok.kind == tokenEnd {
			return list, nil
		}
		at = tok.end
	}
}

// next returns the token that begins at a place.
func next(text string, at int) (token, error) {
	rest := text[at:]
	if rest == "" {
		return token{kind: tokenEnd, at: at, end: at}, nil
	}
	for _, s := range strangeSigns {
		if strings.HasPrefix(rest, s.sign) && !strings.HasPrefix(rest, "!=") {
			return token{}, &Error{text, at, len(s.sign), "found " + strconv.Quote(s.sign), "write " + s.instead}
		}
	}
	for _, sign := range signs {
		if strings.HasPrefix(rest, sign) {
			return token{kind: tokenSign, text: sign, at: at, end: at + len(sign)}, nil
		}
	}
	first, size := utf8.DecodeRuneInString(rest)
	if closing, quoted := quotes[first]; quoted {
		return readQuoted(text, at, size, closing)
	}
	length := strings.IndexFunc(rest, func(r rune) bool { return !inWord(r) })
	if length < 0 {
		length = len(rest)
	}
	if length == 0 {
		return token{}, &Error{
			text, at, size, "found " + strconv.QuoteRune(first) + ", which means nothing here",
			`a text with such characters stands in quotes: "…"`,
		}
	}
	return token{kind: tokenWord, text: rest[:length], at: at, end: at + length}, nil
}

// readQuoted reads a text in quotes. A backslash makes an ordinary character of the
// mark or the backslash that follows it.
func readQuoted(text string, at, size int, closing rune) (token, error) {
	var b strings.Builder
	escaped := false
	for i, r := range text[at+size:] {
		switch {
		case escaped && r != closing && r != '\\':
			return token{}, &Error{
				text, at + size + i - 1, 1, `a backslash stands before "` + string(r) + `"`,
				`write \\ for a backslash and \" for a quotation mark`,
			}
		case escaped:
			escaped = false
			b.WriteRune(r)
		case r == '\\':
			escaped = true
		case r == closing:
			return token{kind: tokenString, text: b.String(), at: at, end: at + size + i + utf8.RuneLen(r)}, nil
		case unicode.IsControl(r):
			return token{}, &Error{text, at + size + i, utf8.RuneLen(r), "found the control character " + strconv.QuoteRune(r), "remove it"}
		default:
			b.WriteRune(r)
		}
	}
	fix := "add " + string(closing) + " at the end of the text"
	if before, _ := utf8.DecodeLastRuneInString(text[:at]); closing == '\'' && at > 0 && inWord(before) { // O'Brien
		fix = `a text with an apostrophe stands in other quotes: "…"`
	}
	return token{}, &Error{text, at, size, "the quotes that open here are never closed", fix}
}

// keyword returns the keyword that a word is, in small letters, or "".
func keyword(word string) string {
	switch low := strings.ToLower(word); low {
	case "and", "or", "not", "in", "has", "missing", "contains", "ago":
		return low
	}
	return ""
}

func itoa(n int) string { return strconv.Itoa(n) }
