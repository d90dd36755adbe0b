package store

import (
	"context"

	"partwork/internal/drip"
	"partwork/internal/segment"
)

// Premise is what a decision takes for granted about a person: whether a filter selects
// them. Tags and attributes change without a word to those who plan, so it is looked at
// again where the decision is made final. A skip with a premise raises the enrollment's
// revision: whoever took the opposite for granted decided without it.
type Premise struct {
	Filter  segment.Filter
	View    segment.View
	Selects bool
}

// Acquaint adds to a row of [Planning.History] what is known of the person, and what they
// were sent.
func Acquaint(ctx context.Context, s interface {
	Facts(ctx context.Context, ids []drip.SubscriberID, sent bool) ([]segment.Facts, error)
}, due *Due) error {
	list, err := s.Facts(ctx, []drip.SubscriberID{due.Enrollment.Subscriber}, true)
	if err == nil {
		due.Who = &list[0]
	}
	return err
}
