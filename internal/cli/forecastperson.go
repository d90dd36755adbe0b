package cli

import (
	"context"
	"errors"
	"slices"
	"time"

	"partwork/internal/app"
	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/scheduler"
	"partwork/internal/store"
)

// personForecast is the JSON of forecast --subscriber.
type personForecast struct {
	Subscriber drip.SubscriberID    `json:"subscriber"`
	Email      string               `json:"email"`
	Campaign   string               `json:"campaign"`
	State      drip.EnrollmentState `json:"state"`
	Joined     stamp                `json:"joined"`
	Zone       string               `json:"zone"`
	// Had is what became of past issues, the earliest first.
	Had []pastIssue `json:"had"`
	// Coming is what comes, when and why; Why says why nothing does, or nothing
	// after that.
	Coming []foreseen `json:"coming"`
	Why    string     `json:"why"`
	// Waits says what holds the next one up today; empty if nothing does.
	Waits string `json:"waits"`
}

// pastIssue is an issue that a person had, or that was passed over.
type pastIssue struct {
	Issue string              `json:"issue"`
	State drip.DeliveryState  `json:"state"`
	About drip.DeliveryReason `json:"reason"`
	Sent  stamp               `json:"sent"`
	Local string              `json:"local"`
}

func (e *env) forecastPerson(ctx context.Context, f *forecaster, id string) error {
	return e.observe(ctx, func(o *app.Observer) error {
		program, err := observed(o, id)
		if err != nil {
			return err
		}
		p, err := personForecastOf(ctx, o, program, f.subscriber, e.now())
		if err != nil {
			return err
		}
		switch {
		case *f.json:
			return e.document(p)
		case f.calendar:
			return writeCalendar(e.stdout, e.now(), program.Campaign, p.Coming)
		}
		e.showPerson(p)
		return nil
	})
}

func personForecastOf(ctx context.Context, o *app.Observer, program scheduler.Program, address string, now time.Time) (personForecast, error) {
	p := personForecast{Campaign: program.Campaign.ID, Had: []pastIssue{}, Coming: []foreseen{}}
	typed, err := mailaddr.Parse(address)
	if err != nil {
		return p, err
	}
	who, err := o.Store.SubscriberByEmail(ctx, typed)
	if errors.Is(err, drip.ErrNotFound) {
		return p, failf("`partwork subscriber list` shows everyone", "nobody has the address %s", typed)
	}
	if err != nil {
		return p, err
	}
	enrollments, err := o.Store.EnrollmentsOf(ctx, who.ID)
	if err != nil {
		return p, err
	}
	latest := -1
	for i, enrollment := range enrollments {
		if enrollment.Campaign == program.Record.No {
			latest = i
		}
	}
	if latest < 0 {
		return p, failf("`partwork subscriber enroll "+typed.String()+" "+p.Campaign+"` enrolls them", "%s is not in %s", typed, p.Campaign)
	}
	due, err := o.Store.History(ctx, enrollments[latest].ID)
	if err != nil {
		return p, err
	}
	if err := app.Acquaint(ctx, o.Store, program.Campaign, &due); err != nil {
		return p, err
	}
	passage, err := o.Passage(program, &due)
	if err != nil {
		return p, err
	}
	if err := app.FillDay(ctx, o.Store, o.Config.DailyLimit, who.ID, &passage, now); err != nil {
		return p, err
	}
	p.Subscriber, p.Email, p.Zone = who.ID, who.Email.String(), passage.Zone.String()
	p.State, p.Joined = due.Enrollment.State, stamp(due.Enrollment.JoinedAt)
	p.foresee(program, &due, passage, now)
	return p, p.remember(ctx, o, program, due.Enrollment, passage.Zone)
}

// remember fills in what the person had.
func (p *personForecast) remember(ctx context.Context, o *app.Observer, program scheduler.Program, e drip.Enrollment, zone *time.Location) error {
	entries, err := o.Store.Log(ctx, store.LogFilter{Campaign: program.Record.No, Subscriber: e.Subscriber})
	if err != nil {
		return err
	}
	slices.Reverse(entries)
	for _, entry := range entries {
		// What is on its way is not to come any more, and not had for certain.
		if entry.IssueID == drip.ConfirmationID || !entry.State.Done() && entry.State != drip.DeliverySending {
			continue
		}
		past := pastIssue{Issue: entry.IssueID, State: entry.State, About: entry.Reason, Sent: stamp(entry.SentAt)}
		if !entry.SentAt.IsZero() {
			past.Local = entry.SentAt.In(zone).Format("2006-01-02T15:04:05")
		}
		p.Had = append(p.Had, past)
	}
	return nil
}

// foresee fills in what comes.
func (p *personForecast) foresee(program scheduler.Program, due *store.Due, passage calendar.Passage, now time.Time) {
	if p.Why = idle(due.Enrollment); p.Why != "" {
		return
	}
	switch {
	case due.Suppressed:
		p.Why = "the address is suppressed; nothing leaves"
		return
	case !program.Record.PausedAt.IsZero():
		p.Why = "the campaign is paused; nothing leaves before it is resumed"
		return
	}
	c := program.Campaign
	p.Waits = dayIsFull(c, passage, now)
	held := make([]bool, len(c.Issues))
	for i := range c.Issues {
		held[i] = !c.Issues[i].Draft && program.Contents[i] == 0
	}
	out := calendar.Foresee(c, held, passage, now, len(c.Issues)+1)
	for _, d := range out.Dues {
		p.Coming = append(p.Coming, foreseen{
			Issue: c.Issues[d.Issue].ID, Subject: c.Issues[d.Issue].Subject, Due: stamp(d.At),
			Local: d.At.In(passage.Zone).Format("2006-01-02T15:04:05"), Zone: p.Zone, Reason: d.Reason.String(),
		})
	}
	if out.End != calendar.CodeFinished {
		wait := app.WaitCount{Why: out.End}
		if out.EndIssue >= 0 {
			wait.Issue = c.Issues[out.EndIssue].ID
		}
		p.Why = "after that: " + waitText(wait)
	}
}

func (e *env) showPerson(p personForecast) {
	e.say("%s in %s: %s, joined %s", printable(p.Email), p.Campaign, p.State, utc(p.Joined.time()))
	t := newTable(e.stdout, "ISSUE", "WHEN ("+p.Zone+")", "WHY")
	for _, past := range p.Had {
		why := string(past.State)
		if past.About != "" {
			why += ": " + string(past.About)
		}
		t.row(past.Issue, dash(wallText(past.Local)), why)
	}
	for _, row := range p.Coming {
		t.row(row.Issue, wallText(row.Local), row.Reason)
	}
	t.flush()
	if p.Waits != "" {
		e.say("%s", p.Waits)
	}
	if p.Why != "" {
		e.say("%s", p.Why)
	}
}
