package campaignfile

import (
	"strings"
	"testing"
)

func TestDaysInTexts(t *testing.T) {
	t.Parallel()
	const (
		tuesday = "the series leaves on Tuesdays"
		monThu  = "the series leaves on Mondays and Thursdays"
		never   = "the series never leaves on two days in a row"
		joining = "the first issue leaves on whatever day somebody joins"
	)
	for _, test := range []struct {
		schedule, lines string
		text            string // of the second issue, if it does not begin with "1: "
		want            string // "" or the phrase, and why it is wrong
	}{
		{"", "", "See you on Thursday.", `"See you on Thursday", but ` + tuesday},
		{"", "", "See you next\n**Thursday**!", `"See you next Thursday", but ` + tuesday},
		{"", "", "We'll see you Thursday.", `"see you Thursday", but ` + tuesday},
		{"", "", "You will hear from me again on Friday.", `"hear from me again on Friday", but ` + tuesday},
		{"", "", "This Wednesday we begin.", `"This Wednesday", but ` + tuesday},
		{"", "", "More next Friday.", `"next Friday", but ` + tuesday},
		{"", "", "Until Thursday!", `"Until Thursday", but ` + tuesday},
		{"", "", "That's all until Thursday.", `"That's all until Thursday", but ` + tuesday},
		{"", "", "Until Thursday,\nAnna", `"Until Thursday", but ` + tuesday},
		{"", "", "Today is Monday.", `"Today is Monday", but ` + tuesday},
		{"", "", "It’s Monday again.", `"It's Monday", but ` + tuesday},
		{"", "", "Happy Friday!", `"Happy Friday", but ` + tuesday},
		{"", "", "The next letter, on herbs, comes on Friday.", `"next letter, on herbs, comes on Friday", but ` + tuesday},
		{"", "", "You get a short letter from us every Friday.", `"a short letter from us every Friday", but ` + tuesday},
		{"", "", "See you tomorrow!", `"See you tomorrow", but ` + never},
		{"", "", "Tomorrow's letter is short.", `"Tomorrow's letter", but ` + never},
		{"", "", "Tomorrow we look at pots.", `"Tomorrow we", but ` + never},
		{"0 9 * * MON,THU", "", "Today is Monday.", `"Today is Monday", but ` + monThu},
		{"0 9 * * *", "", "Today is Monday.", `"Today is Monday", but the series leaves on every day of the week`},
		{"0 9 * * MON,THU", "", "See you on Friday.", `"See you on Friday", but ` + monThu},
		{"", "", "1: Today is Tuesday.", `"Today is Tuesday", but ` + joining},
		{"", "language: de\n", "Bis Donnerstag!", `"Bis Donnerstag", but ` + tuesday},
		{"", "language: de-AT\n", "Heute ist Montag.", `"Heute ist Montag", but ` + tuesday},
		{"", "language: es\n", "Hasta el próximo miércoles.", `"Hasta el próximo miércoles", but ` + tuesday},

		{"", "", "See you on Tuesday.", ""},
		{"", "", "1: The next one comes on Tuesday. See you next Tuesday.", ""},
		{"", "", "Today is Tuesday.", ""},
		{"", "first: next-slot\n", "1: Today is Tuesday.", ""},
		{"0 9 * * MON,THU", "", "See you on Thursday.", ""},
		{"0 9 * * *", "", "See you tomorrow, and until tomorrow water nothing. See you on Friday.", ""},
		{"", "", "Take it on Monday, Wednesday and Friday.", ""},
		{"", "", "Take one every Monday and another one on Friday.", ""},
		{"", "", "Damp? Walk away. Come back tomorrow.", ""},
		{"", "", "Tomorrow you may be tired.", ""},
		{"", "", "Wait until Friday, then water it. Until Friday, keep it dark.", ""},
		{"", "", "If today is Monday, take the next one on the next Monday.", ""},
		{"", "", "The nurse will see you on Friday.", ""},
		{"", "", "Good Friday is quiet. Last Monday was not. Mondays are hard.", ""},
		{"", "", "Write `see you on Thursday`.", ""},
		{"", "", "This is where I see you next\n\nFriday is for friends.", ""},
		{"", "", "Text.\n\n```\nSee you on Thursday.\n```\n\n    See you on Thursday.\n", ""},
		{"", "", "Read [this](https://example.org/see-you/next Thursday) or https://example.org/today-is-Monday", ""},
		{"", "language: de\n", "Bis Dienstag! Wait until Donnerstag.", ""},
		{"", "language: fr\n", "See you on Thursday.", ""},
	} {
		t.Run(test.text, func(t *testing.T) {
			t.Parallel()
			schedule := test.schedule
			if schedule == "" {
				schedule = "0 9 * * TUE"
			}
			first, second, file := "Text.", test.text, "02.md:5"
			if text, ok := strings.CutPrefix(test.text, "1: "); ok {
				first, second, file = text, "Text.", "01.md:5"
			}
			if test.want != "" {
				test.want = file + " weekday: the text says " + test.want
			}
			const front = "subject: Some\n---\n"
			expectDoubt(t, doubts(t, doubted(schedule, test.lines, front+first, front+second)), test.want)
		})
	}
}

func TestDatesInTexts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ lines, front, text, want string }{
		{"", "", "We meet on 3 December 2026.", "3 December 2026"},
		{"", "", "On the 3rd of December 2026 we meet.", "3 December 2026"},
		{"", "", "December 3rd, 2026", "3 December 2026"},
		{"", "", "Dec. 3, 2026", "3 December 2026"},
		{"", "", "It ends on 2026-12-03.", "3 December 2026"},
		{"language: de\n", "", "Am 3. Dezember 2026.", "3 December 2026"},
		{"language: es\n", "", "El 3 de diciembre de 2026.", "3 December 2026"},
		{"", "not_before: 2026-10-01\n", "3 December 2026", "3 December 2026"},

		{"", "", "In 12026 or 20.\n\nNothing.\n\nIt is 2027.\n\n3 December 2026", "3 December 2026"},

		{"", "", "It was on 22 November 2026, and 3 December 2025.", ""},
		{"", "", "30 February 2027, and July 2027, and 3 December.", ""},
		{"", "", "https://example.org/2026-12-03 and `2026-12-03`", ""},
		{"", "not_before: 2026-12-01\n", "We meet on 3 December 2026.", ""},
		{"", "review_by: 2026-12-03\n", "We meet on 3 December 2026.", ""},
	} {
		t.Run(test.front+test.text, func(t *testing.T) {
			t.Parallel()
			got := doubts(t, doubted("0 9 * * TUE", test.lines, test.front+"subject: Some\n---\n"+test.text))
			var dated []string
			for _, doubt := range got {
				if !strings.Contains(doubt, " not-before: ") {
					_, doubt, _ = strings.Cut(doubt, " ")
					dated = append(dated, doubt)
				}
			}
			want := test.want
			if want != "" {
				want = "dated: the text names " + want + ", but readers who join later get it after that day"
			}
			expectDoubt(t, dated, want)
		})
	}
}

// TestDoubtsStandOnTheirLine checks the lines of subject, preheader and body.
func TestDoubtsStandOnTheirLine(t *testing.T) {
	t.Parallel()
	got := doubts(t, doubted("0 9 * * TUE", "", someText,
		"preheader: Until Friday!\ndraft: true\nsubject: More next Monday\n---\n"+
			"Hello.\n\n```\nsee you on Sunday\n```\n\n> Quoted `a\nb` text [x](https://example.org/\n) here.\n>\n> See you\n> on Thursday.\n"))
	want := []string{"02.md:3 ", "02.md:5 ", "02.md:17 "}
	if len(got) != len(want) {
		t.Fatalf("got %q", got)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("got %q, want it on %s", got[i], want[i])
		}
	}
}

func FuzzDoubts(f *testing.F) {
	f.Add("> See you\n> on *Thursday*. `x\ny` {{.A}} [x](\n) https://x 3 December 2026\n~~~~\n```\n")
	f.Fuzz(func(t *testing.T, body string) {
		fsys := doubted("0 9 * * TUE", "", someText, "subject: Some\n---\nText\n"+body)
		c, _ := LoadOne(fsys, "plain", Options{})
		if c == nil {
			return
		}
		found := Doubts(fsys, c, Options{Today: today})
		checkFindings(t, found)
		for _, finding := range found {
			if text := normalize(fsys["plain/02.md"].Data); finding.Line < 1 || finding.Line > 1+strings.Count(string(text), "\n") {
				t.Errorf("there is no such line: %v", finding)
			}
		}
	})
}
