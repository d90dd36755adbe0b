package cli

import (
	"context"
	"errors"
	"math"
	"strconv"

	"partwork/internal/app"
	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
)

// readersForecast is the JSON of forecast --readers.
type readersForecast struct {
	app.ReaderCalendar
	DaysAhead int `json:"days_ahead"`
	// Warnings are slots that have more readers than the relay's rate can reach.
	Warnings []string `json:"warnings"`
}

// mostDays bounds --days: nobody plans further ahead, and the dates are bounded.
const mostDays = 3660

func (e *env) forecastReaders(ctx context.Context, f *forecaster, id string) error {
	if f.days < 1 || f.days > mostDays {
		return usagef("", "--days is %d; expected 1 to %d", f.days, mostDays)
	}
	return e.observe(ctx, func(o *app.Observer) error {
		program, err := observed(o, id)
		if err != nil {
			return err
		}
		c, err := o.ReaderCalendar(ctx, program, f.days)
		if err != nil {
			return err
		}
		doc := readersForecast{c, f.days, overloadWarnings(c.Overloads, o.Config.SMTP.Rate, program.Campaign.Timezone)}
		if *f.json {
			return e.document(doc)
		}
		e.showReaders(o, doc)
		return nil
	})
}

// observed returns a campaign as the database last ran it.
func observed(o *app.Observer, id string) (scheduler.Program, error) {
	program, err := o.Program(id)
	if !errors.Is(err, drip.ErrNotFound) {
		return program, err
	}
	var ids []string
	for _, record := range o.Records() {
		if record.ID == id {
			return program, failf("`partwork check "+id+"` says what is wrong with its files", "the database never ran campaign %q", id)
		}
		ids = append(ids, record.ID)
	}
	if len(ids) == 0 {
		return program, failf("`partwork serve` or any command that reads the campaigns makes one", "there is nothing in the database yet")
	}
	return program, noCampaign(id, ids)
}

func (e *env) showReaders(o *app.Observer, doc readersForecast) {
	if len(doc.Days) > 0 {
		t := newTable(e.stdout, "DATE", "ISSUE", "READERS")
		for _, day := range doc.Days {
			t.row(planText{}.date(day.Date.String()), day.Issue, strconv.Itoa(day.Readers))
		}
		t.flush()
		e.say("")
	}
	e.say("%s to %s in %s; %d later", count(doc.Mails, "mail"), people(doc.Expecting), count(doc.DaysAhead, "day"), doc.Later)
	if doc.Busiest.Mails > 0 {
		e.say("%s", busiest(doc, o))
	}
	for _, w := range doc.Waiting {
		e.say("%s: %s", people(w.Readers), waitText(w))
	}
	if doc.Paused {
		e.say("the campaign is paused: the dates are those if it were resumed now")
	}
	for _, warning := range doc.Warnings {
		e.say("warning: %s", warning)
	}
}

// busiest says what the busiest hour asks of the relay.
func busiest(doc readersForecast, o *app.Observer) string {
	text := "the busiest hour begins at " + local(doc.Busiest.From, o.Config.Location()) + ": " + count(doc.Busiest.Mails, "mail")
	if rate := o.Config.SMTP.Rate; rate > 0 {
		text += "; smtp.rate lets " + strconv.FormatFloat(math.Round(rate*3600*100)/100, 'f', -1, 64) + " leave in an hour"
	}
	return text
}

// waitText says why nothing comes for readers.
func waitText(w app.WaitCount) string {
	switch w.Why {
	case calendar.CodeDraft:
		return "nothing, because " + w.Issue + " is a draft"
	case calendar.CodeHeld:
		return "nothing, because " + w.Issue + " waits for approval"
	case calendar.CodeReview:
		return "nothing, because " + w.Issue + " must be reviewed again"
	case calendar.CodeFinished:
		return "nothing more: they had every issue"
	case calendar.CodeNoSlot:
		return "nothing: the schedule has no slot that is not quiet"
	}
	return "nothing: " + string(w.Why)
}
