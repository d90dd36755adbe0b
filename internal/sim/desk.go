package sim

import (
	"errors"
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// desk is everybody who does something to the program from outside: readers,
// authors, operators, and misfortune.
type desk struct {
	*world
	series  []*series
	readers []*reader
	began   bool
	regrets regrets
	barring barring
}

func newDesk(w *world) *desk {
	k := &desk{world: w, regrets: drawRegrets(w.seed), barring: drawBarring(w.seed)}
	for no := range 1 + w.dice.IntN(3) {
		k.series = append(k.series, w.newSeries(no+1))
	}
	return k
}

// every has something happen again and again, so often on average; never if mean
// is zero.
func (k *desk) every(mean time.Duration, do func()) {
	if mean == 0 {
		return
	}
	k.after(k.dice.around(mean), func() {
		if k.trouble {
			do()
			k.every(mean, do)
		}
	})
}

// opened begins the history once the first process has read the files.
func (k *desk) opened() {
	if k.began {
		return
	}
	k.began = true
	for range 2 + k.dice.IntN(4) {
		k.join()
	}
	s := &k.swarm
	k.every(s.join, k.join)
	k.every(s.wish, k.wish)
	k.every(s.leave, k.leave)
	k.every(s.edit, func() { k.edit(pick(k.dice, k.series...)) })
	k.every(day, k.approve)
	k.membership()
	k.every(s.verb, k.verbs)
	k.every(s.resolve, k.resolve)
	k.every(6*time.Hour, k.resend)
	k.every(s.crash, func() { k.onProcess(func(p *process) { p.crash("") }) })
	k.every(s.restart, func() { k.onProcess((*process).stopSoftly) })
	k.every(s.freeze, func() { k.onProcess((*process).freeze) })
	k.every(s.power, k.cutPower)
	k.every(s.downtime, k.shutDown)
	k.every(s.diskFull, func() { k.troublesDisk(&k.disk.fullUntil, 15*time.Minute, "the disk is full") })
	k.every(s.diskLost, func() { k.troublesDisk(&k.disk.lostUntil, 15*time.Minute, "the disk reports errors") })
	k.every(s.locked, func() { k.troublesDisk(&k.disk.lockedUntil, 5*time.Minute, "somebody holds the lock") })
	k.every(s.clock, k.setClock)
	k.every(s.outage, func() {
		k.relay.downUntil = k.elapsed + k.dice.often(time.Minute, 3*day)
		k.note(nobody, "the relay goes down for %v", k.relay.downUntil-k.elapsed)
	})
}

// open returns a process whose pages and commands work, or nil.
func (k *desk) open() *process {
	var up []*process
	for _, p := range k.procs {
		if p.frozenUntil <= k.elapsed && p.shelf.programs != nil && !p.stopping {
			up = append(up, p)
		}
	}
	if len(up) == 0 {
		return nil
	}
	return pick(k.dice, up...)
}

// insist does something that its doer does again and again until it worked.
func (k *desk) insist(do func(p *process) error) {
	p := k.open()
	if p != nil {
		err := do(p)
		if err == nil || k.forgotten(err) {
			return
		}
		if !simulated(err) {
			k.must(err)
			return
		}
	}
	k.after(k.dice.upTo(time.Hour)+time.Minute, func() { k.insist(do) })
}

// try does something that is let be if the program is in trouble.
func (k *desk) try(do func(p *process) error) {
	if p := k.open(); p != nil {
		if err := do(p); err != nil && !simulated(err) && !k.forgotten(err) {
			k.must(err)
		}
	}
}

// forgotten reports whether something concerns what a copy that was put back does not
// know.
func (k *desk) forgotten(err error) bool {
	return k.tally.Restores > 0 && errors.Is(err, drip.ErrNotFound)
}

func (k *desk) newReader() *reader {
	no := len(k.readers) + 1
	address, err := mailaddr.Parse(fmt.Sprintf("reader%d@example.org", no))
	k.must(err)
	d, s := k.dice, &k.swarm
	r := &reader{
		no: no, address: address, zone: pick(d, zones[:]...), late: d.chance(0.5),
		greylisted: d.chance(s.greylisted), unknown: d.chance(s.unknown), poisoned: d.chance(s.poisoned),
		broken: d.chance(s.poisoned / 2), clicks: d.chance(0.8),
	}
	k.readers = append(k.readers, r)
	return r
}

// verb applies an operator's verb.
func (k *desk) verb(p *process, no drip.CampaignNo, verb store.CampaignVerb) bool {
	now := k.calendar()
	_, err := p.vault.ChangeCampaign(k.ctx, store.CampaignChange{Campaign: no, Verb: verb, Now: now})
	if err != nil {
		return simulated(err) || k.forgotten(err) || k.must(err)
	}
	for _, s := range k.series {
		if s.record == no {
			k.note(nobody, "series %d: %s", s.no, verb)
			k.model.verb(s, verb, now)
		}
	}
	return true
}

// verbs has the operator pause a series for a while, close it, or stop it for good.
func (k *desk) verbs() {
	s := pick(k.dice, k.series...)
	undo := map[store.CampaignVerb]store.CampaignVerb{store.PauseCampaign: store.ResumeCampaign, store.CloseCampaign: store.OpenCampaign}
	verb := pick(k.dice, store.PauseCampaign, store.PauseCampaign, store.PauseCampaign, store.CloseCampaign)
	if k.dice.chance(0.1) {
		verb = store.StopCampaign
	}
	k.try(func(p *process) error { k.verb(p, s.record, verb); return nil })
	if back, ok := undo[verb]; ok {
		k.after(k.dice.often(time.Hour, 8*day), func() {
			if !s.stopped {
				k.try(func(p *process) error { k.verb(p, s.record, back); return nil })
			}
		})
	}
}

// approve has somebody look at what was never approved, or was edited since.
func (k *desk) approve() {
	for _, s := range k.series {
		if s.campaign.Review == drip.ReviewRequired {
			k.try(func(p *process) error { return p.approve(s, 0.6) })
		}
	}
}

func (p *process) approve(s *series, share float64) error {
	w := p.world
	for i := range s.campaign.Issues {
		is := &s.campaign.Issues[i]
		if is.Draft || s.number(is.ID) == 0 || !w.dice.chance(share) {
			continue
		}
		content, err := p.save(s.text(is.ID))
		if err != nil {
			return err
		}
		err = p.vault.Approve(w.ctx, store.Approval{Issue: s.number(is.ID), Content: content, By: "the desk", At: w.calendar()})
		if err != nil {
			return err
		}
		s.approved[content] = true
		w.note(nobody, "series %d: %s is approved", s.no, is.ID)
	}
	p.readFiles()
	for _, other := range w.procs {
		other.readSoon()
	}
	return nil
}
