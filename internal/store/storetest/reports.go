package storetest

import (
	"maps"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

func reportLaws() []law {
	return []law{
		{"Log/ListsTheLatestFirst", func(w *world) {
			a, b := w.reader(), w.reader()
			w.send(a.ID, "a")
			w.pass(week)
			w.send(b.ID, "a")
			w.pass(week)
			w.send(a.ID, "b")
			log, err := w.store.Log(w.ctx, store.LogFilter{})
			w.must(err)
			if len(log) != 3 || log[0].IssueID != "b" || log[1].Enrollment != b.ID || log[2].Enrollment != a.ID {
				w.Fatalf("the log is %+v", log)
			}
			same(w, "the address", log[0].Email, "Reader1@example.org")
			same(w, "the campaign", log[0].Campaign, "letters")
			same(w, "the person", log[0].Subscriber, a.Subscriber)
			log, err = w.store.Log(w.ctx, store.LogFilter{Limit: 1})
			w.must(err)
			same(w, "the length asked for", len(log), 1)
		}},
		{"Log/FiltersBySubscriberCampaignIssueAndState", func(w *world) {
			a, b := w.reader(), w.reader()
			w.send(a.ID, "a")
			w.claim(b.ID, "a")
			for _, test := range []struct {
				filter store.LogFilter
				want   int
			}{
				{store.LogFilter{Campaign: w.campaign.No}, 2},
				{store.LogFilter{Campaign: w.campaign.No + 1}, 0},
				{store.LogFilter{Subscriber: a.Subscriber}, 1},
				{store.LogFilter{Issue: w.campaign.Issues["a"]}, 2},
				{store.LogFilter{Issue: w.campaign.Issues["b"]}, 0},
				{store.LogFilter{States: []drip.DeliveryState{drip.DeliverySent, drip.DeliveryUnknown}}, 1},
				{store.LogFilter{Campaign: w.campaign.No, Subscriber: b.Subscriber, States: []drip.DeliveryState{drip.DeliveryClaimed}}, 1},
				{store.LogFilter{Subscriber: b.Subscriber, States: []drip.DeliveryState{drip.DeliverySent}}, 0},
			} {
				log, err := w.store.Log(w.ctx, test.filter)
				w.must(err)
				if len(log) != test.want {
					w.Errorf("%+v gives %d rows, want %d", test.filter, len(log), test.want)
				}
			}
		}},
		{"Log/FindsOneDelivery", func(w *world) {
			a, b := w.reader(), w.reader()
			wanted := w.send(a.ID, "a").DeliveryKey
			w.send(b.ID, "a")
			w.pass(week)
			later := w.send(a.ID, "b").DeliveryKey
			log, err := w.store.Log(w.ctx, store.LogFilter{Delivery: wanted})
			w.must(err)
			if len(log) != 1 || log[0].DeliveryKey != wanted {
				w.Errorf("the delivery is %+v", log)
			}
			log, err = w.store.Log(w.ctx, store.LogFilter{Delivery: drip.DeliveryKey{Enrollment: b.ID, Issue: later.Issue}})
			w.must(err)
			same(w, "deliveries that never were", len(log), 0)
		}},
		{"Delivery/ReturnsOneRow", func(w *world) {
			a := w.reader()
			first, f := w.send(a.ID, "a"), w.send(w.reader().ID, "a")
			m := w.markOf(w.claim(a.ID, "b"))
			m.Merge = `{"number":2}`
			w.round(nil, []store.Mark{m})
			got, err := w.store.Delivery(w.ctx, m.DeliveryKey)
			w.must(err)
			same(w, "the key", got.DeliveryKey, m.DeliveryKey)
			same(w, "the state", got.State, drip.DeliverySending)
			same(w, "the content", got.Content, w.content)
			same(w, "the merge values", got.Merge, m.Merge)
			same(w, "the mark", got.MarkedAt, w.now)
			for _, other := range []store.Fence{first, f} {
				got, err := w.store.Delivery(w.ctx, other.DeliveryKey)
				w.must(err)
				same(w, "another key", got.DeliveryKey, other.DeliveryKey)
				same(w, "its state", got.State, drip.DeliverySent)
			}
			for _, key := range []drip.DeliveryKey{{}, {Enrollment: a.ID, Issue: 99}, {Enrollment: 99, Issue: f.Issue}, {Enrollment: f.Enrollment, Issue: m.Issue}} {
				_, err := w.store.Delivery(w.ctx, key)
				w.fails(err, drip.ErrNotFound)
			}
		}},
		{"CampaignCounts/CountsByState", func(w *world) {
			a, b := w.reader(), w.reader()
			w.pending()
			w.leave(w.reader().ID)
			w.send(a.ID, "a")
			d := w.decision(store.DecideClaim, b.ID, "a")
			d.NextAt = w.now.Add(-time.Hour)
			w.commit(d)
			got, err := w.store.CampaignCounts(w.ctx, w.campaign.No)
			w.must(err)
			want := map[drip.EnrollmentState]int{drip.EnrollmentActive: 2, drip.EnrollmentPending: 1, drip.EnrollmentLeft: 1}
			if !maps.Equal(got.Enrollments, want) {
				w.Errorf("the enrollments are %v, want %v", got.Enrollments, want)
			}
			if want := map[drip.DeliveryState]int{drip.DeliverySent: 1, drip.DeliveryClaimed: 1}; !maps.Equal(got.Deliveries, want) {
				w.Errorf("the deliveries are %v, want %v", got.Deliveries, want)
			}
			same(w, "the earliest hint", got.NextAt, d.NextAt)
		}},
		{"CampaignCounts/SaysWhyTheyLeft", func(w *world) {
			w.restart(w.restart(w.reader().ID).ID)
			w.leave(w.restart(w.reader().ID).ID)
			elsewhere := w.another(w.reader())
			w.restart(elsewhere.ID)
			got, err := w.store.CampaignCounts(w.ctx, w.campaign.No)
			w.must(err)
			same(w, "those who left", got.Enrollments[drip.EnrollmentLeft], 4)
			if want := map[drip.LeaveReason]int{drip.LeftToRestart: 3, drip.LeftByReader: 1}; !maps.Equal(got.Left, want) {
				w.Errorf("the reasons are %v, want %v", got.Left, want)
			}
		}},
		{"CampaignCounts/TellsConfirmationsFromIssues", func(w *world) {
			e := w.pending()
			w.send(e.ID, drip.ConfirmationID)
			w.claim(w.pending().ID, drip.ConfirmationID)
			w.confirm(e.ID)
			w.send(e.ID, "a")
			got, err := w.store.CampaignCounts(w.ctx, w.campaign.No)
			w.must(err)
			if want := map[drip.DeliveryState]int{drip.DeliverySent: 2, drip.DeliveryClaimed: 1}; !maps.Equal(got.Deliveries, want) {
				w.Errorf("all deliveries are %v, want %v", got.Deliveries, want)
			}
			if want := map[drip.DeliveryState]int{drip.DeliverySent: 1, drip.DeliveryClaimed: 1}; !maps.Equal(got.Confirmations, want) {
				w.Errorf("the confirmations are %v, want %v", got.Confirmations, want)
			}
		}},
		{"CampaignCounts/UnknownIsNotFound", func(w *world) {
			_, err := w.store.CampaignCounts(w.ctx, 99)
			w.fails(err, drip.ErrNotFound)
		}},
		{"Verify/ReturnsEveryInvariant", func(w *world) {
			results, err := w.store.Verify(w.ctx)
			w.must(err)
			names := make(map[string]bool)
			for _, r := range results {
				if r.Name == "" || names[r.Name] {
					w.Errorf("the name %q is empty or comes twice", r.Name)
				}
				names[r.Name] = true
			}
			if len(names) < 10 {
				w.Errorf("there are only %d invariants", len(names))
			}
		}},
		{"Instance/SaysWhoTheDatabaseIs", func(w *world) {
			got, err := w.store.Instance(w.ctx)
			w.must(err)
			if len(got.UUID) != 36 || got.Schema < 1 || got.CreatedAt.IsZero() {
				w.Errorf("the instance is %+v", got)
			}
			again, err := w.store.Instance(w.ctx)
			w.must(err)
			same(w, "the instance", again, got)
		}},
	}
}
