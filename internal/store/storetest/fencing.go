package storetest

import (
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// otherOwner is a process that is gone.
const otherOwner int64 = 8

func fencingLaws() []law {
	return []law{
		{"TakeOver/ClaimsOfOthersArePlannedAndDue", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.rest(e.ID)
			taken, err := w.store.TakeOver(w.ctx, otherOwner, w.now)
			w.must(err)
			same(w, "what was taken over", taken, store.TakenOver{Claims: 1})
			w.stateIs(f, drip.DeliveryPlanned)
			if !w.isDue(e.ID) {
				w.Error("the claim of a dead process is not due at once")
			}
			if w.mark(f) {
				w.Error("the dead process could mark its claim")
			}
		}},
		{"TakeOver/WhatOthersWereSendingIsUnknown", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.mustMark(f)
			w.rest(e.ID)
			taken, err := w.store.TakeOver(w.ctx, otherOwner, w.now)
			w.must(err)
			same(w, "what was taken over", taken, store.TakenOver{Unknown: 1})
			w.stateIs(f, drip.DeliveryUnknown)
			attempts, err := w.store.Attempts(w.ctx, f.DeliveryKey)
			w.must(err)
			if len(attempts) != 1 || attempts[0].Class != drip.ClassUnknown || attempts[0].Attempt != f.Attempt {
				w.Errorf("the attempts kept are %v", attempts)
			}
			if !w.isDue(e.ID) {
				w.Error("the series does not go on")
			}
		}},
		{"TakeOver/OfOneWhoLeftAsWell", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.mustMark(f)
			w.leave(e.ID)
			taken, err := w.store.TakeOver(w.ctx, otherOwner, w.now)
			w.must(err)
			same(w, "what was taken over", taken, store.TakenOver{Unknown: 1})
			w.stateIs(f, drip.DeliveryUnknown)
		}},
		{"TakeOver/OwnWorkStays", func(w *world) {
			claimed, sending := w.claim(w.reader().ID, "a"), w.claim(w.reader().ID, "a")
			w.mustMark(sending)
			for range 2 {
				taken, err := w.store.TakeOver(w.ctx, owner, w.now)
				w.must(err)
				same(w, "what was taken over", taken, store.TakenOver{})
			}
			w.stateIs(claimed, drip.DeliveryClaimed)
			w.stateIs(sending, drip.DeliverySending)
		}},
		{"TakeOver/RetriesKeepTheirTime", func(w *world) {
			f := w.claim(w.reader().ID, "a")
			w.mustSettle(f, drip.DeliveryDeferred)
			_, err := w.store.TakeOver(w.ctx, otherOwner, w.now)
			w.must(err)
			w.stateIs(f, drip.DeliveryDeferred)
		}},
		{"Server/NobodyIsNotFound", func(w *world) {
			_, err := w.store.Server(w.ctx)
			w.fails(err, drip.ErrNotFound)
		}},
		{"Server/TheLatestToOccupyItIs", func(w *world) {
			first := store.Server{Owner: 7, PID: 42, Host: "one", Machine: "m1", StartedAt: w.machine}
			w.must(w.store.Occupy(w.ctx, first))
			w.must(w.store.Beat(w.ctx, 7))
			got, err := w.store.Server(w.ctx)
			w.must(err)
			first.Beat++
			same(w, "the server", got, first)
			second := store.Server{Owner: 8, PID: 43, Host: "two", Machine: "m2", StartedAt: w.machine.Add(time.Hour)}
			w.must(w.store.Occupy(w.ctx, second))
			w.fails(w.store.Beat(w.ctx, 7), drip.ErrConflict)
			w.must(w.store.Vacate(w.ctx, 7))
			got, err = w.store.Server(w.ctx)
			w.must(err)
			same(w, "the server", got, second)
			w.must(w.store.Vacate(w.ctx, 8))
			w.must(w.store.Vacate(w.ctx, 8))
			_, err = w.store.Server(w.ctx)
			w.fails(err, drip.ErrNotFound)
			w.fails(w.store.Beat(w.ctx, 8), drip.ErrConflict)
		}},
	}
}
