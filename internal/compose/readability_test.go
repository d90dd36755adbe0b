package compose

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"partwork/campaigns"
	"partwork/internal/testkit"
)

// What an issue of the MS series may ask of a tired reader.
const (
	minWords    = 550
	maxWords    = 850
	maxGrade    = 8.0
	maxSentence = 15.0 // words, on average
)

// TestLengthOfTheSeries counts words as a reader of the text part meets them: from the
// greeting to the list of sources, boxes, tables and headings included; without the
// masthead, what marks are in words ("3 of 4"), the numbers of sources, the list of
// sources, and what comes after it.
func TestLengthOfTheSeries(t *testing.T) {
	t.Parallel()
	c := shipped(t, campaigns.MSTherapies)
	for i := range c.Issues {
		t.Run(c.Issues[i].ID, func(t *testing.T) {
			t.Parallel()
			n := wordsRead(t, send(t, NewBundle(c, i, layouts(t)), anna(c, i)).Text)
			t.Logf("%d words", n)
			if n < minWords || n > maxWords {
				t.Errorf("%d words, want %d to %d", n, minWords, maxWords)
			}
		})
	}
}

var (
	unreadForm = regexp.MustCompile(`<[^>]*>|\[\d+\]|\(?\b\d of 4\b\)?`)
	spokenForm = regexp.MustCompile(`[\pL\pN][\pL\pN'’.,]*`)
)

// wordsRead counts the words between greeting and sources in a text part.
func wordsRead(t testing.TB, text string) int {
	t.Helper()
	_, body, greeted := strings.Cut(text, "\nHi ")
	body, _, listed := strings.Cut(body, "\nSources\n")
	if !greeted || !listed {
		t.Fatalf("no greeting or no sources in the text part:\n%s", text)
	}
	return len(strings.FieldsFunc(unreadForm.ReplaceAllString("Hi "+body, ""), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("'’.,", r)
	}))
}

// TestGradeOfTheSeries measures sentences: paragraphs and items of lists, those in
// boxes too; not headings, tables and sources, which have none. The lines that only
// say who speaks ("What the article says.") are left out, because so short a sentence
// in every second paragraph makes a text look easier than it is.
func TestGradeOfTheSeries(t *testing.T) {
	t.Parallel()
	eachChapter(t, func(t *testing.T, l chapter) {
		var m measure
		for _, b := range l.blocks[1 : len(l.blocks)-1] {
			if b.heading() || strings.HasPrefix(b.raw, "|") {
				continue
			}
			text := b.text
			for _, speaker := range []string{"What the article says.", "What studies show.", "In short:"} {
				text = strings.TrimPrefix(text, speaker)
			}
			m.add(text)
		}
		t.Logf("grade %.1f, %.1f words a sentence", m.grade(), m.length())
		if got := m.grade(); got > maxGrade {
			t.Errorf("grade %.1f, want %.0f at most: the longest sentence is %q", got, maxGrade, m.longest)
		}
		if got := m.length(); got > maxSentence {
			t.Errorf("%.1f words a sentence, want %.0f at most: the longest is %q", got, maxSentence, m.longest)
		}
	})
}

// TestStarterReadsEasily: the same for the letters of the starter campaign.
func TestStarterReadsEasily(t *testing.T) {
	t.Parallel()
	c := shipped(t, campaigns.GardenNotes)
	for i := range c.Issues {
		t.Run(c.Issues[i].ID, func(t *testing.T) {
			t.Parallel()
			var m measure
			page := testkit.ParseHTML(t, send(t, NewBundle(c, i, layouts(t)), anna(c, i)).HTML)
			for _, n := range append(page.All("td.sheet p"), page.All("td.sheet li")...) {
				m.add(n.Text())
			}
			t.Logf("%d words, grade %.1f", m.words, m.grade())
			if got := m.grade(); got > maxGrade || m.words < 150 || m.words > 450 {
				t.Errorf("%d words of grade %.1f, want 150 to 450 of grade %.0f at most", m.words, got, maxGrade)
			}
		})
	}
}
