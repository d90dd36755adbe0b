package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/scheduler"
	"partwork/internal/store"
	"partwork/internal/testkit"
)

// runOut serves until there is nothing more to send, stepping the calendar to
// whatever comes next.
func (in *instance) runOut(t *testing.T, relay *testkit.Relay) {
	t.Helper()
	ctx, done := context.WithCancel(t.Context())
	r := in.serve(t, relay, app.ServeOptions{Idle: func(next time.Time) bool {
		if next.IsZero() {
			done()
			return false
		}
		if next.After(in.now()) {
			in.step(next)
		}
		return true
	}})
	select {
	case <-ctx.Done():
	case <-time.After(time.Minute):
		t.Fatalf("the series did not end; ledger %v", in.ledger(t))
	}
	r.stop()
	r.wait()
	in.verify(t)
}

// importLines imports people given as "address,zone" into a campaign.
func importLines(t *testing.T, in *instance, campaign string, lines ...string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(file, []byte("email,timezone\n"+strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	importPeople(t, in, file, campaign)
}

// promised returns what the forecast says now, for everybody in the campaign:
// lines of enrollment, issue and the time of leaving.
func (in *instance) promised(t *testing.T) map[string]time.Time {
	t.Helper()
	p, err := in.Library.Campaign("letters")
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]time.Time{}
	for id := drip.EnrollmentID(1); ; id++ {
		row, err := in.Store.History(t.Context(), id)
		if err != nil {
			return list
		}
		passage, err := scheduler.Passage(scheduler.Config{Timezone: in.cfg.Timezone, Zones: in.Zones}, p, &row)
		if err != nil {
			t.Fatal(err)
		}
		for _, due := range calendar.Forecast(p.Campaign, passage, in.now(), len(p.Campaign.Issues)) {
			list[fmt.Sprintf("%d/%s", id, p.Campaign.Issues[due.Issue].ID)] = due.At
		}
	}
}

// TestForecastIsWhatIsSent foresees a series for readers all over the world, over
// quiet dates and changes of the clocks, and then sends it.
func TestForecastIsWhatIsSent(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, schedule, more string }{
		{"Tuesdays at nine", "0 9 * * TUE", "quiet: [03-31]"},
		{"at night, when the clocks change", "30 1 * * SUN", "min_gap: 2d"},
		{"twice a week, late", "0 22 * * TUE,FRI", "late_hours: 08:00-20:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			in := newInstance(t, instanceOptions{at: newsday.AddDate(0, 0, -4)})
			in.edit(t, "letters/campaign.yaml", `schedule: "0 9 * * TUE"`, fmt.Sprintf("schedule: %q\n%s", test.schedule, test.more))
			in.edit(t, "letters/02-two.md", "preheader: A letter", "preheader: A letter\nskip_slots: 1")
			in.reload(t)
			var lines []string
			for i, zone := range []string{
				"Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago", "Pacific/Auckland",
			} {
				lines = append(lines, fmt.Sprintf("reader%d@example.net,%s", i, zone))
			}
			importLines(t, in, "letters", lines...)
			want := in.promised(t)
			if len(want) != 3*len(lines) {
				t.Fatalf("foreseen: %v", want)
			}
			in.runOut(t, testkit.Start(t, testkit.Script{}))
			rows := in.entries(t)
			if len(rows) != len(want) {
				t.Errorf("%d deliveries, foreseen were %d", len(rows), len(want))
			}
			for _, row := range rows {
				key := fmt.Sprintf("%d/%s", row.Enrollment, row.IssueID)
				if row.State != drip.DeliverySent || !row.SentAt.Equal(want[key]) {
					t.Errorf("%s: %s at %v, foreseen for %v", key, row.State, row.SentAt, want[key])
				}
			}
		})
	}
}

// TestDailyLimit has one person in two series with the same slots, of which only
// one may send on a day, and another person in one of them.
func TestDailyLimit(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	in.cfg.DailyLimit = 1
	for name, file := range in.files {
		if rest, ok := strings.CutPrefix(name, "letters/"); ok {
			text := strings.NewReplacer("id: letters", "id: notes", "q7w2er", "a8s9df").Replace(string(file.Data))
			in.files["notes/"+rest] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	in.reload(t)
	importLines(t, in, "letters", "both@example.net,Europe/London", "one@example.net,Europe/London")
	importLines(t, in, "notes", "both@example.net,Europe/London")
	in.runOut(t, testkit.Start(t, testkit.Script{}))
	var got []string
	for _, row := range in.entries(t) {
		got = append(got, fmt.Sprintf("%s %s %s %s", row.SentAt.In(zoneOf(t, in)).Format("Mon 2 Jan 15:04"), strings.TrimSuffix(row.Email, "@example.net"), row.Campaign, row.IssueID))
	}
	want := []string{
		"Tue 24 Mar 09:00 both letters one", "Tue 24 Mar 09:00 one letters one", "Wed 25 Mar 08:00 both notes one",
		"Tue 31 Mar 09:00 both letters two", "Tue 31 Mar 09:00 one letters two", "Wed 1 Apr 08:00 both notes two",
		"Tue 7 Apr 09:00 both letters three", "Tue 7 Apr 09:00 one letters three", "Wed 8 Apr 08:00 both notes three",
	}
	for _, line := range want {
		if !contains(got, line) {
			t.Errorf("missing: %s", line)
		}
	}
	if len(got) != len(want) {
		t.Errorf("sent: %s", strings.Join(got, "\n"))
	}
}

// TestDailyLimitLetsTheLongestWaitingGoFirst gives one series a head start.
func TestDailyLimitLetsTheLongestWaitingGoFirst(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	in.cfg.DailyLimit = 1
	in.files["notes/campaign.yaml"] = &fstest.MapFile{Data: []byte(strings.NewReplacer(
		"id: letters", "id: notes", "q7w2er", "a8s9df", "0 9 * * TUE", "0 9 * * *").Replace(string(in.files["letters/campaign.yaml"].Data)))}
	for name, file := range in.files {
		if rest, ok := strings.CutPrefix(name, "letters/0"); ok {
			in.files["notes/0"+rest] = file
		}
	}
	in.reload(t)
	importLines(t, in, "letters", "both@example.net,Europe/London")
	importLines(t, in, "notes", "both@example.net,Europe/London")
	in.runOut(t, testkit.Start(t, testkit.Script{}))
	perDay := map[string]int{}
	var order []string
	for _, row := range in.entries(t) {
		perDay[row.LocalDate.String()]++
		order = append([]string{row.LocalDate.String() + " " + row.Campaign}, order...)
		if row.State != drip.DeliverySent {
			t.Errorf("%s/%s is %s", row.Campaign, row.IssueID, row.State)
		}
	}
	for day, n := range perDay {
		if n > 1 {
			t.Errorf("%d issues on %s", n, day)
		}
	}
	// On the first Tuesday the two have waited equally long, on the second only
	// the letters are left.
	if len(order) != 6 || order[0] != "2026-03-24 letters" || order[1] != "2026-03-25 notes" {
		t.Errorf("order: %v", order)
	}
}

// TestDailyLimitAfterConfirming has one person confirm two series, each of which
// begins at a slot: neither may wait for the other for ever.
func TestDailyLimitAfterConfirming(t *testing.T) {
	t.Parallel()
	in := newInstance(t, instanceOptions{})
	in.cfg.DailyLimit = 1
	in.edit(t, "letters/campaign.yaml", "first: on-join", "first: next-slot")
	for name, file := range in.files {
		if rest, ok := strings.CutPrefix(name, "letters/"); ok {
			text := strings.NewReplacer("id: letters", "id: notes", "q7w2er", "a8s9df").Replace(string(file.Data))
			in.files["notes/"+rest] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	in.reload(t)
	relay := testkit.Start(t, testkit.Script{})
	invite(t, in, "both@example.net")
	who := onlyPerson(t, in, "both@example.net")
	notes, err := in.Library.Campaign("notes")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Audience.Enroll(t.Context(), who, audience.EnrollOptions{CampaignTarget: audience.CampaignTarget{No: notes.Record.No}, Invite: true}); err != nil {
		t.Fatal(err)
	}
	in.runOut(t, relay) // the confirmations
	in.step(in.now().Add(time.Hour))
	for _, e := range in.entries(t) {
		consent := drip.Consent{Source: drip.ConsentConfirmed, Text: "yes", At: in.now()}
		if _, err := in.Store.Confirm(t.Context(), e.Enrollment, store.Confirmation{Consent: consent}); err != nil {
			t.Fatal(err)
		}
	}
	in.runOut(t, relay)
	perDay := map[string]int{}
	sent := 0
	for _, e := range in.entries(t) {
		if e.IssueID == drip.ConfirmationID {
			continue
		}
		perDay[e.LocalDate.String()]++
		sent++
	}
	if sent != 6 || len(perDay) != 6 {
		t.Errorf("sent %d issues on %d days, want 6 on 6: %v", sent, len(perDay), perDay)
	}
}

// onlyPerson finds a person by address.
func onlyPerson(t *testing.T, in *instance, email string) audience.Who {
	t.Helper()
	address, err := mailaddr.Parse(email)
	if err != nil {
		t.Fatal(err)
	}
	return audience.Who{Email: address}
}

func contains(list []string, s string) bool {
	for _, item := range list {
		if item == s {
			return true
		}
	}
	return false
}

func zoneOf(t *testing.T, in *instance) *time.Location {
	t.Helper()
	loc, err := in.Zones.Load("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

var _ store.Store = (*meddler)(nil)
