package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"partwork/internal/drip"
)

// queued is what a relay says of a message.
func queued(id string) drip.Reply {
	return drip.Reply{Phase: drip.PhaseFinal, Code: 250, Enhanced: "2.0.0", Text: "Ok: queued as " + id}
}

func openPhrases(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// keep returns how replies are kept, by a transaction that fails if it shall.
func keep(t interface{ Fatal(...any) }, s *Store, fails bool, replies ...drip.Reply) (kept []string) {
	no := errors.New("no")
	err := s.write(context.Background(), func(t *tx) error {
		for _, reply := range replies {
			text, err := t.said(reply)
			if err != nil {
				return err
			}
			kept = append(kept, text)
		}
		if fails {
			return no
		}
		return nil
	})
	if err != nil && !(fails && errors.Is(err, no)) {
		t.Fatal(err)
	}
	return kept
}

// reading returns what is read of a reply that is kept so.
func reading(t interface{ Fatal(...any) }, s *Store, kept string) string {
	var got string
	err := s.read(context.Background(), func(r *snapshot) error {
		return r.row([]any{&got, toPhrase{&got}}, `SELECT d.reply, `+phraseColumn+` FROM (SELECT $1 AS reply) d`, kept)
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestPhrasesTakeTwoCharacters: what is said again is kept by its code.
func TestPhrasesTakeTwoCharacters(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	s, other := openPhrases(t, path), openPhrases(t, path)
	for _, test := range []struct {
		store *Store
		fails bool
		reply drip.Reply
		want  string
	}{
		{s, false, queued("4F1A"), "250 2.0.0 Ok: queued as 4F1A"},
		{s, true, queued("4F1B"), "~!4F1B"}, // and the phrase is gone again
		{s, false, queued("4F1C"), "250 2.0.0 Ok: queued as 4F1C"},
		{s, false, queued("4F1D"), "~!4F1D"},
		{s, false, queued("no, not any more"), "250 2.0.0 Ok: queued as no, not any more"},
		{s, false, queued("4F1E"), "~!4F1E"},
		{other, false, queued("4F1F"), "~!4F1F"},
		{s, false, drip.Reply{Code: 250, Text: "OK 17 a-b.12 - gsmtp"}, "250 OK 17 a-b.12 - gsmtp"},
		{other, false, drip.Reply{Code: 250, Text: "Ok"}, "250 Ok"},
		{other, false, drip.Reply{Code: 250, Text: "Ok"}, `~"`},
		{s, false, drip.Reply{Code: 250, Text: "OK 18 a-c.12 - gsmtp"}, "~#18 a-c.12"},
		{s, false, drip.Reply{Code: 250, Text: "Ok"}, `~"`},
		{s, false, drip.Reply{Text: "~!"}, "~ ~!"},
	} {
		if got := keep(t, test.store, test.fails, test.reply); got[0] != test.want {
			t.Errorf("%+v is kept as %q, want %q", test.reply, got[0], test.want)
		}
		if !test.fails && reading(t, s, test.want) != replyText(test.reply) {
			t.Errorf("%q is read as %q", test.want, reading(t, s, test.want))
		}
	}
}

// TestPhrasesAreFew: a relay that never says anything twice does not fill the table,
// and one that says everything twice not for long.
func TestPhrasesAreFew(t *testing.T) {
	t.Parallel()
	s := openPhrases(t, filepath.Join(t.TempDir(), "partwork.db"))
	word := func(n int) drip.Reply {
		return drip.Reply{Code: 250, Text: "Ok: " + strings.Repeat("a", 20) + strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprint(n))}
	}
	for n := range 5 * maxHeard {
		keep(t, s, false, word(n))
	}
	if n := len(s.writer.phrases.heard); n > maxHeard {
		t.Errorf("%d are remembered", n)
	}
	if n := len(s.writer.phrases.codes); n != 0 {
		t.Errorf("%d were kept", n)
	}
	most := int(lastCode-firstCode) + 1
	for n := range most + 10 {
		want := replyText(word(n))
		for range 3 {
			kept := keep(t, s, false, word(n))[0]
			if got := reading(t, s, kept); got != want {
				t.Fatalf("%q is kept as %q, and read as %q", want, kept, got)
			}
		}
	}
	if n := len(s.writer.phrases.codes); n != most {
		t.Errorf("%d were kept, want %d", n, most)
	}
}

// TestRepliesAreReadBack keeps any replies whatsoever, the more often the better.
func TestRepliesAreReadBack(t *testing.T) {
	t.Parallel()
	s := openPhrases(t, filepath.Join(t.TempDir(), "partwork.db"))
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.OneOf(rapid.SampledFrom([]string{"", "*", "**", "~", "~!", "Ok", "1", "4F1A2B3C", "1*", "\n", "\t2", "é1", "queued"}), rapid.String())
		text := rapid.Custom(func(t *rapid.T) string {
			return strings.ReplaceAll(strings.Join(rapid.SliceOfN(word, 0, 6).Draw(t, "words"), " "), "\x00", "")
		})
		reply := drip.Reply{
			Code:     rapid.SampledFrom([]int{0, 250, 251}).Draw(t, "code"),
			Enhanced: rapid.OneOf(rapid.SampledFrom([]string{"", "2.0.0"}), text).Draw(t, "enhanced"), Text: text.Draw(t, "text"),
		}
		want := replyText(reply)
		for range 3 {
			kept := keep(t, s, false, reply)[0]
			if got := reading(t, s, kept); got != want {
				t.Fatalf("%q is kept as %q, and read as %q", want, kept, got)
			}
			if len(kept) > len(want)+2 {
				t.Fatalf("%q is kept as %q", want, kept)
			}
		}
	})
}
