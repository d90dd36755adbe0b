package campaignfile

import (
	"slices"
	"strings"
	"testing"
)

func TestIDFrom(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Acupuncture and MS: an honest score":             "acupuncture-and-ms-an-honest-score",
		"  Größe & Gewicht – was zählt?  ":                "grosse-gewicht-was-zahlt",
		"Don’t panic, it's 5 o'clock":                     "dont-panic-its-5-oclock",
		"Smørrebrød på Łódź":                              "smorrebrod-pa-lodz",
		"ﬁne ﬂour №5":                                     "fine-flour-no5",
		"緑川 みどり":                                          "",
		"ربيع 2027":                                       "2027",
		"{{.Subscriber.Name | default \"you\"}}, welcome": "welcome",
		"../../etc/passwd":                                "etc-passwd",
		"---":                                             "",
		"":                                                "",
		"a\x00b\nc":                                       "a-b-c",
		strings.Repeat("long ", 20):                       "long-long-long-long-long-long-long-long",
		strings.Repeat("x", 100):                          strings.Repeat("x", 40),
		"\xff\xfe broken":                                 "broken",
	} {
		got := IDFrom(title)
		if got != want {
			t.Errorf("%q: got %q, expected %q", title, got, want)
		}
		if got != "" && CheckID(got) != nil {
			t.Errorf("%q: %v", title, CheckID(got))
		}
	}
}

func FuzzIDFrom(f *testing.F) {
	f.Add("Größe & Gewicht")
	f.Fuzz(func(t *testing.T, title string) {
		if id := IDFrom(title); id != "" && (CheckID(id) != nil || len(id) > mostID || strings.HasSuffix(id, "-")) {
			t.Errorf("%q: %q", title, id)
		}
	})
}

func TestCheckTitle(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Three pots": "", "緑川 みどり": "", "ربيع": "", "🌱": "", "Quotes \" and \\": "", strings.Repeat("é", mostTitle): "",
		"": "empty", " \u200b\u00a0": "empty", "two\nlines": "a line end", "a\ttab": "a tab", "a\x00b": "U+0000", "a\u2028b": "U+2028",
		"\xff": "UTF-8", strings.Repeat("é", mostTitle+1): "at most 200",
	} {
		err := CheckTitle(title)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, expected %q", title, err, want)
		}
	}
}

func TestNewName(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("z", 250) + ".md"
	for want, names := range map[string][]string{
		"01-new.md":              nil,
		"03-new.md":              {"01-a.md", "02-b.md"},
		"08-new.md":              {"01-a.md", "07-b.md"},
		"003-new.md":             {"001-a.md", "002-b.md"},
		"99-c~~new.md":           {"98-b.md", "99-c.md"},
		"zebra~~new.md":          {"apple.md", "zebra.md"},
		long[:247] + "~~new.md":  {long},
		"2026-03-spring~~new.md": {"2026-03-spring.md"},
	} {
		got := NewName(names, "new")
		if got != want {
			t.Errorf("%q: got %q, expected %q", names, got, want)
		}
		if all := append(slices.Clone(names), got); !slices.IsSorted(all) || len(got) > maxName {
			t.Errorf("%q is not behind all of %q, or too long", got, names)
		}
	}
}
