package app_test

import (
	"strings"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// TestEditsOfARunningSeries edits the files of a series between its slots, and
// says what its reader gets. The series is one, two, three, a week apart.
func TestEditsOfARunningSeries(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(t *testing.T, d *desk){
		"an issue inserted ahead comes when the reader gets there": func(t *testing.T, d *desk) {
			d.weeks(0)
			d.issue("01-x.md", "x", "")
			d.weeks(1, 2, 3, 4)
			d.wantSent("one x two three")
		},
		"an issue inserted behind is skipped": func(t *testing.T, d *desk) {
			d.weeks(0, 1)
			d.issue("00-x.md", "x", "")
			d.weeks(2, 3, 4)
			d.wantSent("one two three")
			if got := d.state("x"); got != "skipped behind" {
				t.Errorf("x is %q", got)
			}
		},
		"late: next-slot sends it before the series goes on": func(t *testing.T, d *desk) {
			d.weeks(0, 1)
			d.issue("00-x.md", "x", "late: next-slot\n")
			d.weeks(2, 3, 4)
			d.wantSent("one two x three")
		},
		"late: within sends it to those whose last issue was not long ago": func(t *testing.T, d *desk) {
			d.weeks(0, 1)
			d.issue("00-x.md", "x", "late: {within: 21d}\n")
			d.issue("00-y.md", "y", "late: {within: 5d}\n")
			d.weeks(2, 3, 4)
			d.wantSent("one two x three")
			if got := d.state("y"); got != "skipped behind" {
				t.Errorf("y is %q", got)
			}
		},
		"a removed issue is left out": func(t *testing.T, d *desk) {
			d.weeks(0)
			d.move("campaigns/letters/02-two.md", "")
			d.weeks(1, 2)
			d.wantSent("one three")
			d.wantFindings()
		},
		"an issue removed while somebody is about to send it goes out": func(t *testing.T, d *desk) {
			d.weeks(0)
			d.look(week(1))
			items := d.claims()
			d.move("campaigns/letters/02-two.md", "")
			d.look(week(1))
			d.settle(items[0], d.mark(items[0]), store.Outcome{State: drip.DeliverySent, Class: drip.ClassAccepted})
			d.weeks(1, 2)
			d.wantSent("one two three")
		},
		"an issue removed after a crash gives its slot to the next": func(t *testing.T, d *desk) {
			d.weeks(0)
			d.look(week(1)) // claimed, and then nobody sends it
			d.move("campaigns/letters/02-two.md", "")
			d.restart()
			d.planner.Pass(10 * time.Minute)
			d.look(week(1).Add(10 * time.Minute))
			for _, item := range d.claims() {
				d.settle(item, d.mark(item), store.Outcome{State: drip.DeliverySent, Class: drip.ClassAccepted})
			}
			d.wantSent("one three")
			if got := d.state("two"); got != "skipped removed" {
				t.Errorf("two is %q", got)
			}
		},
		"a renamed file is the same issue": func(t *testing.T, d *desk) {
			d.weeks(0, 1)
			d.move("campaigns/letters/02-two.md", "campaigns/letters/02-second.md")
			d.weeks(2, 3)
			d.wantSent("one two three")
			d.wantFindings()
		},
		"issues in another order come in that order": func(t *testing.T, d *desk) {
			d.weeks(0)
			d.move("campaigns/letters/02-two.md", "campaigns/letters/04-two.md")
			d.weeks(1, 2, 3)
			d.wantSent("one three two")
		},
		"an issue moved behind its readers is skipped": func(t *testing.T, d *desk) {
			d.weeks(0, 1)
			d.move("campaigns/letters/03-three.md", "campaigns/letters/00-three.md")
			d.weeks(2, 3)
			d.wantSent("one two")
			if got := d.state("three"); got != "skipped behind" {
				t.Errorf("three is %q", got)
			}
		},
		"a draft holds its readers until it is none": func(t *testing.T, d *desk) {
			d.weeks(0)
			d.replace("02-two.md", "id: two", "id: two\ndraft: true")
			d.weeks(1, 2)
			d.wantSent("one")
			d.replace("02-two.md", "\ndraft: true", "")
			d.at(d.now().AddDate(0, 0, 1))
			d.wantSent("one two") // a day late is not too late
			d.replace("03-three.md", "id: three", "id: three\ndraft: true")
			d.weeks(3)
			d.wantSent("one two")
			d.replace("03-three.md", "\ndraft: true", "")
			d.weeks(4)
			d.wantSent("one two three")
		},
		"a draft that makes no sense yet keeps nothing from being read": func(t *testing.T, d *desk) {
			d.issue("04-four.md", "four", "draft: true\n")
			d.replace("04-four.md", "The text.", "Dear {{.Nobody}}")
			d.replace("02-two.md", "The text.", "The new text.")
			d.weeks(0, 1, 2, 3)
			d.wantSent("one two three")
			if !strings.Contains(d.texts["two"], "The new text.") {
				t.Error("the edit of another issue was not read")
			}
		},
		"an appended issue reopens the series for those who finished not long ago": func(t *testing.T, d *desk) {
			d.weeks(0, 1, 2, 3)
			d.step(week(25))
			d.issue("04-four.md", "four", "")
			d.weeks(25, 26)
			d.wantSent("one two three four")
		},
		"an appended issue does not reopen it for those who finished long ago": func(t *testing.T, d *desk) {
			d.weeks(0, 1, 2, 3)
			d.step(week(30))
			d.issue("04-four.md", "four", "")
			d.weeks(30, 31)
			d.wantSent("one two three")
		},
		"new text reaches those who have not had the issue": func(t *testing.T, d *desk) {
			d.weeks(0)
			d.replace("01-one.md", "The text.", "Too late.")
			d.replace("02-two.md", "The text.", "The new text.")
			d.weeks(1, 2, 3)
			d.wantSent("one two three")
			if strings.Contains(d.texts["one"], "Too late.") || !strings.Contains(d.texts["two"], "The new text.") {
				t.Errorf("the texts are %q and %q", d.texts["one"], d.texts["two"])
			}
		},
		"new text does not reach a message that is marked": func(t *testing.T, d *desk) {
			d.look(week(0))
			item := d.claims()[0]
			first := d.mark(item)
			d.settle(item, first, store.Outcome{State: drip.DeliveryDeferred, Class: drip.ClassDeferred})
			d.replace("01-one.md", "The text.", "The new text.")
			d.weeks(0, 1)
			d.wantSent("one two")
			if d.texts["one"] != first {
				t.Errorf("a retry says %q, and said %q before", d.texts["one"], first)
			}
		},
		"a new schedule holds from its next slot": func(t *testing.T, d *desk) {
			d.weeks(0, 1)
			d.replace("campaign.yaml", "0 9 * * TUE", "0 18 * * THU")
			d.weeks(2)
			d.wantSent("one two") // no Tuesday any more, and the first Thursday is too near
			d.at(week(2).AddDate(0, 0, 2).Add(9 * time.Hour))
			d.wantSent("one two three")
		},
		"new templates are in the next message": func(t *testing.T, d *desk) {
			d.weeks(0)
			d.save("templates/email/layout.txt", "{{.Heading}}\n\n{{.Content}}\n\nWarmly, the letters\n\n{{.Unsubscribe}}\n{{.Address}}\n")
			d.reread()
			d.weeks(1)
			d.wantSent("one two")
			if !strings.Contains(d.texts["two"], "Warmly, the letters") {
				t.Errorf("the message is %q", d.texts["two"])
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, newDesk(t))
		})
	}
}

// TestNewRulesOfTimeZonesHaveEverybodyPlannedAgain changes what the program knows
// of the world's clocks: whoever rests until a slot is looked at at once, and
// nothing else happens.
func TestNewRulesOfTimeZonesHaveEverybodyPlannedAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.planner.Look(t.Context())
	before := d.campaignRecord(t)
	if next := d.upcoming(t); !next.Equal(newsday) {
		t.Fatalf("ada rests until %v, want %v", next, newsday)
	}
	d.Library.ChangeRules("other clocks")
	d.reload(t)
	if next := d.upcoming(t); next.After(d.now()) {
		t.Errorf("ada rests until %v in spite of new rules", next)
	}
	after := d.campaignRecord(t)
	if !after.Floor.Equal(before.Floor) {
		t.Errorf("the floor moved from %v to %v, so that what is late would be lost", before.Floor, after.Floor)
	}
	d.planner.Look(t.Context())
	if next := d.upcoming(t); !next.Equal(newsday) {
		t.Errorf("planned anew, ada rests until %v, want %v", next, newsday)
	}
}

func (d *desk) upcoming(t *testing.T) time.Time {
	t.Helper()
	up, err := d.Store.Upcoming(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return up.Calendar
}

func (d *desk) campaignRecord(t *testing.T) store.CampaignRecord {
	t.Helper()
	p, err := d.Library.Campaign("letters")
	if err != nil {
		t.Fatal(err)
	}
	return p.Record
}
