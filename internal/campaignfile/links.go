package campaignfile

import (
	"html"
	"net/url"
	"regexp"
	"strings"

	"partwork/internal/drip"
)

// Link is an https address in the text of an issue: a link, or an image from
// elsewhere.
type Link struct {
	// URL is the address. Merge fields in it have their defaults.
	URL string
	// Line is that of the file.
	Line int
	// Personal says that a merge field without a default is in the address, which
	// is therefore nobody's; the field is left out of URL.
	Personal bool
}

// Links returns the https addresses of an issue in the order of its text. Code and
// comments have none.
func Links(is *drip.Issue) []Link {
	var links []Link
	line := is.BodyLine
	for text := range strings.SplitSeq(withoutFields(withoutNotes(prose(is.Body))), "\n") {
		for _, at := range httpsStart.FindAllStringIndex(text, -1) {
			if address := html.UnescapeString(addressAt(text, at[0])); address != "" {
				links = append(links, Link{
					URL: strings.ReplaceAll(address, string(unknownField), ""), Line: line,
					Personal: strings.ContainsRune(address, unknownField),
				})
			}
		}
		line++
	}
	return links
}

// What is longer than that is no address, and no name of one either.
const (
	maxAddress  = 4 << 10
	maxLinkName = 200
)

var (
	httpsStart = regexp.MustCompile(`(?i)https://`)
	note       = regexp.MustCompile(`(?s)<!--.*?-->`)
	anyField   = regexp.MustCompile(`\\?\{\{[^}\n]*\}\}`)
	itsDefault = regexp.MustCompile(`\|\s*default\s+"((?:[^"\\]|\\.)*)"`)
	// linkName is what stands before the address of [words] or [words][name].
	linkName = regexp.MustCompile(`^[ >]*\[[^\]^][^\]]*\]:[ \t]+$`)
	escaped  = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])")
)

// unknownField stands for a merge field of which only the reader knows the value.
const unknownField = '\ufffc'

// withoutNotes drops comments and code within lines; line ends stay.
func withoutNotes(text string) string {
	for _, part := range []*regexp.Regexp{codeSpan, note} {
		text = part.ReplaceAllStringFunc(text, func(found string) string {
			return " " + strings.Repeat("\n", strings.Count(found, "\n"))
		})
	}
	return text
}

// withoutFields puts the defaults of merge fields in their places, as they are in
// addresses. Conditions leave a blank. What is no field, having a line end in it,
// stays.
func withoutFields(text string) string {
	return anyField.ReplaceAllStringFunc(text, func(field string) string {
		switch words := strings.TrimSpace(strings.TrimPrefix(field, "{{")); {
		case field[0] == '\\':
			return field
		case strings.HasPrefix(words, "."):
			if value := itsDefault.FindStringSubmatch(words); value != nil {
				return url.QueryEscape(value[1])
			}
			return string(unknownField)
		}
		return " "
	})
}

// addressAt returns the address that begins there in a line, as Markdown reads it,
// or "" if it is no link.
func addressAt(line string, start int) string {
	before, rest := line[:start], line[start:min(len(line), start+maxAddress)]
	switch {
	case strings.HasSuffix(before, "<"):
		inside, _, closed := strings.Cut(rest, ">")
		if !closed {
			return ""
		}
		return inside
	case strings.HasSuffix(before, "]("):
		return escaped.ReplaceAllString(balanced(upTo(rest, " \t")), "$1")
	case len(before) < maxLinkName && linkName.MatchString(before):
		return escaped.ReplaceAllString(upTo(rest, " \t"), "$1")
	case before == "" || strings.ContainsRune(" \t*_~(|", rune(before[len(before)-1])):
		return bare(upTo(rest, " \t<|"))
	}
	return ""
}

// upTo returns what is before the first of the characters.
func upTo(text, stops string) string {
	if end := strings.IndexAny(text, stops); end >= 0 {
		return text[:end]
	}
	return text
}

// balanced returns what is before the parenthesis that closes one opened earlier.
func balanced(text string) string {
	open := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '(':
			open++
		case ')':
			if open--; open < 0 {
				return text[:i]
			}
		}
	}
	return text
}

// bare drops from an address without marks around it what belongs to the sentence.
func bare(text string) string {
	extra := strings.Count(text, ")") - strings.Count(text, "(")
	for text != "" {
		last := text[len(text)-1]
		switch {
		case last == ')' && extra > 0:
			extra--
		case !strings.ContainsRune(`?!.,:*_~'"`, rune(last)):
			return text
		}
		text = text[:len(text)-1]
	}
	return text
}
