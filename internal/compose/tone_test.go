package compose

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// lastLine is what the letters say of themselves at their end.
const lastLine = "Information, not medical advice. Talk with your own care team before changing anything. " +
	"Checked against published sources in November 2026; not reviewed by a clinician."

// unfit are the words that a issue about health does without, and why. What stands in
// quotation marks is left alone: a claim must be named before it can be corrected.
var unfit = []struct{ form, why string }{
	{`(?:no|not a) cures?\b`, ""}, // the one thing to be said of cures; taken out before the others look
	{`cur(?:e|es|ed|ing)\b`, "promises a cure"},
	{`miracle|miraculous|breakthrough|game[- ]changer|wonder drug|detox|guarantee|risk[- ]free|science fiction|revolutionary`, "is advertising"},
	{`heal(?:s|ed|ing)?\b|revers(?:e|es|ed|ing|al)\b|regenerat|root cause|stops? MS\b|in its tracks`, "promises what nobody has shown"},
	{`completely safe|perfectly safe|no side effects|safe when`, "says that something is safe"},
	{`stem cell(?:s| therapy| treatment)? works?\b`, "does not say which treatment"},
	{`you (?:should|must|need to|ought to|have to)\b`, "tells the reader what to do"},
	{`(?:stop|start|quit|skip) (?:taking|using|your|this|these|it)\b`, "tells the reader what to take or leave"},
	{`switch (?:to|from)|(?:increase|reduce|lower|double) (?:your|the) dose|\b\d+ ?(?:mg|ml|drops?)\b`, "is about doses"},
	{`suffer(?:s|er|ers|ing)?\b|victims?\b|battl(?:e|es|ing)\b|confined|wheelchair[- ]bound|MS patients?\b|patients\b`, "puts the disease before the person"},
	{`alternative (?:medicine|therap|treatment|care)`, "calls alternative what goes along with care"},
	{`hazard ratio|confidence interval|\bp ?[<=] ?0|\bHR\b|\bCI\b|\bSMD\b|\bEDSS\b|\bNEDA\b|\d+ ?%`, "is written for statisticians"},
	{`act now|last chance|don't miss|hurry|only today|amazing|incredible`, "presses the reader"},
	{`tumour|haemato|randomis|\bcentres?\b|fibre|behaviour|programme|colour|\w+isation\b|oestr|paediatr|whilst|licence|judgement|dietician`, "is not American spelling"},
}

var quotedForm = regexp.MustCompile(`"[^"]*"|“[^”]*”`)

// unfitIn lists what a text says in words that are not fit.
func unfitIn(text string) []string {
	var out []string
	text = quotedForm.ReplaceAllString(text, "…")
	for _, u := range unfit {
		form := regexp.MustCompile(`(?i)\b(?:` + u.form + `)`)
		if u.why == "" {
			text = form.ReplaceAllString(text, "…")
			continue
		}
		for _, m := range form.FindAllString(text, -1) {
			out = append(out, "\""+m+"\" "+u.why)
		}
	}
	return out
}

func TestToneOfTheSeries(t *testing.T) {
	t.Parallel()
	eachChapter(t, func(t *testing.T, l chapter) {
		for line := range strings.Lines(l.prose()) {
			for _, complaint := range unfitIn(line) {
				t.Errorf("%s: %s", complaint, line)
			}
		}
	})
}

func TestUnfitWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"There is no cure.":                            0,
		"It is not a cure.":                            0,
		"A cure is near.":                              1,
		`It says, "We can cure MS."`:                   0,
		"Stop taking your pills.":                      1,
		"You should try it.":                           1,
		"A miracle for MS patients":                    2,
		"33% got better":                               1,
		"33 in 100 got better":                         0,
		"Experts in five centres":                      1,
		"Please don't stop or change a medicine.":      0,
		"Call your team before you stop.":              0,
		"Trials of alternative medicine: stem cells":   1,
		"Secure, obscure, curious: no cure among them": 0,
	} {
		if got := unfitIn(text); len(got) != want {
			t.Errorf("%q has %d complaints, want %d: %q", text, len(got), want, got)
		}
	}
}

// TestShapeOfTheSeries: every issue has all its parts, each of them once.
func TestShapeOfTheSeries(t *testing.T) {
	t.Parallel()
	all := chapters(t)
	eachChapter(t, func(t *testing.T, l chapter) {
		t.Run("SubjectAndPreheaderFit", func(t *testing.T) {
			if n := utf8.RuneCountInString(l.Subject); n > 50 {
				t.Errorf("the subject has %d characters, want 50 at most", n)
			}
			if n := utf8.RuneCountInString(l.Preheader); n > 90 || n < 40 {
				t.Errorf("the preheader has %d characters, want 40 to 90", n)
			}
		})
		t.Run("OneBoxOfEachKind", func(t *testing.T) {
			for _, kind := range []string{"EVIDENCE", "SAFETY", "ASK"} {
				if n := strings.Count(string(l.Body), "> [!"+kind+"]\n"); n != 1 {
					t.Errorf("%d boxes %s, want 1", n, kind)
				}
			}
			if ask := l.boxed("ASK"); len(ask) == 0 || !strings.Contains(ask[0].text, "neurologist") {
				t.Error("the question is not for the neurologist")
			}
		})
		t.Run("SummaryFirstAndLastLineLast", func(t *testing.T) {
			first := 1
			if l.number == 2 { // it opens with the offer of the next one, in a line and a button
				const offer = "\n\n**[Send me the next one now]({{.Links.Preferences}})**\n\n**In short:**"
				if first = 3; !strings.Contains(string(l.Body), offer) {
					t.Error("there is no offer of the next one before the summary")
				}
			}
			if !strings.HasPrefix(l.blocks[first].text, "In short:") {
				t.Errorf("after the greeting comes %q, want a summary", l.blocks[first].text)
			}
			if got := l.blocks[len(l.blocks)-1].text; got != lastLine {
				t.Errorf("the last line is %q", got)
			}
		})
		t.Run("ArticleAndStudiesInTurns", func(t *testing.T) { inTurns(t, l) })
		t.Run("NobodyIsLeftOut", func(t *testing.T) {
			if l.number > 1 && !strings.Contains(l.prose(), "If your MS is progressive") {
				t.Error("nothing for people with progressive MS")
			}
		})
		t.Run("NextTime", func(t *testing.T) { nextTime(t, all, l) })
	})
}

// inTurns checks that each thing the article says meets what studies show.
func inTurns(t *testing.T, l chapter) {
	const article, studies = "What the article says.", "What studies show."
	pairs, open := 0, false
	for _, b := range l.blocks {
		switch {
		case strings.HasPrefix(b.text, article):
			if open {
				t.Errorf("no studies before the article goes on: %s", b.text)
			}
			open = true
		case strings.HasPrefix(b.text, studies):
			if !open {
				t.Errorf("studies without a claim: %s", b.text)
			}
			open = false
			pairs++
		case b.heading() && open:
			t.Errorf("a claim without an answer before %q", b.text)
		}
	}
	if pairs == 0 || open {
		t.Errorf("%d pairs of claims and studies, the last one open: %v", pairs, open)
	}
}

// nextTime checks that the issue says what comes next, and the last that nothing does.
// It names no day and no "next week": readers choose their pace.
func nextTime(t *testing.T, all []chapter, l chapter) {
	line := l.blocks[len(l.blocks)-2].text
	said, ok := strings.CutPrefix(line, "Next time: ")
	if !ok {
		t.Fatalf("before the last line stands %q", line)
	}
	if m := regexp.MustCompile(`(?i)\b(?:next|last) week\b|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day`).FindString(l.prose()); m != "" {
		t.Errorf("%q is not true for everyone: readers pause, skip and choose their pace", m)
	}
	if l.number == len(all) {
		if !strings.Contains(said, "the last one") {
			t.Errorf("the last issue does not say that it is: %q", said)
		}
		return
	}
	subject := words(all[l.number].Subject)
	shared := slices.DeleteFunc(strings.FieldsFunc(strings.ToLower(said), func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz", r) }),
		func(w string) bool { return len(w) < 4 || !subject[w] })
	if len(shared) < 2 {
		t.Errorf("%q does not announce %q", said, all[l.number].Subject)
	}
}
