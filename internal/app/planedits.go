package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/store"
)

// PlanQuery asks what files would do to readers.
type PlanQuery struct {
	// Files is a folder with other files than those of the configuration; empty
	// means these.
	Files string
	// Campaigns are the ids to look at; none means all.
	Campaigns []string
	// People is how many persons to name for each campaign.
	People int
	// Unrehearsed leaves out what is found when messages are made for the personas,
	// which is half of the work. Nothing but Findings differs.
	Unrehearsed bool
}

// PlanState says how a campaign's files stand to what the database last ran.
type PlanState string

// The states.
const (
	PlanSame    PlanState = "same"    // nothing was edited
	PlanChanged PlanState = "changed" // they were edited
	PlanNew     PlanState = "new"     // the database does not know the campaign
	PlanBroken  PlanState = "broken"  // they have errors: the campaign stays as it is
	PlanGone    PlanState = "gone"    // there are none: likewise
)

// CampaignPlan is what the files would do to the readers of one campaign.
type CampaignPlan struct {
	Campaign string    `json:"campaign"`
	State    PlanState `json:"state"`
	// Paused and Stopped are the operator's verbs. The dates of a campaign that is
	// paused are those that it would have if it were resumed now.
	Paused  bool `json:"paused"`
	Stopped bool `json:"stopped"`
	// Clock is the campaign's timezone as the files say it.
	Clock string `json:"-"`
	// Issues is how many issues the files have.
	Issues   int            `json:"issues"`
	Changes  []Change       `json:"changes"`
	Findings []drip.Finding `json:"findings"`
	// Effects is what becomes of the readers; nil unless State is PlanChanged.
	Effects *Effects `json:"effects"`
}

// Plan says for each campaign, by id, what the files would do. It returns
// drip.ErrNotFound if query.Campaigns names one that neither the files nor the
// database know.
func (o *Observer) Plan(ctx context.Context, query PlanQuery) ([]CampaignPlan, error) {
	l, r := o.files(query.Files)
	p := &planning{
		Observer: o, round: &round{Library: l, reading: r, records: o.records, now: o.calendar()}, query: query,
	}
	var plans []CampaignPlan
	for _, id := range p.ids() {
		if len(query.Campaigns) > 0 && !slices.Contains(query.Campaigns, id) {
			continue
		}
		plan, err := p.campaign(ctx, id)
		if err != nil {
			return nil, err
		}
		plans = append(plans, plan)
	}
	for _, id := range query.Campaigns {
		if !slices.ContainsFunc(plans, func(plan CampaignPlan) bool { return plan.Campaign == id }) {
			return nil, &UnknownCampaignError{ID: id, Known: p.ids()}
		}
	}
	return plans, nil
}

// UnknownCampaignError says that there is no such campaign. It is a
// drip.ErrNotFound.
type UnknownCampaignError struct {
	ID    string
	Known []string
}

func (e *UnknownCampaignError) Error() string { return "campaign " + e.ID + ": not found" }

// Unwrap returns drip.ErrNotFound.
func (e *UnknownCampaignError) Unwrap() error { return drip.ErrNotFound }

// planning is one answer to a PlanQuery.
type planning struct {
	*Observer
	round *round
	query PlanQuery
}

// ids returns the campaigns that the files or the database know, and those whose
// files have errors.
func (p *planning) ids() []string {
	var ids []string
	for _, c := range p.round.campaigns {
		ids = append(ids, c.ID)
	}
	for _, record := range p.records {
		ids = append(ids, record.ID)
	}
	for part := range p.round.looks {
		if part != partTemplates && slices.ContainsFunc(p.round.findings, func(f drip.Finding) bool {
			return f.Severity == drip.SeverityError && p.round.concerns(f, part)
		}) {
			ids = append(ids, part)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// campaign plans one campaign.
func (p *planning) campaign(ctx context.Context, id string) (CampaignPlan, error) {
	record := p.record(id)
	plan := CampaignPlan{
		Campaign: id, Paused: !record.PausedAt.IsZero(), Stopped: !record.StoppedAt.IsZero(),
		Changes: []Change{}, Findings: []drip.Finding{},
	}
	for _, f := range p.round.findings {
		if p.round.concerns(f, id) || within(f.File, p.round.templates) || f.File == p.round.name {
			plan.Findings = append(plan.Findings, f)
		}
	}
	ed, err := p.bind(&plan)
	last, unread := recollect(record)
	switch {
	case err != nil:
		return plan, err
	case ed == nil && hasError(plan.Findings):
		plan.State = PlanBroken
		return plan, nil
	case ed == nil:
		plan.State = PlanGone
		return plan, p.gone(ctx, &plan, record, last)
	}
	plan.Issues, plan.Clock = len(ed.campaign.Issues), ed.campaign.Timezone
	if unread != nil || last.none() {
		plan.State = PlanNew
		return plan, nil
	}
	return plan, p.compare(ctx, &plan, record, last, ed)
}

// gone says what becomes of the readers of a campaign that has no files. Nobody is
// on the way through one that was stopped.
func (p *planning) gone(ctx context.Context, plan *CampaignPlan, record store.CampaignRecord, last version) error {
	if plan.Stopped || last.none() {
		return nil
	}
	before := len(p.round.findings)
	err := p.round.gone(ctx, record, last.stays())
	plan.Findings = append(plan.Findings, p.round.findings[before:]...)
	return err
}

func hasError(findings []drip.Finding) bool {
	return slices.ContainsFunc(findings, func(f drip.Finding) bool { return f.Severity == drip.SeverityError })
}

// bind composes a campaign as a serve would that reads the files. The edition is
// nil if it would not take them; why is added to the plan's findings.
func (p *planning) bind(plan *CampaignPlan) (*edition, error) {
	at := slices.IndexFunc(p.round.campaigns, func(c *drip.Campaign) bool { return c.ID == plan.Campaign })
	if at < 0 || p.round.layouts == nil {
		return nil, nil
	}
	c := p.round.campaigns[at]
	if p.round.takenKey(c) {
		plan.Findings = append(plan.Findings, p.round.conflict(c))
		return nil, nil
	}
	ed, faults, err := p.round.bind(c, p.round.layouts)
	if !p.query.Unrehearsed {
		faults = slices.Concat(faults, p.round.rehearsed(c))
	}
	for _, f := range faults {
		if !slices.Contains(plan.Findings, f) {
			plan.Findings = append(plan.Findings, f)
		}
	}
	return ed, err
}

// compare says what an edition changes.
func (p *planning) compare(ctx context.Context, plan *CampaignPlan, record store.CampaignRecord, last version, ed *edition) error {
	program, err := last.program(record)
	if err != nil {
		return err
	}
	was := newSide(program, p.round.now)
	is, outline, err := p.adopted(ctx, record, ed)
	if err != nil {
		return err
	}
	plan.State = PlanSame
	if last.Digest == ed.digest && !is.timetable && !outline {
		return nil
	}
	plan.State = PlanChanged
	if plan.Changes, err = p.changes(ctx, was, is, ed); err != nil || plan.Stopped {
		return err
	}
	crowd := &crowd{o: p.Observer, sides: []*side{was, is}, members: p.query.People}
	cliques, err := crowd.gather(ctx, finishedAfter(is, p.round.now))
	if err != nil {
		return err
	}
	t := newTally(was, is, plan.Changes)
	for _, group := range cliques {
		t.add(group)
	}
	plan.Effects = t.effects(p.Config.SMTP.Rate)
	return p.name(ctx, t, plan.Effects)
}

// finishedAfter returns since when readers must have finished to be reopened;
// zero if nobody is.
func finishedAfter(is *side, now time.Time) time.Time {
	if !is.reopen {
		return time.Time{}
	}
	return now.Add(-is.Campaign.ReopenWithin)
}

// adopted returns the edition as it would be in force, and whether it has a new
// outline. See Library.adopt.
func (p *planning) adopted(ctx context.Context, record store.CampaignRecord, ed *edition) (*side, bool, error) {
	program := scheduler.Program{Campaign: ed.campaign, Record: record, Contents: make([]drip.ContentID, len(ed.bundles))}
	var approvals map[drip.IssueNo]store.Approval
	if ed.campaign.Review == drip.ReviewRequired && !p.round.unapproved {
		var err error
		if approvals, err = p.Store.Approvals(ctx, record.No); err != nil {
			return nil, false, err
		}
	}
	for i := range ed.campaign.Issues {
		is := &ed.campaign.Issues[i]
		switch {
		case is.Draft:
		case approvals != nil:
			program.Contents[i] = approvals[record.Issues[is.ID]].Content
		default:
			program.Contents[i] = 1 // some number or other
		}
	}
	outline := record.Outline != p.round.outline(ed.campaign, program.Contents)
	side := newSide(program, p.round.now)
	side.timetable = record.Timetable != p.round.timetable(ed.campaign)
	side.reopen = outline
	return side, outline, nil
}

// name finds out who the persons are that the effects are to name.
func (p *planning) name(ctx context.Context, t *tally, effects *Effects) error {
	for _, m := range t.members {
		if len(effects.People) >= p.query.People {
			return nil
		}
		who, err := p.Store.Subscriber(ctx, m.member.subscriber)
		if errors.Is(err, drip.ErrNotFound) {
			continue // erased just now
		}
		if err != nil {
			return err
		}
		effects.People = append(effects.People, PersonEffect{
			Subscriber: m.member.subscriber, Email: who.Email.String(), TurnCount: m.turn,
			Before: t.was.dates(m.before, m.was, m.was != m.is), After: t.is.dates(m.after, m.is, m.was != m.is),
		})
	}
	return nil
}

// Expected is a delivery to come.
type Expected struct {
	Issue string    `json:"issue"`
	Due   time.Time `json:"due"`
	Local string    `json:"local"`
	// Zone is that of Local, if an edit changes it; left out otherwise.
	Zone string `json:"zone,omitempty"`
}

// dates writes an outlook's deliveries on a clock, with its name if it is asked for.
func (s *side) dates(o calendar.Outlook, zone *time.Location, named bool) []Expected {
	list := []Expected{}
	for _, due := range o.Dues {
		one := Expected{
			Issue: s.Campaign.Issues[due.Issue].ID, Due: due.At.UTC(), Local: due.At.In(zone).Format("2006-01-02T15:04:05"),
		}
		if named {
			one.Zone = zone.String()
		}
		list = append(list, one)
	}
	return list
}
