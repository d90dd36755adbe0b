package audience

import (
	"context"
	"errors"
	"fmt"

	"partwork/internal/drip"
	"partwork/internal/segment"
	"partwork/internal/store"
)

// enrollPage is how many people are looked at between two questions to the database.
const enrollPage = 500

// segments is the part of store.Segments that tells who is meant.
type segments interface {
	Members(ctx context.Context, filter store.SubscriberFilter) ([]store.Member, error)
	Facts(ctx context.Context, ids []drip.SubscriberID, sent bool) ([]segment.Facts, error)
}

// EnrollReport says what became of people who were enrolled together. But for People,
// the counts add up to People.
type EnrollReport struct {
	// People are those whom the filter selected.
	People int `json:"people"`
	// Enrolled take part from now on. Pending people get nothing but a request to
	// confirm, if that was asked for.
	Enrolled int `json:"enrolled"`
	Pending  int `json:"pending"`
	// Already took part; Suppressed must not be mailed.
	Already    int `json:"already"`
	Suppressed int `json:"suppressed"`
	// KeptOut must not be mailed this campaign.
	KeptOut int `json:"kept_out"`
	// Back are those of Pending who left earlier: only they themselves can come back.
	Back int `json:"back"`
	// Zones counts those of Enrolled by their own zone.
	Zones map[string]int `json:"-"`
}

// EnrollSegment enrolls everybody whom a filter selects, as Enroll does it, one after
// the other: what was done when it is interrupted stays, and doing it again completes it.
// If dryRun is true, it only says what it would do. Progress, unless nil, is told how
// many people were looked at.
func (a *Audience) EnrollSegment(ctx context.Context, filter store.SubscriberFilter, opts EnrollOptions, dryRun bool, progress func(int)) (EnrollReport, error) {
	report := EnrollReport{Zones: map[string]int{}}
	if err := a.checkOpen(ctx, opts.No); err != nil {
		return report, err
	}
	filter.Limit = enrollPage
	for {
		page, err := a.stores.Members(ctx, filter)
		if err != nil {
			return report, fmt.Errorf("enroll a segment: %w", err)
		}
		for i := range page {
			if err := a.enrollMember(ctx, &page[i], opts, dryRun, &report); err != nil {
				return report, err
			}
			filter.After = page[i].ID
		}
		if progress != nil {
			progress(report.People)
		}
		if len(page) < enrollPage {
			return report, nil
		}
	}
}

// enrollMember does it with one person, and counts.
func (a *Audience) enrollMember(ctx context.Context, m *store.Member, opts EnrollOptions, dryRun bool, report *EnrollReport) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	state, back := foreseeEnroll(m, opts.No)
	out := false
	if state != "" {
		var err error
		if out, err = a.keptOut(ctx, a.hasher.Sum(m.Email), opts.No); err != nil {
			return err
		}
	}
	if state != "" && !out && !dryRun {
		enrollment, err := a.Enroll(ctx, Who{ID: m.ID}, opts)
		switch {
		case errors.Is(err, drip.ErrKeptOut):
			out = true // since the page was read
		case errors.Is(err, drip.ErrSuppressed), errors.Is(err, drip.ErrEnrolled), errors.Is(err, drip.ErrNotFound):
			state = "" // since the page was read
			m.Suppressed = !errors.Is(err, drip.ErrEnrolled)
		case err != nil:
			return err
		default:
			state = enrollment.State
		}
	}
	report.People++
	switch {
	case out:
		report.KeptOut++
	case state == drip.EnrollmentActive:
		report.Enrolled++
		report.Zones[m.Timezone]++
	case state == drip.EnrollmentPending:
		report.Pending++
		if back {
			report.Back++
		}
	case m.Suppressed:
		report.Suppressed++
	default:
		report.Already++
	}
	return nil
}

// foreseeEnroll returns the state of the enrollment that Enroll would open, empty if it
// would open none, and whether the person left earlier.
func foreseeEnroll(m *store.Member, campaign drip.CampaignNo) (state drip.EnrollmentState, back bool) {
	if m.Suppressed {
		return "", false
	}
	for _, part := range m.Parts {
		switch {
		case part.Campaign != campaign:
		case part.State == drip.EnrollmentLeft:
			back = true
		default:
			return "", false
		}
	}
	if m.ConsentID == 0 || back {
		return drip.EnrollmentPending, back
	}
	return drip.EnrollmentActive, false
}
