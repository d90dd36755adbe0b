package storetest

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// togetherLaws hold while several goroutines use the store at once.
func togetherLaws() []law {
	return []law{
		{"Together/NoMarkCommitsAfterLeaveReturned", noMarkAfterLeave},
		{"Together/LeavingWinsOverStartingOver", func(w *world) {
			ids := make([]drip.EnrollmentID, 30)
			for i := range ids {
				ids[i] = w.reader().ID
			}
			w.atOnce(4, func(i int) error {
				for n := range ids {
					var err error
					if i < 2 {
						_, err = w.store.StartOver(w.ctx, ids[n], w.now)
					} else { // from the other end: some are before it, some after
						_, err = w.store.Leave(w.ctx, ids[len(ids)-1-n], drip.LeftByReader, w.now)
					}
					if err != nil {
						return err
					}
				}
				return nil
			})
			for _, id := range ids {
				for _, e := range w.enrollmentsOf(w.enrollment(id).Subscriber) {
					same(w, "the state", e.State, drip.EnrollmentLeft)
				}
			}
		}},
		{"Together/OneClaimWins", func(w *world) {
			e := w.reader()
			d := w.decision(store.DecideClaim, e.ID, "a")
			var claims atomic.Int64
			w.atOnce(8, func(i int) error {
				plan := store.PlanCommit{Owner: int64(i + 1), Calendar: w.now, Machine: w.machine, Decisions: []store.Decision{d}}
				n, err := w.store.CommitPlan(w.ctx, plan)
				claims.Add(int64(n))
				return err
			})
			same(w, "the number of claims", claims.Load(), 1)
		}},
		{"Together/OneMarkWins", func(w *world) {
			f := w.claim(w.reader().ID, "a")
			var marks atomic.Int64
			w.atOnce(8, func(int) error {
				result, err := w.store.CommitRound(w.ctx, store.Round{
					Calendar: w.now, Machine: w.machine, Marks: []store.Mark{w.markOf(f)},
				})
				if err == nil && result.Marked[0] {
					marks.Add(1)
				}
				return err
			})
			same(w, "the number of marks", marks.Load(), 1)
			w.mustSettle(f, drip.DeliverySent)
		}},
		{"Together/OneConfirmationWins", func(w *world) {
			e := w.pending()
			results := make([]drip.Enrollment, 8)
			w.atOnce(len(results), func(i int) (err error) {
				results[i], err = w.store.Confirm(w.ctx, e.ID, w.consent())
				return err
			})
			for _, got := range results {
				same(w, "the enrollment", got, results[0])
			}
		}},
	}
}

// atOnce runs n goroutines and waits for them.
func (w *world) atOnce(n int, do func(i int) error) {
	w.Helper()
	var group sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		group.Go(func() {
			<-start
			if err := do(i); err != nil {
				w.Error(err)
			}
		})
	}
	close(start)
	group.Wait()
}

// noMarkAfterLeave has two processes claim and mark while readers leave. Each
// goroutine notes what it knows; the notes must agree.
func noMarkAfterLeave(w *world) {
	const readers, rounds = 40, 60
	ids := make([]drip.EnrollmentID, readers)
	for i := range ids {
		ids[i] = w.reader().ID
	}
	var left [readers]atomic.Bool // Leave has returned
	process := func(owner int64) error {
		random := rand.New(rand.NewPCG(1, uint64(owner)))
		for n := range rounds {
			if err := w.work(owner, n, ids, &left, random); err != nil {
				return err
			}
		}
		return nil
	}
	w.atOnce(4, func(i int) error {
		if i < 2 {
			return process(int64(i + 1))
		}
		random := rand.New(rand.NewPCG(2, uint64(i)))
		for range readers / 2 {
			n := random.IntN(readers)
			if _, err := w.store.Leave(w.ctx, ids[n], drip.LeftByReader, w.now); err != nil {
				return err
			}
			left[n].Store(true)
			time.Sleep(time.Duration(random.IntN(3)) * time.Millisecond) // spread over the rounds
		}
		return nil
	})
}

// work claims what is due and marks it, looking before each mark at who has
// left for sure.
func (w *world) work(owner int64, n int, ids []drip.EnrollmentID, left *[40]atomic.Bool, random *rand.Rand) error {
	due, err := w.store.Due(w.ctx, store.DueQuery{Calendar: w.now, Machine: w.machine, Limit: 7})
	if err != nil {
		return err
	}
	plan := store.PlanCommit{Owner: owner, Calendar: w.now, Machine: w.machine}
	for _, d := range due {
		if d.Open != nil && d.Open.State != drip.DeliveryPlanned {
			continue
		}
		issue := w.issue([]string{"a", "b", "c"}[min(len(d.Had), 2)])
		dec := store.Decision{
			Kind: store.DecideClaim, Enrollment: d.Enrollment.ID, Revision: d.Enrollment.Revision, Issue: issue,
			Content: w.content, Lease: w.machine.Add(leaseTime + time.Duration(n)*time.Millisecond),
		}
		if d.Open != nil {
			dec.Attempt, dec.Issue = d.Open.Attempt, d.Open.Issue
		} else if len(d.Had) == 3 {
			dec.Kind = store.DecideFinish
		}
		plan.Decisions = append(plan.Decisions, dec)
	}
	if _, err := w.store.CommitPlan(w.ctx, plan); err != nil {
		return err
	}
	claims, _, err := w.store.Claims(w.ctx, owner, store.Cursor{}, 10)
	if err != nil {
		return err
	}
	index := make(map[drip.EnrollmentID]int)
	for i, id := range ids {
		index[id] = i
	}
	round := store.Round{Calendar: w.now, Machine: w.machine}
	var gone []bool
	for _, c := range claims {
		f := store.Fence{DeliveryKey: c.Delivery.DeliveryKey, Attempt: c.Delivery.Attempt}
		gone = append(gone, left[index[f.Enrollment]].Load())
		round.Marks = append(round.Marks, w.markOf(f))
	}
	result, err := w.store.CommitRound(w.ctx, round)
	if err != nil {
		return err
	}
	outcomes := store.Round{Calendar: w.now, Machine: w.machine}
	for i, marked := range result.Marked {
		if marked && gone[i] {
			w.Errorf("enrollment %d was marked after Leave had returned", round.Marks[i].Enrollment)
		}
		if marked {
			state := []drip.DeliveryState{drip.DeliverySent, drip.DeliverySent, drip.DeliveryPlanned}[random.IntN(3)]
			outcomes.Outcomes = append(outcomes.Outcomes, w.outcome(round.Marks[i].Fence, state))
		}
	}
	_, err = w.store.CommitRound(w.ctx, outcomes)
	return err
}
