package audience

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/timing"
	"partwork/internal/token"
)

// Stage says what a reader can expect of a series.
type Stage string

// The stages.
const (
	// StageComing: the next issue comes at a date.
	StageComing Stage = "coming"
	// StageLeaving: the next issue is on its way.
	StageLeaving Stage = "leaving"
	// StageWaiting: the next issue has no date yet; it is a draft, or waits for
	// approval.
	StageWaiting Stage = "waiting"
	// StageHalted: the whole series pauses, or nothing is known of it now.
	StageHalted Stage = "halted"
	// StageFinished: there is no further issue.
	StageFinished Stage = "finished"
	// StageOut: they left, or have not confirmed.
	StageOut Stage = "out"
)

// Preferences is what the preferences page may show. Links get forwarded, so there
// is nothing in it that tells who reads what: numbers, dates and a clock only.
type Preferences struct {
	Stage Stage
	// Next counts the next issue from 1, and Of is how many there are. Next is
	// zero if there is none, and both are if the campaign's files are not at hand.
	Next, Of int
	// Due is when the next issue leaves, on their clock; only with StageComing.
	Due time.Time
	// PausedUntil is the date on which their own pause ends; zero if there is none.
	PausedUntil timing.Date
	// FirstEnd and LastEnd bound the date on which a pause may end.
	FirstEnd, LastEnd timing.Date
	// Pace counts slots, from 1.
	Pace int
	// Zone is the clock that rules them, an IANA name, and ZoneIsTheirs tells that
	// it follows their own; otherwise the campaign has one for everybody.
	Zone         string
	ZoneIsTheirs bool
	// Ahead names the next issue to [Wish.Issue] if it could leave now, and is
	// empty if it could not. It tells nothing about the issue.
	Ahead string
	// Link and Leave are the tokens of the preferences and leave links of the
	// enrollment that is open now.
	Link, Leave string
}

// Preferences returns what to show to the holder of a preferences link. It changes
// nothing. Every link that a person ever got in a mail of the series shows whatever
// passage of theirs is open now. drip.ErrNotFound is the one answer to links that do
// not work: not signed for this, or erased.
func (a *Audience) Preferences(ctx context.Context, link string) (Preferences, error) {
	e, err := a.wisher(ctx, link)
	if err != nil {
		return Preferences{}, fmt.Errorf("open preferences: %w", err)
	}
	p, err := a.preferences(ctx, e)
	if err != nil {
		return Preferences{}, fmt.Errorf("read the preferences of enrollment %d: %w", e.ID, err)
	}
	return p, nil
}

// wisher returns the enrollment that a preferences link is about: the person's open
// one in that campaign, or the one it was signed for if none is.
func (a *Audience) wisher(ctx context.Context, link string) (drip.Enrollment, error) {
	e, all, err := a.passages(ctx, token.Preferences, link)
	if err != nil {
		return drip.Enrollment{}, err
	}
	for _, other := range all {
		if other.Campaign == e.Campaign && other.State != drip.EnrollmentLeft {
			return other, nil
		}
	}
	return e, nil
}

func (a *Audience) preferences(ctx context.Context, e drip.Enrollment) (Preferences, error) {
	p := Preferences{
		Stage: StageOut, Pace: max(1, e.Pace), Link: a.signed(token.Preferences, e), Leave: a.signed(token.Unsubscribe, e),
	}
	due, err := a.history(ctx, e.ID)
	if err != nil || checkGoing(e) != nil {
		return p, err
	}
	passage, inForce, err := a.standing(&due)
	if err != nil {
		return p, err
	}
	now, loc := a.now(), passage.Zone
	p.Zone, p.ZoneIsTheirs = loc.String(), true
	if e.PausedUntil.After(now) {
		p.PausedUntil = timing.DateAt(e.PausedUntil.In(loc))
	}
	p.FirstEnd, p.LastEnd = pauseEnds(now, loc)
	p.Stage = StageHalted
	series, ok := a.series(e.Campaign)
	if !ok || !inForce {
		return p, nil
	}
	p.ZoneIsTheirs = series.Campaign.Zone("theirs", "") == "theirs"
	return p, a.expect(ctx, &p, series, &due, passage, now)
}

// expect fills in what comes next.
func (a *Audience) expect(ctx context.Context, p *Preferences, series Series, due *store.Due, passage calendar.Passage, now time.Time) error {
	outlook := calendar.Foresee(series.Campaign, series.held(), passage, now, 1)
	next := outlook.EndIssue
	p.Stage = StageWaiting
	switch {
	case len(outlook.Dues) > 0:
		p.Stage, next, p.Due = StageComing, outlook.Dues[0].Issue, outlook.Dues[0].At.In(passage.Zone)
		if !p.Due.After(now) || due.Open != nil && onItsWay(due.Open.State) {
			p.Stage = StageLeaving
		}
	case outlook.End == calendar.CodeFinished:
		p.Stage = StageFinished
	}
	if _, p.Of = compose.Position(series.Campaign, -1); next >= 0 {
		p.Next, p.Of = compose.Position(series.Campaign, next)
	}
	if p.Stage == StageFinished {
		return nil
	}
	if halted, err := a.stores.Halted(ctx, due.Enrollment.Campaign); err != nil || halted {
		p.Stage = StageHalted
		return err
	}
	if p.Stage != StageComing {
		return nil
	}
	var err error
	p.Ahead, err = a.ahead(series, due, passage, now)
	return err
}

// onItsWay reports whether a delivery in that state leaves without another plan.
func onItsWay(s drip.DeliveryState) bool {
	return s == drip.DeliveryClaimed || s == drip.DeliverySending
}

// held tells of each issue whether it may not be sent.
func (s *Series) held() []bool {
	held := make([]bool, len(s.Sendable))
	for i := range held {
		held[i] = !s.Sendable[i]
	}
	return held
}

// ahead returns the name of the next issue of a campaign that sends if it would leave now,
// or "".
func (a *Audience) ahead(series Series, due *store.Due, passage calendar.Passage, now time.Time) (string, error) {
	if _, err := series.wouldLeave(due, passage, "", now); err != nil {
		if refusal := new(Refusal); errors.As(err, &refusal) {
			return "", nil
		}
		return "", err
	}
	passage.AskedAt = now
	step := upcoming(series.Campaign, passage, now)
	return a.nameless(due.Enrollment, series.Campaign.Issues[step.Issue].ID), nil
}

// nameless returns a name of an issue for one enrollment that tells nothing about it.
func (a *Audience) nameless(e drip.Enrollment, issue string) string {
	return a.keyring.Opaque("ask for "+issue, token.Subject{A: int64(e.ID), B: int64(e.Subscriber)})
}

// named returns the id of the issue of that name.
func (a *Audience) named(e drip.Enrollment, name string) (string, bool) {
	series, ok := a.series(e.Campaign)
	if !ok {
		return "", false
	}
	at := slices.IndexFunc(series.Campaign.Issues, func(i drip.Issue) bool { return same(a.nameless(e, i.ID), name) })
	if at < 0 {
		return "", false
	}
	return series.Campaign.Issues[at].ID, true
}
