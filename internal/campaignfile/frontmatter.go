package campaignfile

import "bytes"

// frontMatter is an issue file cut in two.
type frontMatter struct {
	// yaml has the front matter on its own lines of the file: an empty line
	// stands in for the opening "---".
	yaml []byte
	// body is what follows the closing "---", from line bodyLine on.
	body     []byte
	bodyLine int
}

// splitFrontMatter cuts a file at the two "---" lines, the first of which must
// be the first line. If there is no front matter, the problem says so.
func splitFrontMatter(text []byte) (parts frontMatter, problem string) {
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	if !isFence(first) {
		return frontMatter{}, `the file has no front matter; expected "---" as its first line`
	}
	start := len(text) - len(rest)
	for line, at := 2, start; at < len(text); line++ {
		end := len(text)
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		if isFence(text[at:end]) {
			yaml := append([]byte("\n"), text[start:at]...)
			return frontMatter{yaml: yaml, body: text[end:], bodyLine: line + 1}, ""
		}
		at = end
	}
	return frontMatter{}, `the front matter is not closed; expected a second line "---" before the text`
}

// isFence reports whether a line is "---"; blanks after it are not visible and
// do not count.
func isFence(line []byte) bool {
	return string(bytes.TrimRight(line, " \t\n")) == "---"
}
