package compose

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"partwork/internal/drip"
)

// phrases are what spam filters count against a message, in English, and what to do
// instead. Blanks match any blanks and line ends.
var phrases = []phrase{
	{blind(`dear (?:friend|sir|madam|sir or madam|customer|subscriber|valued \w+)`), []string{"dear"}, `greet people by name: {{.Subscriber.Name | default "there"}}`},
	{blind(`100\s?% guaranteed|guaranteed 100|100 percent guaranteed`), []string{"100"}, "promise what can be kept, in plain words"},
	{blind(`to be removed,? (?:please|click|reply|from)`), []string{"removed"}, "leave it out: every message has a link to leave"},
	{blind(`this is not spam|this e-?mail is not spam`), []string{"spam"}, "leave it out"},
	{blind(`act now|order now|buy now|call now`), []string{"now"}, "say what there is, without hurry"},
	{blind(`limited[- ]time offer|once in a lifetime|offer expires`), []string{"limited", "lifetime", "expires"}, "say what there is, without hurry"},
	{blind(`risk[- ]free|no obligation|no strings attached`), []string{"risk", "obligation", "strings"}, "say what it costs and what can go wrong"},
	{blind(`miracle (?:cure|drug|pill)|make money fast|earn extra cash`), []string{"miracle", "money", "extra"}, "say what is known, in plain words"},
	{blind(`you have been selected|you(?:'|’)re a winner|congratulations, you won`), []string{"selected", "winner", "congratulations"}, "leave it out"},
	{blind(`click (?:here|below)`), []string{"click"}, "let the words of the link say where it leads"},
}

// phrase is a text that counts against a message.
type phrase struct {
	form *regexp.Regexp
	// words are such that no text has the phrase that has none of them. Most texts have
	// none, and need not be read for the phrase, which takes a hundred times as long.
	words []string
	fix   string
}

// in returns where the phrase is in a text, nil if nowhere. The other one is the text in
// small letters.
func (p *phrase) in(text, small string) []int {
	if !slices.ContainsFunc(p.words, func(word string) bool { return strings.Contains(small, word) }) {
		return nil
	}
	return p.form.FindStringIndex(text)
}

// blind makes a pattern blind to case and to the kind of blanks.
func blind(form string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:` + strings.ReplaceAll(form, " ", `\s+`) + `)\b`)
}

// leftoverForm finds what authors write to come back to.
var leftoverForm = regexp.MustCompile(`\b(?:TODO|FIXME|TBD|XXX)\b|(?i:\blorem ipsum\b)`)

// wording reports what is doubtful about the wording of an issue: what spam filters
// and readers take amiss, and what was left to be written.
func (r *reviewer) wording(c *drip.Campaign, is *drip.Issue) {
	if !c.Discreet {
		r.subject(is.Subject)
	}
	for _, text := range []struct {
		text string
		line func(at int) int
	}{
		{is.Subject, func(int) int { return 0 }},
		{is.Preheader, func(int) int { return 0 }},
		{string(is.Body), func(at int) int { return r.inFile(bytes.Count(is.Body[:at], []byte("\n")) + 1) }},
	} {
		for _, m := range leftoverForm.FindAllStringIndex(text.text, -1) {
			r.findings.add(drip.SeverityWarning, text.line(m[0]), "placeholder",
				fmt.Sprintf("%q is still in the text", text.text[m[0]:m[1]]), "finish it, or add draft: true")
		}
		if !isEnglish(r.e.bundle.Language) {
			continue
		}
		small := strings.ToLower(text.text)
		for _, p := range phrases {
			if m := p.in(text.text, small); m != nil {
				r.findings.add(drip.SeverityWarning, text.line(m[0]), "spam-words",
					fmt.Sprintf("spam filters count %q against a message", clean(text.text[m[0]:m[1]], 40)), p.fix)
			}
		}
	}
}

// fakeReply is the beginning of an answer to a message that there never was.
var fakeReply = regexp.MustCompile(`(?i)^(?:re|fw|fwd|aw|wg)\s*:`)

// subject reports a subject that looks like spam.
func (r *reviewer) subject(subject string) {
	doubt := func(rule, message, fix string) { r.findings.add(drip.SeverityWarning, 0, rule, message, fix) }
	if shouted(subject) {
		doubt("subject-caps", "the subject is all in capitals, as that of spam", "write it as a sentence")
	}
	if n := strings.Count(subject, "!"); n > 1 {
		doubt("subject-marks", fmt.Sprintf("the subject has %d exclamation marks; spam filters count them", n), "keep one at most")
	}
	if strings.Contains(subject, "$$") || strings.Contains(subject, "€€") {
		doubt("subject-marks", "the subject has rows of money signs, as that of spam", "write the price, or leave it out")
	}
	if fakeReply.MatchString(subject) {
		doubt("subject-reply", "the subject pretends to be an answer", "leave out what is before the colon")
	}
}

// shouted reports whether a text has several words and no small letters.
func shouted(s string) bool {
	letters, cased := 0, false
	for _, c := range fieldMarks.ReplaceAllString(s, " ") {
		if unicode.IsLower(c) {
			return false
		}
		if unicode.IsLetter(c) {
			letters++
			cased = cased || unicode.IsUpper(c)
		}
	}
	return cased && letters > 5
}

// fieldMarks are merge fields and conditions, whose letters do not count.
var fieldMarks = regexp.MustCompile(`\{\{[^}]*\}\}`)

// campaignFile is the file that says who sends a campaign.
func campaignFile(c *drip.Campaign) string {
	if len(c.Issues) == 0 {
		return c.ID + "/campaign.yaml"
	}
	return path.Join(path.Dir(c.Issues[0].File), "campaign.yaml")
}
