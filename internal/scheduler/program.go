package scheduler

import (
	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/store"
)

// program is a Program with the look-ups that deciding needs.
type program struct {
	Program
	numbers   []drip.IssueNo       // of Campaign.Issues
	positions map[drip.IssueNo]int // of numbers
	// stale says that the store knows other files than these: another process
	// has read an edit that this one has not.
	stale bool
}

// index prepares the programs, each with its record as it is now.
func index(programs []Program, records []store.CampaignRecord) map[drip.CampaignNo]*program {
	byNo := make(map[drip.CampaignNo]*program, len(programs))
	for _, p := range programs {
		byNo[p.Record.No] = newProgram(p)
	}
	for _, record := range records {
		if p := byNo[record.No]; p != nil {
			p.stale = record.Timetable != p.Record.Timetable || record.Outline != p.Record.Outline
			p.Record = record
		}
	}
	return byNo
}

func newProgram(p Program) *program {
	prog := &program{Program: p, positions: make(map[drip.IssueNo]int, len(p.Campaign.Issues))}
	for i := range p.Campaign.Issues {
		no := p.Record.Issues[p.Campaign.Issues[i].ID]
		prog.numbers = append(prog.numbers, no)
		prog.positions[no] = i
	}
	return prog
}

// position returns the place of an issue in the files, or -1 if it is gone.
func (p *program) position(no drip.IssueNo) int {
	if i, ok := p.positions[no]; ok {
		return i
	}
	return -1
}

// frozen reports whether the campaign sends to nobody at all.
func (p *program) frozen() bool {
	return !p.Record.PausedAt.IsZero() || !p.Record.StoppedAt.IsZero()
}

// Passage translates a row for the calendar. Of cfg it uses the zones. Where some issue is
// for some readers only, the row must tell who the reader is ([store.Acquaint]); otherwise
// every issue is taken to be for them.
func Passage(cfg Config, p Program, d *store.Due) (calendar.Passage, error) {
	return newProgram(p).passage(cfg, d)
}

func (p *program) passage(cfg Config, d *store.Due) (calendar.Passage, error) {
	loc, err := cfg.Zones.Load(p.Campaign.Zone(d.Timezone, cfg.Timezone))
	if err != nil {
		// The zone was valid when it was stored; if the rules no longer know
		// it, the campaign's own default is better than silence.
		if loc, err = cfg.Zones.Load(p.Campaign.Zone("", cfg.Timezone)); err != nil {
			return calendar.Passage{}, err
		}
	}
	e := &d.Enrollment
	out := calendar.Passage{
		State: e.State, Start: e.Start, JoinedAt: e.JoinedAt,
		Floor: latest(e.Floor, p.Record.Floor), PausedUntil: e.PausedUntil,
		AskedAt: e.AskedAt, Pace: e.Pace, Zone: loc, Who: d.Who,
		Had: make([]bool, len(p.numbers)),
	}
	for _, no := range d.Had {
		if i := p.position(no); i >= 0 {
			out.Had[i] = true
		}
	}
	if d.Last.HasSlot {
		out.Last = &calendar.Last{
			SlotWall: d.Last.Slot, AcceptedAt: d.Last.AcceptedAt, Issue: p.position(d.Last.Issue), Earlier: d.Last.Earlier,
		}
	}
	if o := d.Open; o != nil {
		out.Open = &calendar.Open{
			Issue: p.position(o.Issue), Slot: o.Slot, Moves: o.Moves,
			Deferred: o.State == drip.DeliveryDeferred,
		}
	}
	return out, nil
}
