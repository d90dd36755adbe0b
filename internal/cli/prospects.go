package cli

import (
	"context"
	"time"

	"partwork/internal/app"
	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/timing"
)

// coming is a delivery to come.
type coming struct {
	Issue  string `json:"issue"`
	Due    stamp  `json:"due"`
	Local  string `json:"local"`
	Zone   string `json:"zone"`
	Reason string `json:"reason"`
}

// prospects is what an enrollment can expect.
type prospects struct {
	// list is what comes next; it may be empty.
	list []coming
	// why says why nothing comes, or nothing after the list.
	why string
	// waits says what holds the first of the list up today; empty if nothing does.
	waits string
}

// prospectsOf foresees at most n deliveries of an enrollment, by the functions
// that sending uses.
func prospectsOf(ctx context.Context, in *app.Instance, e drip.Enrollment, n int) (prospects, error) {
	if why := idle(e); why != "" {
		return prospects{why: why}, nil
	}
	program, ok := in.Library.Program(e.Campaign)
	switch {
	case !ok:
		return prospects{why: "no version of the campaign can be read; `partwork campaign show` says more"}, nil
	case !program.Record.PausedAt.IsZero():
		return prospects{why: "the campaign is paused; nothing leaves before it is resumed"}, nil
	}
	due, err := in.Store.History(ctx, e.ID)
	if err != nil {
		return prospects{}, err
	}
	if err := app.Acquaint(ctx, in.Store, program.Campaign, &due); err != nil {
		return prospects{}, err
	}
	passage, err := scheduler.Passage(scheduler.Config{Timezone: in.Config.Timezone, Zones: in.Zones}, program, &due)
	if err != nil {
		return prospects{}, err
	}
	if err := app.FillDay(ctx, in.Store, in.Config.DailyLimit, e.Subscriber, &passage, in.Now()); err != nil {
		return prospects{}, err
	}
	out := foresee(program, passage, in.Now(), n)
	out.waits = dayIsFull(program.Campaign, passage, in.Now())
	return out, nil
}

// dayIsFull says that an issue is due and waits, because the reader got enough today;
// empty if that is not so.
func dayIsFull(c *drip.Campaign, p calendar.Passage, now time.Time) string {
	step := calendar.Plan(c, p, now)
	if step.Reason.Code != calendar.CodeFull {
		return ""
	}
	return "waits: other series sent enough today (daily_limit); not before " + step.At.In(p.Zone).Format("Mon 2 Jan")
}

// idle says why an enrollment gets nothing whatever the calendar says; empty if
// it may get something.
func idle(e drip.Enrollment) string {
	switch {
	case e.State == drip.EnrollmentLeft:
		return "it ended on " + utc(e.LeftAt) + " (" + string(e.LeftReason) + ")"
	case e.State == drip.EnrollmentPending && e.InvitedAt.IsZero():
		return "it waits for their confirmation, and nobody has asked them for it"
	case e.State == drip.EnrollmentPending:
		return "it waits for their confirmation, asked for on " + utc(e.InvitedAt)
	case e.State == drip.EnrollmentFinished:
		return "every issue was sent"
	}
	return ""
}

// foresee asks the calendar, up to the first issue that may not be sent.
func foresee(p scheduler.Program, passage calendar.Passage, now time.Time, n int) prospects {
	var out prospects
	c := p.Campaign
	for _, due := range calendar.Forecast(c, passage, now, n) {
		if due.Issue < len(p.Contents) && p.Contents[due.Issue] == 0 {
			out.why = "issue " + c.Issues[due.Issue].ID + " waits for approval; `partwork approve " + c.ID + "` shows it"
			return out
		}
		out.list = append(out.list, coming{
			Issue: c.Issues[due.Issue].ID, Due: stamp(due.At), Zone: due.Slot.Zone,
			Local: timing.WallAt(due.At.In(passage.Zone)).String(), Reason: due.Reason.String(),
		})
	}
	if len(out.list) == 0 {
		out.why = calendar.Plan(c, passage, now).Reason.String()
	}
	return out
}

// tellProspects says in a sentence or two what an enrollment can expect next.
func (e *env) tellProspects(ctx context.Context, in *app.Instance, id drip.EnrollmentID) error {
	enrollment, err := in.Store.Enrollment(ctx, id)
	if err != nil {
		return err
	}
	p, err := prospectsOf(ctx, in, enrollment, 1)
	switch {
	case err != nil:
		return err
	case len(p.list) == 0:
		e.say("next: nothing; %s", p.why)
		return nil
	}
	next := p.list[0]
	loc, err := in.Zones.Load(next.Zone)
	if err != nil {
		return err
	}
	e.say("next: %s on %s (%s)", next.Issue, local(next.Due.time(), loc), next.Reason)
	if p.waits != "" {
		e.say("%s", p.waits)
	}
	return nil
}
