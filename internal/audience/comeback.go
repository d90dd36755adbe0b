package audience

import (
	"context"
	"errors"

	"partwork/internal/calendar"
	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// Choice is how somebody who was in a series before wants to come back.
type Choice string

// The choices.
const (
	// ChooseNothing continues if there is something to continue.
	ChooseNothing Choice = ""
	// ChooseContinue goes on where they left, at the next slot.
	ChooseContinue Choice = "continue"
	// ChooseAnew begins with the first issue, as for anybody who joins.
	ChooseAnew Choice = "anew"
)

// Comeback says where somebody who comes back could go on: "at 5 of 8".
type Comeback struct {
	// Next counts the issues from 1, and Of is how many there are. Both are zero
	// if the campaign's files are not at hand.
	Next, Of int
	// earlier is what they would go on from.
	earlier drip.EnrollmentID
}

// comeback returns where the person of a pending enrollment could go on; false
// if they had nothing of this series before, or all of it.
func (a *Audience) comeback(ctx context.Context, e drip.Enrollment) (Comeback, bool, error) {
	past, err := a.stores.Resumable(ctx, e.Subscriber, e.Campaign)
	if errors.Is(err, drip.ErrNotFound) {
		return Comeback{}, false, nil
	}
	if err != nil {
		return Comeback{}, false, err
	}
	back := Comeback{earlier: past.Enrollment}
	series, ok := a.series(e.Campaign)
	if !ok {
		return back, true, nil
	}
	now := a.now()
	e.State, e.Start, e.JoinedAt, e.Floor = drip.EnrollmentActive, drip.StartAtSlot, now, now
	passage, err := a.planner.Passage(&store.Due{Enrollment: e, Had: past.Had, Last: past.Last})
	if err != nil {
		return Comeback{}, false, err
	}
	step := upcoming(series.Campaign, passage, now)
	if step.Kind == calendar.Finish || step.Issue < 0 {
		return Comeback{}, false, nil
	}
	back.Next, back.Of = compose.Position(series.Campaign, step.Issue)
	return back, true, nil
}

// confirmation is what a person says who chose how to begin.
func (a *Audience) confirmation(ctx context.Context, e drip.Enrollment, choice Choice, statement string) (store.Confirmation, error) {
	yes := store.Confirmation{Consent: drip.Consent{Source: drip.ConsentConfirmed, Text: statement, At: a.now()}}
	if e.State != drip.EnrollmentPending || choice == ChooseAnew {
		return yes, nil
	}
	back, _, err := a.comeback(ctx, e)
	yes.Continue = back.earlier
	return yes, err
}
