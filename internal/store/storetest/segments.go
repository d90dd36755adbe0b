package storetest

import (
	"slices"
	"strings"
	"time"

	"partwork/internal/drip"
	"partwork/internal/segment"
	"partwork/internal/store"
)

// where parses a filter.
func (w *world) where(text string) segment.Filter {
	w.Helper()
	f, err := segment.Parse(text)
	w.must(err)
	return f
}

// selects is what a filter asks of everybody, in view of no series.
func (w *world) selects(text string) store.SubscriberFilter {
	w.Helper()
	return store.SubscriberFilter{Where: w.where(text), View: segment.View{Now: w.now}}
}

// selected returns whom a filter selects.
func (w *world) selected(filter store.SubscriberFilter) (ids []drip.SubscriberID) {
	w.Helper()
	list, err := w.store.Subscribers(w.ctx, filter)
	w.must(err)
	for _, p := range list {
		ids = append(ids, p.ID)
	}
	return ids
}

// variety makes people who differ in everything that filters ask for.
func (w *world) variety() []drip.SubscriberID {
	w.Helper()
	var ids []drip.SubscriberID
	add := func(id drip.SubscriberID) { ids = append(ids, id) }
	add(w.person().ID)
	active := w.reader()
	w.send(active.ID, "a")
	add(active.Subscriber)
	w.pass(week)
	add(w.pending().Subscriber)
	left := w.reader()
	w.leave(left.ID)
	add(left.Subscriber)
	add(w.restart(w.reader().ID).Subscriber)
	suppressed := w.reader()
	p, err := w.store.Subscriber(w.ctx, suppressed.Subscriber)
	w.must(err)
	w.must(w.store.Suppress(w.ctx, w.suppression(p.Email, drip.SuppressedByAdmin), p.Email))
	add(p.ID)
	row := w.row("typed@example.net", "Ola", "")
	row.Attributes = map[string]string{"country": "DE", "age": "41", "donor": "true", "visit": "2026-03-01"}
	row.Carried = &store.Carried{Types: map[string]drip.AttributeType{"age": drip.NumberAttribute, "donor": drip.BoolAttribute}, Tags: []drip.Tag{"vip"}}
	batch := w.batch()
	add(w.imported(store.ImportChunk{Batch: batch.Batch, Consent: batch.Consent}, row)[0].Subscriber)
	w.tagged(store.TagChange{People: []drip.SubscriberID{active.Subscriber, left.Subscriber}, Add: []drip.Tag{"vip", "newly-diagnosed"}})
	return ids
}

func segmentLaws() []law {
	return []law{
		{"Segments/SelectWhomTheFilterMatches", func(w *world) {
			ids := w.variety()
			known, err := w.store.Facts(w.ctx, ids, true)
			w.must(err)
			for _, text := range []string{
				"tag:vip", "tag in (vip, newly-diagnosed)", "not tag:vip", "has tag", "missing tag",
				"country = de", "age >= 41", "age < 42", "donor = true", "visit < 14d ago", "visit = 2026-03-01", "missing country",
				"email contains example.net", "name = ola", "missing zone", "added < 5d ago", "has batch", "batch >= 1",
				"status = suppressed", "status in (active, left)", "joined < 3d ago", "joined > 3d ago", "missing joined",
				"enrolled in letters", "pending in letters", "active in letters", "left in letters", "had = letters/a", "has had", "last_sent > 3d ago",
			} {
				var want []drip.SubscriberID
				filter := w.selects(text)
				for i := range known {
					if filter.Where.Match(&known[i], filter.View) {
						want = append(want, ids[i])
					}
				}
				slices.Sort(want)
				if got := w.selected(filter); !slices.Equal(got, want) || len(want) == 0 || len(want) == len(ids) {
					w.Errorf("%s selects %v, and matches %v of %v", text, got, want, ids)
				}
				n, err := w.store.CountSegment(w.ctx, filter)
				w.must(err)
				same(w, "the number for "+text, n, len(want))
			}
		}},
		{"Segments/AgesEndAtTheMillisecond", func(w *world) {
			e := w.reader()
			known, err := w.store.Facts(w.ctx, []drip.SubscriberID{e.Subscriber}, false)
			w.must(err)
			joined := known[0].Parts[0].JoinedAt
			for _, field := range []string{"joined", "added"} {
				for after, want := range map[time.Duration]string{
					-time.Millisecond: "", 0: "< <=", 720*time.Hour - time.Millisecond: "< <=", 720 * time.Hour: "<= >=",
					720*time.Hour + time.Microsecond: "<= >=", 720*time.Hour + time.Millisecond: "> >=",
				} {
					var got []string
					for _, op := range []string{"<", "<=", ">", ">="} {
						filter := w.selects(field + " " + op + " 30d ago")
						filter.View.Now = joined.Add(after)
						if field == "added" {
							filter.View.Now = known[0].Added.Add(after)
						}
						if len(w.selected(filter)) > 0 {
							got = append(got, op)
						}
						same(w, filter.Where.String()+" matches", filter.Where.Match(&known[0], filter.View), len(w.selected(filter)) > 0)
					}
					same(w, field+" "+after.String()+" before", strings.Join(got, " "), want)
				}
			}
		}},
		{"Segments/LookAtTheCampaignInView", func(w *world) {
			e := w.reader()
			other := w.sync(store.CampaignSync{ID: "other", Key: "k2", Timetable: "t", Outline: "x", Issues: []string{"x"}, Now: w.now})
			w.pass(week)
			_, err := w.store.Enroll(w.ctx, store.NewEnrollment{Subscriber: e.Subscriber, Campaign: other.No, Start: drip.StartAtSlot, Now: w.now})
			w.must(err)
			filter := w.selects("status = pending")
			same(w, "without a view", len(w.selected(filter)), 1)
			filter.View.Campaign = "letters"
			same(w, "in view of letters", len(w.selected(filter)), 0)
			filter.View.Campaign = "other"
			same(w, "in view of other", len(w.selected(filter)), 1)
			filter.Campaign = other.No
			same(w, "those enrolled there", len(w.selected(filter)), 1)
		}},
		{"Segments/ComeInPagesByNumber", func(w *world) {
			ids := w.variety()
			filter := w.selects("missing country")
			filter.Limit = 2
			var got []drip.SubscriberID
			for range ids {
				page := w.selected(filter)
				if len(page) == 0 {
					break
				}
				got, filter.After = append(got, page...), page[len(page)-1]
			}
			if !slices.Equal(got, ids[:len(ids)-1]) {
				w.Errorf("the pages have %v", got)
			}
		}},
		{"ExplainSegment/SaysHowPeopleAreFound", func(w *world) {
			lines, err := w.store.ExplainSegment(w.ctx, w.selects("tag:vip"))
			w.must(err)
			if len(lines) == 0 {
				w.Error("it says nothing")
			}
		}},
		{"Members/HaveTheirProof", func(w *world) {
			ids := w.variety()
			members, err := w.store.Members(w.ctx, store.SubscriberFilter{})
			w.must(err)
			same(w, "the number of members", len(members), len(ids))
			reader, typed := members[1], members[len(members)-1]
			same(w, "the series", reader.Parts[0].CampaignID, "letters")
			same(w, "the consent of the part", reader.Parts[0].Consent.Text, "they signed")
			same(w, "the last issue", reader.Parts[0].LastSent, time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC))
			same(w, "the tags", len(reader.Tags), 2)
			same(w, "the parts of who started over", len(members[4].Parts), 2)
			same(w, "suppressed", members[5].Suppressed, true)
			same(w, "the person's consent", typed.Consent.Text, "they signed")
			same(w, "a number", typed.Attributes["age"], any(41.0))
			same(w, "a bool", typed.Attributes["donor"], any(true))
		}},
		{"SegmentAttributes/AreThoseOfThePeople", func(w *world) {
			w.variety()
			names, err := w.store.SegmentAttributes(w.ctx, w.selects("tag:vip"))
			w.must(err)
			if !slices.Equal(names, []string{"age", "country", "donor", "visit"}) {
				w.Errorf("the names are %q", names)
			}
			names, err = w.store.SegmentAttributes(w.ctx, w.selects("tag:newly-diagnosed"))
			w.must(err)
			same(w, "the names of others", len(names), 0)
		}},
		{"Strangers/AreWhatNobodyHas", func(w *world) {
			w.variety()
			got, err := w.store.Strangers(w.ctx, w.where("(tag:vip or tag:vop) and contry = DE and country = DE and enrolled in (letters, leters) and had in (a, letters/z)"))
			w.must(err)
			var names []string
			for _, s := range got {
				names = append(names, s.Field.Name+" "+s.Name)
				if len(s.Known) == 0 {
					w.Errorf("nothing is known instead of %s", s.Name)
				}
			}
			if !slices.Equal(names, []string{"tag vop", "contry contry", "enrolled leters", "had letters/z"}) {
				w.Errorf("the strangers are %q", names)
			}
		}},
		{"Facts/OfNobodyAreNone", func(w *world) {
			ids := w.variety()
			list, err := w.store.Facts(w.ctx, []drip.SubscriberID{9999, ids[1], 9999}, false)
			w.must(err)
			same(w, "nobody's address", list[0].Email+list[2].Email, "")
			same(w, "the one between", len(list[1].Parts), 1)
			same(w, "what was sent is not asked for", len(list[1].Sent), 0)
		}},
	}
}
