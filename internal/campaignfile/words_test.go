package campaignfile

import (
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"36h": 36 * time.Hour, "21d": 21 * day, "2w": 2 * week, "3d12h": 84 * time.Hour,
		"3.5d": 84 * time.Hour, "1w2d3h4m5s": week + 2*day + 3*time.Hour + 4*time.Minute + 5*time.Second,
		"90m": 90 * time.Minute, "0": 0, "0d": 0, "3660d": maxDuration,
	} {
		if got, err := parseDuration(text); err != nil || got != want {
			t.Errorf("%q: got %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "auto", "d", "7", "1 d", "1d 2h", "1d2w", "1d1d", "-1d", "1d-2h", "-3h", "+3h", "1y", "1M", "3661d",
		"9999w", "99999d", "999999h", "2562047h47m16.854775807s", "1e3d", "NaN", "1w9999999999h", "d1", "٣d",
	} {
		if got, err := parseDuration(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"subjct": "", "replyTo": "reply_to", "reply-to": "reply_to", "shedule": "schedule",
		"timzone": "timezone", "tilte": "title", "quite": "quiet", "xyz": "", "lang": "", "Key": "key",
		"give-up": "give_up", "": "", "min_late": "max_late",
	} {
		if got := nearest(word, campaignKeys); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}

func TestParseLanguage(t *testing.T) {
	t.Parallel()
	for _, tag := range []string{"en", "de-AT", "pt-BR", "zh-Hant", "zh-Hant-TW", "es-419", "gsw", "sl-rozaj", "de-CH-1996", "EN"} {
		if _, err := parseLanguage(tag); err != nil {
			t.Error(err)
		}
	}
	for _, tag := range []string{"", "e", "en_US", "english", "en-", "-en", "en-U", "en US", "en\n", "x-klingon", "e1"} {
		if _, err := parseLanguage(tag); err == nil {
			t.Errorf("%q passes as a language tag", tag)
		}
	}
}

func TestIDSyntax(t *testing.T) {
	t.Parallel()
	long := "a1234567890123456789012345678901234567890123456789012345678901234"
	for id, want := range map[string]bool{
		"a": true, "first-steps": true, "7-days": true, long[:64]: true,
		"": false, "-a": false, "A": false, "a_b": false, "a.b": false, "a/b": false, "é": false, "a\n": false,
		long: false, "_confirmation": false,
	} {
		if got := idSyntax.MatchString(id); got != want {
			t.Errorf("%q: got %v", id, got)
		}
	}
}

func TestSplitFrontMatter(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]frontMatter{
		"---\na: b\n---\nBody":        {[]byte("\na: b\n"), []byte("Body"), 4},
		"---\n---\n":                  {[]byte("\n"), nil, 3},
		"--- \t\nx\n---  \n\n---\n":   {[]byte("\nx\n"), []byte("\n---\n"), 4},
		"---\na: 1\n --- \n----\n---": {[]byte("\na: 1\n --- \n----\n"), nil, 6},
	} {
		got, problem := splitFrontMatter([]byte(text))
		if problem != "" || string(got.yaml) != string(want.yaml) || string(got.body) != string(want.body) ||
			got.bodyLine != want.bodyLine {
			t.Errorf("%q: got %q, %q, %d; %s", text, got.yaml, got.body, got.bodyLine, problem)
		}
	}
	for _, text := range []string{"", "---", "---\n", "x", " ---\n---\n", "\n---\n---\n", "----\n---\n", "---\nx\n ---\n"} {
		if got, problem := splitFrontMatter([]byte(text)); problem == "" {
			t.Errorf("%q: got %+v, want a problem", text, got)
		}
	}
}
