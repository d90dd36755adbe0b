package app

import (
	"context"
	"time"

	"partwork/internal/calendar"
	"partwork/internal/scheduler"
)

// Overloads says whether the next slot of a campaign has more readers than the
// relay's rate can reach in time. It counts those who are active, each as if they
// took every slot, and those who are about to join, by their own time zones. It
// asks the database for counts only.
func (in *Instance) Overloads(ctx context.Context, p scheduler.Program, joining map[string]int) ([]calendar.Overload, error) {
	if in.Config.SMTP.Rate <= 0 {
		return nil, nil
	}
	zones, err := in.Store.ReaderZones(ctx, p.Record.No)
	if err != nil {
		return nil, err
	}
	readers := make(map[*time.Location]int)
	for _, part := range []map[string]int{zones, joining} {
		for name, n := range part {
			loc, err := in.Zones.Load(p.Campaign.Zone(name, in.Config.Timezone))
			if err != nil {
				loc = in.Config.Location()
			}
			readers[loc] += n
		}
	}
	return calendar.Overloads(calendar.Crowded(p.Campaign, readers, in.Now()), in.Config.SMTP.Rate), nil
}
