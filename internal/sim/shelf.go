package sim

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"partwork/internal/audience"
	"partwork/internal/calendar"
	"partwork/internal/campaignfile"
	"partwork/internal/drip"
	"partwork/internal/outbox"
	"partwork/internal/scheduler"
	"partwork/internal/store"
)

// shelf is what a process knows of the files.
type shelf struct {
	programs []scheduler.Program // nil before the first reading
	contents map[string]drip.ContentID
	texts    map[drip.ContentID]string
	reading  bool // a reading is due soon
}

// behind reports whether the store was told of other files than these.
func (s *shelf) behind(records []store.CampaignRecord) bool {
	for _, r := range records {
		for i := range s.programs {
			p := &s.programs[i]
			if p.Record.No == r.No && (p.Record.Timetable != r.Timetable || p.Record.Outline != r.Outline) {
				return true
			}
		}
	}
	return false
}

// readSoon has the process see that files changed.
func (p *process) readSoon() {
	if p.shelf.reading || p.shelf.programs == nil {
		return
	}
	p.shelf.reading = true
	p.after(p.world.dice.upTo(30*time.Second), p.readFiles)
}

// readFiles takes the files in, as the program does: the contents first, then all
// that the store knows of the series in one transaction.
func (p *process) readFiles() {
	w := p.world
	first := p.shelf.programs == nil
	p.shelf.reading = false
	if p.shelf.contents == nil {
		p.shelf.contents, p.shelf.texts = map[string]drip.ContentID{}, map[drip.ContentID]string{}
	}
	var programs []scheduler.Program
	for _, s := range w.desk.series {
		program, err := p.take(s)
		if err != nil {
			if !simulated(err) {
				w.must(err)
				return
			}
			p.shelf.reading = true
			p.after(longestSleep, p.readFiles)
			return
		}
		programs = append(programs, program)
	}
	p.shelf.programs = programs
	if first {
		w.desk.opened()
	}
	p.plan(scheduler.Wake{})
	p.wakeBox()
}

func (p *process) wakeBox() { p.send(outbox.Wake{}) }

// take makes what the files say of one series the version in force.
func (p *process) take(s *series) (scheduler.Program, error) {
	w, c := p.world, s.campaign
	program := scheduler.Program{Campaign: c, Contents: make([]drip.ContentID, len(c.Issues))}
	var err error
	if program.Confirmation, err = p.save(c.ID + "/" + drip.ConfirmationID); err != nil {
		return program, err
	}
	var approvals map[drip.IssueNo]store.Approval
	if c.Review == drip.ReviewRequired {
		if approvals, err = p.vault.Approvals(w.ctx, s.record); err != nil {
			return program, err
		}
	}
	sync := store.CampaignSync{
		ID: c.ID, Key: c.Key, Timetable: campaignfile.Timetable(c), ReopenWithin: c.ReopenWithin, Now: w.calendar(),
	}
	mark := strings.Builder{}
	for i := range c.Issues {
		id := c.Issues[i].ID
		sync.Issues = append(sync.Issues, id)
		switch {
		case c.Issues[i].Draft:
		case approvals != nil:
			program.Contents[i] = approvals[s.number(id)].Content
		default:
			if program.Contents[i], err = p.save(s.text(id)); err != nil {
				return program, err
			}
		}
		fmt.Fprintf(&mark, " %t", program.Contents[i] != 0)
	}
	sync.Outline = campaignfile.Outline(c) + mark.String()
	if program.Record, err = p.vault.SyncCampaign(w.ctx, sync); err != nil {
		return program, err
	}
	w.model.inForce(s, c, &program.Record)
	return program, nil
}

// save stores a content and remembers its number.
func (p *process) save(text string) (drip.ContentID, error) {
	if id, ok := p.shelf.contents[text]; ok {
		return id, nil
	}
	id, err := p.vault.SaveContent(p.world.ctx, sha256.Sum256([]byte(text)), []byte(text), p.world.calendar())
	if err == nil {
		p.shelf.contents[text] = id
	}
	return id, err
}

// outlook tells the audience what planning knows of the files of a process.
type outlook struct{ p *process }

func (o outlook) program(no drip.CampaignNo) (scheduler.Program, bool) {
	for _, program := range o.p.shelf.programs {
		if program.Record.No == no {
			return program, true
		}
	}
	return scheduler.Program{}, false
}

// Series implements [audience.Planner].
func (o outlook) Series(no drip.CampaignNo) (audience.Series, bool) {
	program, ok := o.program(no)
	series := audience.Series{Campaign: program.Campaign}
	for _, content := range program.Contents {
		series.Sendable = append(series.Sendable, content != 0)
	}
	return series, ok
}

// Passage implements [audience.Planner].
func (o outlook) Passage(due *store.Due) (calendar.Passage, error) {
	program, ok := o.program(due.Enrollment.Campaign)
	if !ok {
		return calendar.Passage{}, fmt.Errorf("campaign %d: %w", due.Enrollment.Campaign, drip.ErrNotFound)
	}
	return scheduler.Passage(scheduler.Config{Timezone: instanceZone, Zones: o.p.world.zones}, program, due)
}
