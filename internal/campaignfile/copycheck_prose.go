package campaignfile

import (
	"bytes"
	"regexp"
	"strings"
)

// Parts of a text that are no prose.
var (
	codeSpan    = regexp.MustCompile("`[^`]*`")
	mergeField  = regexp.MustCompile(`\{\{[^}]*\}\}`)
	linkTarget  = regexp.MustCompile(`\]\([^)]*\)`)
	bareAddress = regexp.MustCompile(`(?:https?://|www\.|mailto:)[^\s<>]*`)
	emphasis    = strings.NewReplacer("*", "", "_", "", "’", "'", "\u00a0", " ", "[", "", "]", "")
	listMarker  = regexp.MustCompile(`^\s*(?:[-+*]|[0-9]{1,9}[.)])\s`)
)

// plainWords drops what is not read as words, and marks of emphasis. Line ends
// stay, so that lines can be counted.
func plainWords(text string) string {
	for _, part := range []*regexp.Regexp{codeSpan, mergeField, linkTarget, bareAddress} {
		text = part.ReplaceAllStringFunc(text, func(found string) string {
			return " … " + strings.Repeat("\n", strings.Count(found, "\n"))
		})
	}
	return emphasis.Replace(text)
}

// prose returns the lines of a body that are no code, with an empty line for each
// other one and without the marks of quotes.
func prose(body []byte) string {
	var out strings.Builder
	fence := "" // that closes the code
	blank, inList, indented := true, false, false
	for line := range bytes.Lines(body) {
		text := strings.TrimLeft(strings.TrimRight(string(line), "\n"), "> ")
		mark := fenceOf(text)
		deep := strings.HasPrefix(string(line), "    ") || strings.HasPrefix(string(line), "\t")
		indented = deep && !inList && (blank || indented)
		switch {
		case fence != "":
			if strings.HasPrefix(mark, fence) {
				fence = ""
			}
		case mark != "":
			fence = mark
		case !indented:
			out.WriteString(text)
		}
		blank = strings.TrimSpace(text) == ""
		if !blank && !deep {
			inList = listMarker.MatchString(string(line))
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// fenceOf returns the marks that begin or end a block of code, or "".
func fenceOf(line string) string {
	for _, mark := range []string{"`", "~"} {
		if strings.HasPrefix(line, strings.Repeat(mark, 3)) {
			return line[:len(line)-len(strings.TrimLeft(line, mark))]
		}
	}
	return ""
}
