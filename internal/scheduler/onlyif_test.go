package scheduler_test

import (
	"slices"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/segment"
	"partwork/internal/store"
)

// selective is the program with a first issue for some readers only.
func selective(t *testing.T, filter string) scheduler.Program {
	t.Helper()
	p := program(t)
	f, err := segment.Parse(filter)
	if err != nil {
		t.Fatal(err)
	}
	p.Campaign.Issues[0].OnlyIf = f
	return p
}

func TestIssuesForSome(t *testing.T) {
	t.Parallel()
	vip, other := &segment.Facts{Tags: []string{"vip"}}, &segment.Facts{}
	t.Run("whom it is for is claimed for, as long as it is", func(t *testing.T) {
		t.Parallel()
		row := due(drip.EnrollmentActive)
		row.Who = vip
		d := decide(t, selective(t, "tag:vip"), tuesday, row)
		if d.Kind != store.DecideClaim || d.Issue != 11 || d.Premise == nil || !d.Premise.Selects || d.Premise.Filter.String() != "tag:vip" {
			t.Errorf("got %+v with %+v, want a claim of issue 11", d, d.Premise)
		}
	})
	t.Run("others are passed by, as long as they are others, and keep their place", func(t *testing.T) {
		t.Parallel()
		row := due(drip.EnrollmentActive)
		row.Who, row.Enrollment.NextAt = other, tuesday
		now := tuesday.Add(time.Hour)
		d := decide(t, selective(t, "tag:vip"), now, row)
		if d.Kind != store.DecideSkip || d.Issue != 11 || d.Reason != drip.ReasonNotForThem || !d.NextAt.Equal(tuesday) {
			t.Errorf("got %+v, want a skip of issue 11", d)
		}
		if p := d.Premise; p == nil || p.Selects || !p.View.Now.Equal(now) || p.View.Campaign != "herbs" || p.View.Zone.String() != "Europe/London" {
			t.Errorf("taken for granted is %+v", p)
		}
	})
	t.Run("what is for everybody takes nothing for granted", func(t *testing.T) {
		t.Parallel()
		row := due(drip.EnrollmentActive)
		row.Who, row.Had = other, []drip.IssueNo{11}
		if d := decide(t, selective(t, "tag:vip"), tuesday, row); d.Kind != store.DecideClaim || d.Issue != 12 || d.Premise != nil {
			t.Errorf("got %+v, want a claim of issue 12", d)
		}
	})
	t.Run("others do not wait for an approval that does not concern them", func(t *testing.T) {
		t.Parallel()
		p := selective(t, "tag:vip")
		p.Contents[0] = 0
		row := due(drip.EnrollmentActive)
		row.Who = other
		if d := decide(t, p, tuesday, row); d.Kind != store.DecideSkip {
			t.Errorf("got %+v, want a skip", d)
		}
		row.Who = vip
		if d := decide(t, p, tuesday, row); d.Kind != store.DecideRest {
			t.Errorf("got %+v, want a rest", d)
		}
	})
}

// A reader of whom nothing was read is never decided about, and asked about in the next
// round.
func TestStrangersWait(t *testing.T) {
	t.Parallel()
	for filter, sent := range map[string]bool{"tag:vip": false, "had = two": true} {
		p := selective(t, filter)
		s := scheduler.New(scheduler.Config{Owner: 9})
		now := scheduler.Now{Calendar: tuesday, Machine: machine}
		load := s.Step(now, scheduler.Wake{})[0].(scheduler.Load)
		if len(load.Query.Who) != 0 {
			t.Fatalf("it asks about %v before it knows of any campaign", load.Query.Who)
		}
		commit := s.Step(now, scheduler.Loaded{
			Due: []store.Due{due(drip.EnrollmentActive)}, Records: []store.CampaignRecord{p.Record}, Programs: []scheduler.Program{p},
		})[0].(scheduler.Commit)
		if len(commit.Plan.Decisions) != 0 {
			t.Errorf("decided is %+v", commit.Plan.Decisions)
		}
		load = s.Step(now, scheduler.Committed{})[0].(scheduler.Load)
		if !slices.Equal(load.Query.Who, []drip.CampaignNo{campaignNo}) || load.Query.Sent != sent {
			t.Errorf("for %s it asks %+v", filter, load.Query)
		}
	}
}
