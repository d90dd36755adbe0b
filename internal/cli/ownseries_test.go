package cli

import (
	"database/sql"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/preview"
	"partwork/internal/testkit"
	"partwork/internal/timing"
)

// dateForm is a date in the list of the series.
var dateForm = regexp.MustCompile(`Tuesday, (?:March|April) [0-9]{1,2}|Thursday, March 19`)

// TestSeriesOnTheSubscribersOwnDates: a test for somebody who is in the series, and the
// desk, have the dates of this person, and not those of somebody who joins now.
func TestSeriesOnTheSubscribersOwnDates(t *testing.T) {
	t.Parallel()
	p := newDeskProject(t, 4)
	for i := range 4 {
		p.write(issueFile(i), issueText(i, "{{.Series}}"))
	}
	p.write("partwork.yaml", strings.ReplaceAll(string(p.read("partwork.yaml")), "templates: templates\n", "templates: templates\ndatabase: data/p.db\n"))
	now := time.Date(2026, 3, 19, 12, 0, 0, 0, time.UTC) // a Thursday
	command := func(args ...string) { p.runAt(t.Context(), func() time.Time { return now }, args...) }
	command("campaign", "open", "letters") // it is open; this takes the files in
	command("subscriber", "add", "new@letters.test", "--consent", "a test")
	db, err := sql.Open("sqlite", "file:"+filepath.Join(p.dir, "data/p.db"))
	if err != nil {
		t.Fatal(err)
	}
	testkit.Halfway{
		Campaign: 1, Issues: []string{"issue-1", "issue-2"}, People: 1, Slot: timing.WallAt(time.Date(2026, 3, 17, 9, 0, 0, 0, time.UTC)), Rate: 10,
	}.Fill(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	for _, test := range []struct {
		who  string
		at   int
		want []string
	}{
		{"reader00000000@example.org", 2, []string{"Tuesday, March 24", "Tuesday, March 31"}},
		{"reader00000000@example.org", 1, []string{"Tuesday, March 17", "Tuesday, March 24", "Tuesday, March 31"}},
		{"reader00000000@example.org", 0, []string{"Tuesday, March 10", "Tuesday, March 17", "Tuesday, March 24", "Tuesday, March 31"}},
		{"new@letters.test", 0, []string{"Thursday, March 19", "Tuesday, March 24", "Tuesday, March 31", "Tuesday, April 7"}},
	} {
		name := []string{"issue-1", "issue-2", "issue-3", "issue-4"}[test.at]
		command("send-test", "letters/"+name, "--to", "ada@letters.test", "--subscriber", test.who)
		sent := p.relay.Accepted()
		if got := textDates(sent[len(sent)-1].Body); !slices.Equal(got, test.want) {
			t.Errorf("send-test of %s for %s has %v, want %v", name, test.who, got, test.want)
		}
		if got := p.deskDates(now, test.who, test.at); !slices.Equal(got, test.want) {
			t.Errorf("the desk shows %s for %s with %v, want %v", name, test.who, got, test.want)
		}
	}
}

// textDates are the dates in the text part of a message.
func textDates(message []byte) []string {
	text := strings.ReplaceAll(string(message), "=\r\n", "")
	_, text, _ = strings.Cut(text, "text/plain")
	text, _, _ = strings.Cut(text, "text/html")
	return dateForm.FindAllString(text, -1)
}

// deskDates are those in the message that the desk shows for a subscriber.
func (p *deskProject) deskDates(now time.Time, address string, issue int) []string {
	p.t.Helper()
	e, _ := p.env()
	e.now = func() time.Time { return now }
	shelf, err := e.shelf()
	if err != nil {
		p.t.Fatal(err)
	}
	in := deskPeople{e}
	var who drip.Subscriber
	for id := drip.SubscriberID(1); who.Email.String() != address; id++ {
		if who, err = in.Subscriber(p.t.Context(), id); err != nil {
			p.t.Fatal(err)
		}
	}
	c := shelf.Series[0].Campaign
	edition, _ := compose.Compile(compose.NewBundle(c, issue, shelf.Layouts))
	m, err := shelf.Compose(preview.Copy{Campaign: c, Issue: issue, Edition: edition, Reader: who, At: now})
	if err != nil {
		p.t.Fatal(err)
	}
	return textDates(m.Bytes)
}
