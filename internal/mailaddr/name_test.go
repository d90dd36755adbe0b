package mailaddr

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNames(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, clean string }{
		{"", ""},
		{"Anna Smith", "Anna Smith"},
		{`Smith, "Jo" <x>`, `Smith, "Jo" <x>`},
		{"Zoë 用户 🙂", "Zoë 用户 🙂"},
		{"علی\u200cرضا", "علی\u200cرضا"},
		{strings.Repeat("é", 200), strings.Repeat("é", 200)},
	} {
		if err := CheckName(tc.in); err != nil {
			t.Errorf("CheckName(%q): %v", tc.in, err)
		}
		if got := CleanName(tc.in); got != tc.clean {
			t.Errorf("CleanName(%q) = %q", tc.in, got)
		}
	}
	for _, tc := range []struct{ in, clean string }{
		{"Anna\r\nBcc: x@y.org", "Anna Bcc: x@y.org"},
		{"Anna\nSmith", "Anna Smith"},
		{"An\x00na", "An na"},
		{"Anna\tSmith", "Anna Smith"},
		{"\x1b[31mAnna", "[31mAnna"},
		{"Anna\u0085Smith", "Anna Smith"},
		{"Anna\u2028Smith", "Anna Smith"},
		{"An\u202ena", "Anna"},
		{"An\u200fna\u2069", "Anna"},
		{"\ufeffAnna", "Anna"},
		{"An\xffna", "Anna"},
		{"=?utf-8?q?x?=", "= ?utf-8?q?x?="},
		{strings.Repeat("é", 201), strings.Repeat("é", 200)},
		{strings.Repeat("a", 10_000), strings.Repeat("a", 200)},
		{strings.Repeat("🙂", 300), strings.Repeat("🙂", 200)},
	} {
		if err := CheckName(tc.in); err == nil {
			t.Errorf("CheckName(%q) is nil", tc.in)
		}
		if got := CleanName(tc.in); got != tc.clean {
			t.Errorf("CleanName(%q) = %q, want %q", tc.in, got, tc.clean)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"Anna", "==??", "=\u202e?", "a\r\nb", "\xff\xfe", strings.Repeat("=?", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean := CleanName(s)
		if err := CheckName(clean); err != nil {
			t.Fatalf("CheckName(CleanName(%q)): %v", s, err)
		}
		if !utf8.ValidString(clean) || CleanName(clean) != clean {
			t.Fatalf("CleanName(%q) = %q is not settled", s, clean)
		}
	})
}
