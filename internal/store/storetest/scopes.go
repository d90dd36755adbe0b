package storetest

import (
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// outOf is a suppression of an address for the world's campaign.
func (w *world) outOf(a mailaddr.Address) drip.Suppression {
	s := w.suppression(a, drip.SuppressedByAdmin)
	s.Campaign = w.campaign.Key
	return s
}

// keptOut suppresses the person of an enrollment for the world's campaign.
func (w *world) keptOut(e drip.Enrollment) drip.Suppression {
	w.Helper()
	p, err := w.store.Subscriber(w.ctx, e.Subscriber)
	w.must(err)
	s := w.outOf(p.Email)
	w.must(w.store.Suppress(w.ctx, s, p.Email))
	return s
}

// heldBy expects the entries of a hash, in their order.
func (w *world) heldBy(h mailaddr.Hash, want ...drip.Suppression) {
	w.Helper()
	got, err := w.store.SuppressionsOf(w.ctx, h)
	w.must(err)
	if !slices.Equal(got, want) {
		w.Errorf("the entries are %v, want %v", got, want)
	}
}

// emailOf returns the address of a person.
func (w *world) emailOf(id drip.SubscriberID) mailaddr.Address {
	w.Helper()
	p, err := w.store.Subscriber(w.ctx, id)
	w.must(err)
	return p.Email
}

// scopeLaws are about suppressions for one campaign.
func scopeLaws() []law {
	return []law{
		{"Suppress/ForACampaignEndsThatOneOnly", func(w *world) {
			for _, byAddress := range []bool{true, false} {
				e := w.reader()
				other := w.another(e)
				f := w.claim(e.ID, "a")
				email := w.emailOf(e.Subscriber)
				s := w.outOf(email)
				if byAddress {
					w.must(w.store.Suppress(w.ctx, s, email))
				} else {
					w.must(w.store.Suppress(w.ctx, s, mailaddr.Address{}))
				}
				if w.mark(f) {
					w.Error("a mark was made after the suppression")
				}
				same(w, "why it was skipped", w.delivery(f).Reason, drip.ReasonSuppressed)
				same(w, "why it ended", w.enrollment(e.ID).LeftReason, drip.LeftSuppressed)
				same(w, "the other series", w.enrollment(other.ID).State, drip.EnrollmentActive)
				p, err := w.store.Subscriber(w.ctx, e.Subscriber)
				w.must(err)
				same(w, "the person is not suppressed", p.SuppressedAt.IsZero(), true)
				_, err = w.store.Suppressed(w.ctx, s.Hash)
				w.fails(err, drip.ErrNotFound)
			}
		}},
		{"Suppress/ForACampaignEndsWhoWaitsForTheirConfirmation", func(w *world) {
			e := w.pending()
			w.keptOut(e)
			after, err := w.store.Confirm(w.ctx, e.ID, w.consent())
			w.must(err)
			same(w, "the state", after.State, drip.EnrollmentLeft)
		}},
		{"Suppress/ForACampaignFirstReasonStays", func(w *world) {
			a := w.address("a@example.org")
			first := w.outOf(a)
			w.must(w.store.Suppress(w.ctx, first, a))
			w.pass(time.Hour)
			again := w.outOf(a)
			again.Reason = drip.SuppressedByComplaint
			w.must(w.store.Suppress(w.ctx, again, a))
			w.heldBy(hash(a), first)
		}},
		{"Suppress/ForACampaignByTheReaderMeansFormerAddressesToo", func(w *world) {
			for _, reason := range []drip.SuppressionReason{drip.SuppressedByReader, drip.SuppressedByBounce} {
				e := w.reader()
				old := w.hashOf(e.Subscriber)
				p := w.moved(e, string(reason)+"@example.net")
				s := w.outOf(p.Email)
				s.Reason = reason
				w.must(w.store.Suppress(w.ctx, s, p.Email))
				list, err := w.store.SuppressionsOf(w.ctx, old)
				w.must(err)
				same(w, "the former address is kept out, "+string(reason), len(list) == 1, reason == drip.SuppressedByReader)
			}
		}},
		{"Enroll/WhoIsKeptOutStaysOut", func(w *world) {
			e := w.reader()
			other := w.another(e)
			w.keptOut(e)
			_, err := w.store.Enroll(w.ctx, store.NewEnrollment{
				Subscriber: e.Subscriber, Campaign: w.campaign.No, Start: drip.StartAtSlot, Consent: w.batch().Consent, Now: w.now,
			})
			w.fails(err, drip.ErrKeptOut)
			w.leave(other.ID)
			_, err = w.store.Enroll(w.ctx, store.NewEnrollment{
				Subscriber: e.Subscriber, Campaign: other.Campaign, Start: drip.StartAtSlot, Consent: w.batch().Consent, Now: w.now,
			})
			w.must(err)
		}},
		{"ImportRows/WhoIsKeptOutComesInAndIsNotEnrolled", func(w *world) {
			stranger := w.row("stranger@example.org", "", "")
			known := w.person()
			w.must(w.store.Suppress(w.ctx, w.outOf(stranger.Email), stranger.Email))
			w.must(w.store.Suppress(w.ctx, w.outOf(known.Email), known.Email))
			batch := w.list()
			chunk := w.enrolling(batch)
			chunk.To = 3
			out := w.imported(chunk, stranger, w.row(known.Email.String(), "", ""), w.row("other@example.org", "", ""))
			for i, want := range []store.RowResult{store.RowNew, store.RowUnchanged, store.RowNew} {
				if got := out[i].Result; got != want && (i != 1 || got != store.RowUpdated) { // a consent is news
					w.Errorf("row %d is %s, want %s", i, got, want)
				}
			}
			for i, want := range []store.EnrollResult{store.EnrollKeptOut, store.EnrollKeptOut, store.EnrollActive} {
				same(w, "the enrolling", out[i].Enroll, want)
			}
			same(w, "the stranger's enrollments", len(w.enrollmentsOf(out[0].Subscriber)), 0)
			same(w, "the known one's", len(w.enrollmentsOf(known.ID)), 0)
			b, err := w.store.Batch(w.ctx, batch.Batch)
			w.must(err)
			same(w, "counted with the batch", b.Counts.KeptOut, 2)
			elsewhere := w.enrolling(w.list())
			elsewhere.Enroll.Campaign = w.another(w.reader()).Campaign
			same(w, "in another campaign", w.imported(elsewhere, stranger)[0].Enroll, store.EnrollActive)
		}},
		{"ImportRows/RowsThatWithdrawCanBeForACampaign", func(w *world) {
			e := w.reader()
			other := w.another(e)
			email := w.emailOf(e.Subscriber)
			row := w.carrying(email.String(), store.Carried{Withdrawn: drip.SuppressedByComplaint})
			out := w.imported(store.ImportChunk{KeepOutOf: w.campaign.Key}, row)
			same(w, "it withdrew", out[0].Withdrawn, true)
			same(w, "the series", w.enrollment(e.ID).State, drip.EnrollmentLeft)
			same(w, "the other series", w.enrollment(other.ID).State, drip.EnrollmentActive)
			want := w.outOf(email)
			want.Reason = drip.SuppressedByComplaint
			w.heldBy(row.Hash, want)
			same(w, "it withdrew again", w.imported(store.ImportChunk{KeepOutOf: w.campaign.Key}, row)[0].Withdrawn, false)
		}},
		{"UndoImport/WhoIsKeptOutIsKeptOutAfterwards", func(w *world) {
			row := w.row("a@example.org", "", "")
			w.must(w.store.Suppress(w.ctx, w.outOf(row.Email), row.Email))
			batch := w.list()
			w.imported(w.enrolling(batch), row)
			same(w, "removed", w.undoBatch(batch.Batch, false).People, 1)
			same(w, "imported again", w.imported(w.enrolling(w.list()), row)[0].Enroll, store.EnrollKeptOut)
		}},
		{"SignUp/NothingIsSentToWhoIsKeptOut", func(w *world) {
			gone := w.address("gone@example.org")
			w.must(w.store.Suppress(w.ctx, w.outOf(gone), gone))
			w.signUp(w.requested("gone@example.org"), store.SignUpNothing)
			detail := w.requested("gone+1@example.org")
			detail.Others = []mailaddr.Hash{hash(gone)}
			w.signUp(detail, store.SignUpNothing)
			for _, email := range []string{"gone@example.org", "gone+1@example.org"} {
				_, err := w.store.SubscriberByEmail(w.ctx, w.address(email))
				w.fails(err, drip.ErrNotFound)
			}
			elsewhere := w.requested("gone@example.org")
			elsewhere.Campaign = w.another(w.reader()).Campaign
			w.signUp(elsewhere, store.SignUpAsked)
		}},
		{"Undo/NotOfWhoIsKeptOut", func(w *world) {
			e := w.reader()
			left := w.leave(e.ID)
			w.keptOut(e)
			w.refusesToUndo(w.goBack(left))
			f := w.reader()
			everything := w.suppressed(f, drip.SuppressedByReader)
			w.keptOut(f)
			list, err := w.store.Undo(w.ctx, everything)
			w.must(err)
			same(w, "what goes on", len(list), 0)
		}},
		{"TakeAddress/WhoIsKeptOutStaysOut", func(w *world) {
			e := w.reader()
			other := w.another(e)
			s := w.keptOut(e)
			n := w.askedNotice(other, "moved@example.net")
			w.pass(time.Hour)
			p, err := w.takes(n)
			w.must(err)
			w.heldBy(s.Hash, s)
			s.Hash, s.At = hash(p.Email), w.now
			w.heldBy(s.Hash, s)
			same(w, "the other series", w.enrollment(other.ID).State, drip.EnrollmentActive)
			same(w, "imported", w.imported(w.enrolling(w.list()), w.row("moved@example.net", "", ""))[0].Enroll, store.EnrollKeptOut)
		}},
		{"TakeAddress/NotOneThatIsKeptOutOfWhatTheyAreIn", func(w *world) {
			gone := w.address("gone@example.net")
			w.must(w.store.Suppress(w.ctx, w.outOf(gone), gone))
			e := w.reader()
			n := w.askedNotice(e, "gone@example.net")
			_, err := w.takes(n)
			w.fails(err, drip.ErrSuppressed)
			w.leave(e.ID)
			_, err = w.takes(n)
			w.must(err)
		}},
		{"Erase/WhoIsKeptOutStaysOut", func(w *world) {
			e := w.reader()
			s := w.keptOut(e)
			erased := drip.Suppression{Hash: s.Hash, Reason: drip.SuppressedByErasure, At: w.now}
			w.must(w.store.Erase(w.ctx, e.Subscriber, erased))
			w.heldBy(s.Hash, erased, s)
		}},
		{"Lift/OfOneScopeLeavesTheOthers", func(w *world) {
			a := w.address("a@example.org")
			everything, here, there := w.suppression(a, drip.SuppressedByBounce), w.outOf(a), w.outOf(a)
			there.Campaign = "k9"
			for _, s := range []drip.Suppression{there, here, everything} {
				w.must(w.store.Suppress(w.ctx, s, a))
			}
			w.heldBy(hash(a), everything, here, there)
			got, err := w.store.Lift(w.ctx, hash(a), "", a)
			w.must(err)
			same(w, "what was lifted", got, everything)
			w.heldBy(hash(a), here, there)
			w.must(w.store.Suppress(w.ctx, everything, a))
			got, err = w.store.Lift(w.ctx, hash(a), w.campaign.Key, a)
			w.must(err)
			same(w, "what was lifted for the campaign", got, here)
			w.heldBy(hash(a), everything, there)
			_, err = w.store.Lift(w.ctx, hash(a), w.campaign.Key, a)
			w.fails(err, drip.ErrNotFound)
		}},
		{"Lift/ForACampaignBringsNobodyBack", func(w *world) {
			e := w.reader()
			s := w.keptOut(e)
			_, err := w.store.Lift(w.ctx, s.Hash, s.Campaign, w.emailOf(e.Subscriber))
			w.must(err)
			same(w, "the state", w.enrollment(e.ID).State, drip.EnrollmentLeft)
			w.mustDo(w.store.Confirm(w.ctx, w.inviteAgain(e).ID, w.consent()))
		}},
		{"SuppressedIn/EverythingComesFirst", func(w *world) {
			a := w.address("a@example.org")
			_, err := w.store.SuppressedIn(w.ctx, hash(a), w.campaign.No)
			w.fails(err, drip.ErrNotFound)
			here := w.outOf(a)
			w.must(w.store.Suppress(w.ctx, here, a))
			got, err := w.store.SuppressedIn(w.ctx, hash(a), w.campaign.No)
			w.must(err)
			same(w, "for the campaign", got, here)
			_, err = w.store.SuppressedIn(w.ctx, hash(a), w.another(w.reader()).Campaign)
			w.fails(err, drip.ErrNotFound)
			everything := w.suppression(a, drip.SuppressedByReader)
			w.must(w.store.Suppress(w.ctx, everything, a))
			got, err = w.store.SuppressedIn(w.ctx, hash(a), w.campaign.No)
			w.must(err)
			same(w, "for everything", got, everything)
		}},
		{"SuppressionsAfter/TellsEachScopeOnce", func(w *world) {
			var want []drip.Suppression
			for _, email := range []string{"a@example.org", "b@example.org", "c@example.org"} {
				a := w.address(email)
				here, there := w.outOf(a), w.outOf(a)
				there.Campaign = "k9"
				want = append(want, w.suppression(a, drip.SuppressedByBounce), here, there)
			}
			n, err := w.store.SuppressAll(w.ctx, want)
			w.must(err)
			same(w, "new", n, len(want))
			slices.SortStableFunc(want, func(a, b drip.Suppression) int { return slices.Compare(a.Hash[:], b.Hash[:]) })
			var got []drip.Suppression
			for after := (drip.Suppression{}); len(got) <= len(want); after = got[len(got)-1] {
				page, err := w.store.SuppressionsAfter(w.ctx, after, 2)
				w.must(err)
				if got = append(got, page...); len(page) == 0 {
					break
				}
			}
			if !slices.Equal(got, want) {
				w.Errorf("listed are %v, want %v", got, want)
			}
		}},
		{"SuppressAll/ForACampaignEndsThatOneOnly", func(w *world) {
			e := w.reader()
			other := w.another(e)
			s := w.outOf(w.emailOf(e.Subscriber))
			n, err := w.store.SuppressAll(w.ctx, []drip.Suppression{s, s})
			w.must(err)
			same(w, "new", n, 1)
			same(w, "the series", w.enrollment(e.ID).State, drip.EnrollmentLeft)
			same(w, "the other series", w.enrollment(other.ID).State, drip.EnrollmentActive)
		}},
		{"SyncCampaign/WhoIsKeptOutIsKeptOutUnderAnotherKey", func(w *world) {
			out, stays := w.reader(), w.reader()
			s := w.keptOut(out)
			soon := w.outOf(w.emailOf(stays.Subscriber))
			soon.Campaign = "k2"
			w.must(w.store.Suppress(w.ctx, soon, mailaddr.Address{}))
			same(w, "before", w.enrollment(stays.ID).State, drip.EnrollmentActive)
			files := w.files()
			files.Key = "k2"
			w.campaign = w.sync(files)
			s.Campaign = "k2"
			w.heldBy(s.Hash, s)
			same(w, "who was kept out of that key", w.enrollment(stays.ID).State, drip.EnrollmentLeft)
		}},
		{"SyncCampaign/WhoIsKeptOutBeforeItIsKnownStaysOut", func(w *world) {
			p := w.person()
			s := w.outOf(p.Email)
			s.Campaign = "k2"
			w.must(w.store.Suppress(w.ctx, s, p.Email))
			files := w.files()
			files.ID, files.Key = "another", "k2"
			record := w.sync(files)
			_, err := w.store.Enroll(w.ctx, store.NewEnrollment{
				Subscriber: p.ID, Campaign: record.No, Start: drip.StartAtSlot, Consent: w.batch().Consent, Now: w.now,
			})
			w.fails(err, drip.ErrKeptOut)
		}},
		{"Dossier/TellsWhatAPersonIsKeptOutOf", func(w *world) {
			e := w.reader()
			s := w.keptOut(e)
			d, err := w.store.Dossier(w.ctx, e.Subscriber)
			w.must(err)
			if d.Suppression != nil || !slices.Equal(d.KeptOut, []drip.Suppression{s}) {
				w.Errorf("it has %v and %v, want %v alone", d.Suppression, d.KeptOut, s)
			}
		}},
		{"Withdrawals/TellTheScope", func(w *world) {
			e := w.reader()
			s := w.keptOut(e)
			got, err := w.store.Withdrawals(w.ctx)
			w.must(err)
			want := []drip.Withdrawal{{Hash: s.Hash, At: w.now, Suppressed: s.Reason, Campaign: s.Campaign}}
			if !slices.Equal(got, want) {
				w.Errorf("the withdrawals are %v, want %v", got, want)
			}
		}},
		{"Withdraw/SuppressionForACampaignEndsThatOneOnly", func(w *world) {
			e := w.reader()
			other := w.another(e)
			s := w.outOf(w.emailOf(e.Subscriber))
			out := drip.Withdrawal{Hash: s.Hash, At: w.now, Suppressed: s.Reason, Campaign: s.Campaign}
			same(w, "what was applied", w.withdrawn(out), store.Withdrawn{Suppressed: 1})
			same(w, "what was applied again", w.withdrawn(out), store.Withdrawn{})
			w.heldBy(s.Hash, s)
			same(w, "the series", w.enrollment(e.ID).LeftReason, drip.LeftSuppressed)
			same(w, "the other series", w.enrollment(other.ID).State, drip.EnrollmentActive)
		}},
		{"Withdraw/EachScopeIsLiftedByItsOwnLine", func(w *world) {
			a := w.address("a@example.org")
			s := w.outOf(a)
			at := func(campaign string, lifted bool, after time.Duration) drip.Withdrawal {
				return drip.Withdrawal{Hash: s.Hash, At: w.now.Add(after), Suppressed: s.Reason, Campaign: campaign, Lifted: lifted}
			}
			w.withdrawn(at("", false, 0), at(s.Campaign, false, 0), at("", true, time.Hour))
			w.heldBy(s.Hash, s)
			w.withdrawn(at("", false, 2*time.Hour))
			same(w, "lifted", w.withdrawn(at(s.Campaign, true, 3*time.Hour)).Lifted, 1)
			everything := w.suppression(a, s.Reason)
			everything.At = w.now.Add(2 * time.Hour)
			w.heldBy(s.Hash, everything)
		}},
	}
}

// populateScopes keeps people out of the campaign, for every reason there is.
func (w *world) populateScopes() {
	w.Helper()
	for _, reason := range []drip.SuppressionReason{
		drip.SuppressedByReader, drip.SuppressedByAdmin, drip.SuppressedByBounce, drip.SuppressedByComplaint,
	} {
		e := w.reader()
		w.claim(e.ID, "a")
		s := w.outOf(w.emailOf(e.Subscriber))
		s.Reason = reason
		w.must(w.store.Suppress(w.ctx, s, w.emailOf(e.Subscriber)))
	}
}
