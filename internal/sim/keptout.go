package sim

import (
	"math/rand/v2"

	"partwork/internal/drip"
)

// barring decides whom an operator keeps out of a series instead of their leaving it. It
// draws from a source of its own, as regrets do.
type barring struct {
	dice
	share float64 // of those who would leave
}

func drawBarring(seed uint64) barring {
	d := dice{rand.New(rand.NewPCG(seed, 0x626172))}
	return barring{d, d.share(0.3, 0.05, 0.5)}
}

// keepsOut has an operator keep a reader out of a series; the others go on.
func (k *desk) keepsOut(r *reader, s *series) {
	k.insist(func(p *process) error {
		if r.erased {
			return nil
		}
		err := p.audience.KeepOut(k.ctx, r.address, s.current().Key, drip.SuppressedByComplaint)
		if err == nil {
			k.model.keptOut(r, s)
			k.note(r.no, "is kept out of series %d", s.no)
		}
		return err
	})
}

// keptOut notes that a reader must not be mailed a series, whatever becomes of the database.
func (m *model) keptOut(r *reader, s *series) {
	if r.barred == nil {
		r.barred = map[*series]bool{}
	}
	r.barred[s] = true
	m.left(r, s)
}
