package mailaddr

import "testing"

func TestTallyIsOneForEverySpellingOfAMailbox(t *testing.T) {
	t.Parallel()
	for want, spellings := range map[string][]string{
		"annasmith@gmail.com": {
			"annasmith@gmail.com", "Anna.Smith@gmail.com", "a.n.n.a.smith+1@gmail.com", "annasmith+@googlemail.com", "AnnaSmith+x+y@GOOGLEMAIL.com",
		},
		"anna@example.org":           {"anna@example.org", "ANNA@Example.ORG", "anna+letters@example.org", "a.nna@example.org"},
		"+anna@example.org":          {"+anna@example.org"},
		"anna@xn--bcher-kva.example": {"anna@bücher.example", "anna@xn--bcher-kva.example", "an.na+1@BÜCHER.example"},
		"åsa@example.org":            {"Åsa@example.org", "A\u030asa@example.org"},
	} {
		for _, s := range spellings {
			a, err := Parse(s)
			if err != nil {
				t.Fatal(err)
			}
			if got := a.Tally(); got != want {
				t.Errorf("%s counts as %s, want %s", s, got, want)
			}
		}
	}
}

// Letters that only look alike are other mailboxes, and count as such.
func TestTallyTellsLookAlikesApart(t *testing.T) {
	t.Parallel()
	latin, err := Parse("anna@example.org")
	if err != nil {
		t.Fatal(err)
	}
	cyrillic, err := Parse("\u0430nna@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if latin.Tally() == cyrillic.Tally() {
		t.Error("two mailboxes count as one")
	}
}

func TestBase(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"Anna+x@example.org": "Anna@example.org", "anna+x+y@example.org": "anna@example.org", "anna+@example.org": "anna@example.org",
		"anna@example.org": "", "+x@example.org": "", "ann.+x@example.org": "",
	} {
		a, err := Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		got, cut := a.Base()
		if cut != (want != "") || cut && got.String() != want || !cut && got != a {
			t.Errorf("the base of %s is %s, %t", s, got, cut)
		}
		if again, err := Parse(got.String()); err != nil || again != got {
			t.Errorf("the base of %s is no address: %v", s, err)
		}
	}
}

func TestTallyDomain(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"a@example.org": "example.org", "a@x.example.org": "example.org", "a@x.y.Example.org": "example.org",
		"a@example.co.uk": "example.co.uk", "a@x.example.co.uk": "example.co.uk", "a@x.abc.de": "x.abc.de", "a@abc.de": "abc.de",
		"a@googlemail.com": "gmail.com",
	} {
		a, err := Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.TallyDomain(); got != want {
			t.Errorf("%s counts for %s, want %s", s, got, want)
		}
	}
}

func TestIsProvider(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"a@gmail.com": true, "a@GoogleMail.com": true, "a@yahoo.co.uk": true, "a@hotmail.fr": true, "a@gmx.at": true, "a@web.de": true,
		"a@example.org": false, "a@mail.gmail.com": false, "a@yahoo.victim.example": false, "a@gmx.victimdomain": false, "a@notgmail.com": false,
		"a@hotmail.a.b.c": false, "a@gmail.com.example": false,
	} {
		a, err := Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.IsProvider(); got != want {
			t.Errorf("%s: %t", s, got)
		}
	}
}
