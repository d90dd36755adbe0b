package sim

import (
	"time"

	"partwork/internal/scheduler"
	"partwork/internal/store"
)

// snipe has somebody do something at the very worst moment, now and then: when a
// message to a reader is on its way. Left to chance, hardly anybody would.
func (k *desk) snipe(pa *passage) {
	if pa == nil || !k.trouble || !k.dice.chance(k.swarm.snipe) {
		return
	}
	wait := k.dice.upTo(time.Duration(k.swarm.slow*8) * time.Millisecond)
	if k.dice.chance(0.3) {
		wait = k.dice.upTo(2 * time.Minute)
	}
	what := k.dice.IntN(8)
	k.after(wait, func() {
		if pa.reader.erased || !k.trouble {
			return
		}
		switch what {
		case 0:
			k.leaves(pa)
		case 1:
			k.try(func(p *process) error { k.verb(p, pa.series.record, store.PauseCampaign); return nil })
			k.after(k.dice.often(time.Minute, 2*day), func() {
				if !pa.series.stopped {
					k.try(func(p *process) error { k.verb(p, pa.series.record, store.ResumeCampaign); return nil })
				}
			})
		case 2:
			k.rewrite(pa.series)
		case 3:
			k.edit(pa.series)
		case 4:
			k.onProcess((*process).freeze)
		default:
			if pa.state == active {
				k.wishes(pa)
			}
		}
	})
}

// snipe aims at those about whom a plan decides.
func (p *process) snipe(e scheduler.Commit) {
	for i := range e.Plan.Decisions {
		if e.Plan.Decisions[i].Kind == store.DecideClaim {
			p.world.desk.snipe(p.world.model.passages[e.Plan.Decisions[i].Enrollment])
			return
		}
	}
}
