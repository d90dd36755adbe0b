package campaignfile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// CheckID returns nil if a campaign or an issue can have that id.
func CheckID(id string) error {
	if idSyntax.MatchString(id) {
		return nil
	}
	return errors.New(excerpt(id) + " cannot be an id; expected " + idForm)
}

// mostTitle is the most characters of a title: inboxes cut far shorter ones.
const mostTitle = 200

// CheckTitle returns nil if a text can be the title of a campaign or the subject of an
// issue: one line that says something.
func CheckTitle(title string) error {
	switch at := strings.IndexFunc(title, breaksLine); {
	case !utf8.ValidString(title):
		return errors.New("the title is not valid UTF-8")
	case at >= 0:
		r, _ := utf8.DecodeRuneInString(title[at:])
		return fmt.Errorf("the title has %s in it; expected one line of plain text", nameRune(r))
	case strings.TrimFunc(title, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) }) == "":
		return errors.New("the title is empty; expected a text")
	case utf8.RuneCountInString(title) > mostTitle:
		return fmt.Errorf("the title has %d characters; expected at most %d", utf8.RuneCountInString(title), mostTitle)
	}
	return nil
}

// mostID is where ids made of titles are cut; people may write longer ones.
const mostID = 40

// IDFrom makes an id of a title: "Größe & Gewicht" becomes "grosse-gewicht". It is
// empty if nothing of the title can stand in an id.
func IDFrom(title string) string {
	var id strings.Builder
	gap := false
	for _, r := range strings.ToLower(norm.NFKD.String(mergeField.ReplaceAllString(title, " "))) {
		letters, known := plainLetters[r]
		switch {
		case known:
		case r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			letters = string(r)
		case unicode.Is(unicode.Mn, r): // what NFKD took off a letter
			continue
		}
		if letters == "" {
			gap = r != '\'' && r != '’' || gap // "don't" is one word
			continue
		}
		if gap && id.Len() > 0 {
			id.WriteByte('-')
		}
		gap = false
		id.WriteString(letters)
	}
	return shorten(id.String())
}

// shorten cuts an id behind a word, if there is one.
func shorten(id string) string {
	if len(id) <= mostID {
		return id
	}
	if at := strings.LastIndexByte(id[:mostID+1], '-'); at > 0 {
		return id[:at]
	}
	return id[:mostID]
}

// plainLetters are those that Unicode does not take apart.
var plainLetters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ħ': "h", 'ı': "i", 'ŋ': "ng",
}

// NewName returns a name for a file with the issue of that id which is sorted behind
// all names of issue files, given in their order.
func NewName(names []string, id string) string {
	number, width := 1, digitsFor(len(names)+1)
	if len(names) > 0 {
		digits, _ := splitName(names[len(names)-1], len(names))
		if n, err := strconv.Atoi(digits); err == nil {
			number, width = n+1, len(digits)
		} else {
			number = len(names) + 1
		}
	}
	name := fmt.Sprintf("%0*d-%s.md", width, number, id)
	if len(names) == 0 || name > names[len(names)-1] {
		return name
	}
	// Reorder gives all of them numbers then.
	last := strings.TrimSuffix(names[len(names)-1], ".md")
	last = last[:min(len(last), maxName-len(Stopgap)-len(id)-len(".md"))]
	return strings.ToValidUTF8(last, "") + Stopgap + id + ".md"
}
