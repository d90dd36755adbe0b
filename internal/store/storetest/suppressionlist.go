package storetest

import (
	"time"

	"partwork/internal/drip"
)

func suppressionListLaws() []law {
	return []law{
		{"SuppressAll/EndsWhatIsOpenAndCountsTheNew", func(w *world) {
			e, other := w.reader(), w.reader()
			w.pass(time.Hour)
			a, b := w.hashOf(e.Subscriber), hash(w.address("stranger@example.org"))
			list := []drip.Suppression{
				{Hash: a, Reason: drip.SuppressedByReader, At: w.now}, {Hash: b, Reason: drip.SuppressedByBounce, At: w.now},
				{Hash: b, Reason: drip.SuppressedByReader, At: w.now},
			}
			n, err := w.store.SuppressAll(w.ctx, list)
			w.must(err)
			same(w, "new", n, 2)
			same(w, "the state", w.enrollment(e.ID).State, drip.EnrollmentLeft)
			same(w, "another's state", w.enrollment(other.ID).State, drip.EnrollmentActive)
			n, err = w.store.SuppressAll(w.ctx, list)
			w.must(err)
			same(w, "new again", n, 0)
			page, err := w.store.SuppressionsAfter(w.ctx, drip.Suppression{}, 1)
			w.must(err)
			rest, err := w.store.SuppressionsAfter(w.ctx, page[0], 0)
			w.must(err)
			same(w, "listed", len(page)+len(rest), 2)
			for _, entry := range append(page, rest...) {
				if entry.Hash == b {
					same(w, "the first reason", entry.Reason, drip.SuppressedByBounce)
				}
			}
		}},
		{"Lift/BringsNobodyBack", func(w *world) {
			e := w.reader()
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			_, err = w.store.Lift(w.ctx, hash(p.Email), "", p.Email)
			w.fails(err, drip.ErrNotFound)
			w.must(w.store.Suppress(w.ctx, w.suppression(p.Email, drip.SuppressedByComplaint), p.Email))
			entry, err := w.store.Lift(w.ctx, hash(p.Email), "", p.Email)
			w.must(err)
			same(w, "the reason", entry.Reason, drip.SuppressedByComplaint)
			_, err = w.store.Suppressed(w.ctx, hash(p.Email))
			w.fails(err, drip.ErrNotFound)
			after, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			same(w, "the person's suppression", after.SuppressedAt.IsZero(), true)
			same(w, "the state", w.enrollment(e.ID).State, drip.EnrollmentLeft)
			out := w.imported(w.enrolling(w.list()), w.row(p.Email.String(), "", ""))
			same(w, "enrolled by a list", string(out[0].Enroll), "left")
		}},
		{"Lift/AnErasureIsForGood", func(w *world) {
			p := w.person()
			w.must(w.store.Erase(w.ctx, p.ID, w.suppression(p.Email, drip.SuppressedByErasure)))
			_, err := w.store.Lift(w.ctx, hash(p.Email), "", p.Email)
			w.fails(err, drip.ErrConflict)
		}},
		{"Withdraw/EveryReasonIsLiftedByItsOwnLine", func(w *world) {
			h := hash(w.address("a@example.org"))
			at := func(reason drip.SuppressionReason, lifted bool, after time.Duration) drip.Withdrawal {
				return drip.Withdrawal{Hash: h, At: w.now.Add(after), Suppressed: reason, Lifted: lifted}
			}
			w.withdrawn(
				at(drip.SuppressedByAdmin, false, 0), at(drip.SuppressedByBounce, false, time.Minute),
				at(drip.SuppressedByBounce, true, time.Hour), at(drip.SuppressedByAdmin, true, time.Hour),
			)
			_, err := w.store.Suppressed(w.ctx, h)
			w.fails(err, drip.ErrNotFound)
		}},
	}
}
