package app

import (
	"fmt"

	"partwork/internal/audience"
	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/store"
)

// outlook lets readers' wishes be judged by what planning knows. It looks at the
// library when it is asked, so that edits count at once.
type outlook struct{ in *Instance }

// Series implements [audience.Planner].
func (o outlook) Series(no drip.CampaignNo) (audience.Series, bool) {
	program, ok := o.in.Library.Program(no)
	if !ok {
		return audience.Series{}, false
	}
	series := audience.Series{Campaign: program.Campaign, Sendable: make([]bool, len(program.Contents))}
	for i, content := range program.Contents {
		series.Sendable[i] = content != 0
	}
	return series, true
}

// Passage implements [audience.Planner].
func (o outlook) Passage(due *store.Due) (calendar.Passage, error) {
	program, ok := o.in.Library.Program(due.Enrollment.Campaign)
	if !ok {
		return calendar.Passage{}, fmt.Errorf("campaign %d: %w", due.Enrollment.Campaign, drip.ErrNotFound)
	}
	return scheduler.Passage(scheduler.Config{Timezone: o.in.Config.Timezone, Zones: o.in.Zones}, program, due)
}
