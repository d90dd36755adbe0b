package storetest

import (
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// askedNotice asks for a notice to an address, or for the private one if it is empty.
func (w *world) askedNotice(e drip.Enrollment, email string) drip.Notice {
	w.Helper()
	n := drip.Notice{Subscriber: e.Subscriber, Enrollment: e.ID, Kind: drip.NoticePrivate, AskedAt: w.machine}
	if email != "" {
		n.Kind, n.Email = drip.NoticeAddress, w.address(email)
	}
	stored, ok, err := w.store.AskNotice(w.ctx, n, store.NoticeLimit{})
	w.must(err)
	same(w, "asked", ok, true)
	return stored
}

// takes gives a person the address of a notice.
func (w *world) takes(n drip.Notice) (drip.Subscriber, error) {
	return w.store.TakeAddress(w.ctx, n.ID, hash(n.Email), store.Instant{Calendar: w.now, Machine: w.machine})
}

// moved gives the person of an enrollment another address.
func (w *world) moved(e drip.Enrollment, email string) drip.Subscriber {
	w.Helper()
	p, err := w.takes(w.askedNotice(e, email))
	w.must(err)
	return p
}

func noticeLaws() []law {
	return []law{
		{"AskNotice/ItGoesWithASignUpThatNobodyAnswers", func(w *world) {
			e := w.asked("silent@example.org")
			n := w.askedNotice(e, "")
			w.pass(week + time.Hour)
			same(w, "what was removed", w.sweep(), store.SignUpsSwept{Enrollments: 1, People: 1})
			_, err := w.store.Notice(w.ctx, n.ID)
			w.fails(err, drip.ErrNotFound)
		}},
		{"AskNotice/ItIsSentAtOnceAndOfferedOnce", func(w *world) {
			n := w.askedNotice(w.reader(), "")
			same(w, "it", n, drip.Notice{ID: n.ID, Subscriber: n.Subscriber, Enrollment: n.Enrollment, Kind: drip.NoticePrivate, AskedAt: w.machine, WakeAt: w.machine})
			none, err := w.store.TakeNotices(w.ctx, w.machine.Add(-time.Millisecond), 0)
			w.must(err)
			same(w, "too early", len(none), 0)
			got, err := w.store.TakeNotices(w.ctx, w.machine, 0)
			w.must(err)
			n.WakeAt, n.Tries = time.Time{}, 1
			if !slices.Equal(got, []drip.Notice{n}) {
				w.Errorf("taken are %v, want %v", got, n)
			}
			got, err = w.store.TakeNotices(w.ctx, w.machine, 0)
			w.must(err)
			same(w, "taken twice", len(got), 0)
			w.must(w.store.RetryNotice(w.ctx, n.ID, w.machine.Add(time.Minute)))
			got, err = w.store.TakeNotices(w.ctx, w.machine.Add(time.Minute), 0)
			w.must(err)
			same(w, "taken later", len(got), 1)
			same(w, "tries", got[0].Tries, 2)
		}},
		{"AskNotice/Limits", func(w *world) {
			e, since := w.reader(), w.machine.Add(-time.Hour)
			ask := func(e drip.Enrollment, kind drip.NoticeKind, email string, limit store.NoticeLimit) bool {
				n := drip.Notice{Subscriber: e.Subscriber, Enrollment: e.ID, Kind: kind, AskedAt: w.machine}
				if email != "" {
					n.Email = w.address(email)
				}
				_, ok, err := w.store.AskNotice(w.ctx, n, limit)
				w.must(err)
				return ok
			}
			person := store.NoticeLimit{Since: since, PerPerson: 2}
			for _, want := range []bool{true, true, false} {
				same(w, "the person's", ask(e, drip.NoticePrivate, "", person), want)
			}
			same(w, "of another kind", ask(e, drip.NoticeAddress, "one@example.net", person), true)
			same(w, "of another person", ask(w.reader(), drip.NoticePrivate, "", person), true)
			address := store.NoticeLimit{Since: since, PerAddress: 2}
			for _, want := range []bool{true, false} {
				same(w, "to the address", ask(w.reader(), drip.NoticeAddress, "ONE@example.net", address), want)
			}
			same(w, "to another spelling of it", ask(w.reader(), drip.NoticeAddress, "o.ne+more@example.net", address), false)
			same(w, "to somebody else there", ask(w.reader(), drip.NoticeAddress, "two@example.net", address), true)
			w.pass(2 * time.Hour)
			person.Since = w.machine.Add(-time.Hour)
			same(w, "after a while", ask(e, drip.NoticePrivate, "", person), true)
		}},
		{"CloseNotice/ItIsNotSentAndKeepsItsDate", func(w *world) {
			n := w.askedNotice(w.reader(), "")
			w.must(w.store.CloseNotice(w.ctx, n.ID, w.machine))
			w.must(w.store.CloseNotice(w.ctx, n.ID, w.machine.Add(time.Hour)))
			w.must(w.store.RetryNotice(w.ctx, n.ID, w.machine))
			got, err := w.store.Notice(w.ctx, n.ID)
			w.must(err)
			same(w, "closed", got.ClosedAt, w.machine)
			same(w, "to be sent", got.WakeAt, time.Time{})
			w.fails(w.store.CloseNotice(w.ctx, 9999, w.machine), drip.ErrNotFound)
			w.fails(w.store.RetryNotice(w.ctx, 9999, w.machine), drip.ErrNotFound)
			_, err = w.takes(w.askedNotice(w.reader(), ""))
			w.fails(err, drip.ErrNotFound)
		}},
		{"ForgetNotices/OldOnesGoAndNumbersAreNotGivenAgain", func(w *world) {
			e := w.reader()
			n := w.askedNotice(e, "")
			w.must(w.store.ForgetNotices(w.ctx, w.machine))
			_, err := w.store.Notice(w.ctx, n.ID)
			w.must(err)
			w.must(w.store.ForgetNotices(w.ctx, w.machine.Add(time.Millisecond)))
			_, err = w.store.Notice(w.ctx, n.ID)
			w.fails(err, drip.ErrNotFound)
			if next := w.askedNotice(e, ""); next.ID <= n.ID {
				w.Errorf("number %d was given again: %d", n.ID, next.ID)
			}
		}},
		{"TakeAddress/EverythingElseStaysTheirs", func(w *world) {
			e := w.reader()
			w.send(e.ID, "a")
			f, old := w.claim(e.ID, "b"), w.hashOf(e.Subscriber)
			n, private := w.askedNotice(e, "new@example.net"), w.askedNotice(e, "")
			p, err := w.takes(n)
			w.must(err)
			same(w, "the address", p.Email, w.address("new@example.net"))
			if w.mark(f) {
				w.Error("what was claimed for the old address was marked")
			}
			w.pass(week)
			w.send(e.ID, "b")
			former, err := w.store.Former(w.ctx, p.ID)
			w.must(err)
			if !slices.Equal(former, []mailaddr.Hash{old}) {
				w.Errorf("the former addresses are %v, want %v", former, old)
			}
			private, err = w.store.Notice(w.ctx, private.ID)
			w.must(err)
			same(w, "their other notices are closed", private.ClosedAt, w.machine.Add(-week))
			again, err := w.takes(n)
			w.must(err)
			same(w, "the revision, done again", again.Revision, p.Revision)
		}},
		{"TakeAddress/NotOfOthersNorOfSuppressed", func(w *world) {
			w.person()
			taken := w.askedNotice(w.reader(), "reader1@example.org")
			_, err := w.takes(taken)
			w.fails(err, drip.ErrTaken)
			gone := w.address("gone@example.net")
			w.must(w.store.Suppress(w.ctx, w.suppression(gone, drip.SuppressedByReader), gone))
			_, err = w.takes(w.askedNotice(w.reader(), "gone@example.net"))
			w.fails(err, drip.ErrSuppressed)
			e := w.reader()
			n := w.askedNotice(e, "free@example.net")
			w.suppressed(e, drip.SuppressedByBounce)
			_, err = w.takes(n)
			w.fails(err, drip.ErrSuppressed)
		}},
		{"TakeAddress/AClosedNoticeGivesNone", func(w *world) {
			n := w.askedNotice(w.reader(), "no@example.net")
			w.must(w.store.CloseNotice(w.ctx, n.ID, w.machine))
			_, err := w.takes(n)
			w.fails(err, drip.ErrNotFound)
		}},
		{"TakeAddress/BouncesOfTheOldAddressSuppressNobody", func(w *world) {
			e := w.reader()
			f := w.claim(e.ID, "a")
			w.mustMark(f)
			p := w.moved(e, "moved@example.net")
			o := w.outcome(f, drip.DeliveryRefused)
			o.Suppress = drip.SuppressedByBounce
			same(w, "settled", w.round([]store.Outcome{o}, nil).Settled[0], true)
			_, err := w.store.Suppressed(w.ctx, hash(p.Email))
			w.fails(err, drip.ErrNotFound)
			same(w, "the enrollment", w.enrollment(e.ID).State, drip.EnrollmentActive)
			w.pass(time.Hour)
			f = w.claim(e.ID, "b")
			w.mustMark(f)
			o = w.outcome(f, drip.DeliveryRefused)
			o.Suppress = drip.SuppressedByBounce
			w.round([]store.Outcome{o}, nil)
			_, err = w.store.Suppressed(w.ctx, hash(p.Email))
			w.must(err)
		}},
		{"Erase/FormerAddressesStayAway", func(w *world) {
			e := w.reader()
			old := w.hashOf(e.Subscriber)
			p := w.moved(e, "erased@example.net")
			w.askedNotice(e, "another@example.net")
			w.must(w.store.Erase(w.ctx, p.ID, w.suppression(p.Email, drip.SuppressedByErasure)))
			got, err := w.store.Suppressed(w.ctx, old)
			w.must(err)
			same(w, "why the former one is", got.Reason, drip.SuppressedByErasure)
		}},
		{"Suppress/ByTheReaderMeansFormerAddressesToo", func(w *world) {
			for _, reason := range []drip.SuppressionReason{drip.SuppressedByReader, drip.SuppressedByBounce} {
				e := w.reader()
				old := w.hashOf(e.Subscriber)
				w.moved(e, string(reason)+"@example.net")
				back := w.suppressed(e, reason)
				_, err := w.store.Suppressed(w.ctx, old)
				if reason == drip.SuppressedByBounce {
					w.fails(err, drip.ErrNotFound)
					continue
				}
				w.must(err)
				w.undo(back)
				_, err = w.store.Suppressed(w.ctx, old)
				w.fails(err, drip.ErrNotFound)
			}
		}},
		{"ImportRows/AFormerAddressBringsNobodyIn", func(w *world) {
			e := w.reader()
			old := w.hashOf(e.Subscriber)
			p := w.moved(e, "new@example.net")
			row := w.row("reader1@example.org", "Other", "")
			same(w, "the address", row.Hash, old)
			for _, state := range []drip.EnrollmentState{drip.EnrollmentActive, drip.EnrollmentLeft} {
				out := w.imported(w.enrolling(w.batch()), w.row("other@example.org", "", ""), row)
				same(w, "the outcome", out[1], store.RowOutcome{Result: store.RowUnchanged, Subscriber: p.ID, Former: true})
				list := w.enrollmentsOf(p.ID)
				same(w, "their enrollments", len(list), 1)
				same(w, "the state", list[0].State, state)
				w.leave(e.ID)
			}
			w.must(w.store.Suppress(w.ctx, w.suppression(p.Email, drip.SuppressedByBounce), p.Email))
			out := w.imported(w.enrolling(w.batch()), row)
			same(w, "when they are suppressed", out[0], store.RowOutcome{Result: store.RowSuppressed})
			w.asked(row.Email.String())
			out = w.imported(store.ImportChunk{}, row)
			same(w, "when somebody has it", out[0].Former, false)
		}},
		{"Former/NotThoseThatOthersHaveNow", func(w *world) {
			e := w.reader()
			p, err := w.store.Subscriber(w.ctx, e.Subscriber)
			w.must(err)
			w.moved(e, "elsewhere@example.net")
			w.asked(p.Email.String())
			former, err := w.store.Former(w.ctx, e.Subscriber)
			w.must(err)
			same(w, "former addresses", len(former), 0)
			w.suppressed(e, drip.SuppressedByReader)
			_, err = w.store.Suppressed(w.ctx, hash(p.Email))
			w.fails(err, drip.ErrNotFound)
		}},
	}
}
