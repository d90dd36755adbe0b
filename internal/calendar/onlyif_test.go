package calendar

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/segment"
	"partwork/internal/timing"
)

// only makes an issue one for some readers only.
func only(t testing.TB, i int, filter string) func(*drip.Campaign) {
	t.Helper()
	f, err := segment.Parse(filter)
	if err != nil {
		t.Fatal(err)
	}
	return issue(i, func(is *drip.Issue) { is.OnlyIf = f })
}

// files and readers are changes of either.
func files(changes ...func(*drip.Campaign)) []func(*drip.Campaign) { return changes }

func readers(changes ...func(*Passage)) []func(*Passage) { return changes }

// passedOver says that an issue was skipped.
func passedOver(i int) func(*Passage) {
	return func(p *Passage) {
		p.Had = append(p.Had, make([]bool, max(0, i+1-len(p.Had)))...)
		p.Had[i] = true
	}
}

// reviewed says until when an issue was looked at.
func reviewed(t testing.TB, i int, day string) func(*drip.Campaign) {
	t.Helper()
	return func(c *drip.Campaign) { c.Review, c.Issues[i].ReviewBy = drip.ReviewRequired, date(t, day) }
}

// tagged is a reader of whom something is known: tags.
func tagged(tags ...string) func(*Passage) {
	return func(p *Passage) { p.Who = &segment.Facts{Tags: tags} }
}

// What is asked of issues that are for some only; the series comes on Tuesdays at 09:00,
// and these readers joined on Friday, 20 March 2026.
func TestOnlyIf(t *testing.T) {
	t.Parallel()
	vip := func(i int) func(*drip.Campaign) { return only(t, i, "tag:vip") }
	first := had(t, 1, "2026-03-20T10:00", "2026-03-20T10:00")
	draft := func(i int) func(*drip.Campaign) { return issue(i, func(is *drip.Issue) { is.Draft = true }) }
	dated := func(i int, day string) func(*drip.Campaign) {
		return issue(i, func(is *drip.Issue) { is.NotBefore = date(t, day) })
	}
	for _, test := range []struct {
		name     string
		campaign []func(*drip.Campaign)
		reader   []func(*Passage)
		now      string
		want     want
	}{
		{"whoever it is for gets it", files(vip(1)), readers(first, tagged("vip")), "2026-03-24T09:00",
			want{Send, 1, "2026-03-24T09:00", "2026-03-24T19:59:59.999Z", 0, CodeSlot}},
		{"others are passed by at its slot", files(vip(1)), readers(first, tagged()), "2026-03-24T09:00",
			want{Skip, 1, "", "", 0, CodeNotForThem}},
		{"nobody is passed by before", files(vip(1)), readers(first, tagged()), "2026-03-24T08:59",
			want{Wait, 2, "2026-03-24T09:00", "2026-03-24T09:00", 0, CodeSlot}},
		{"nobody in particular gets all", files(vip(1)), readers(first), "2026-03-24T09:00",
			want{Send, 1, "2026-03-24T09:00", "2026-03-24T19:59:59.999Z", 0, CodeSlot}},
		{"the next one takes the slot", files(vip(1)), readers(first, tagged(), passedOver(1)), "2026-03-24T09:00",
			want{Send, 2, "2026-03-24T09:00", "2026-03-24T19:59:59.999Z", 0, CodeSlot}},
		{"the first is skipped on joining", files(vip(0)), readers(tagged()), "2026-03-20T10:00",
			want{Skip, 0, "", "", 0, CodeNotForThem}},
		{"and the second one leaves at once", files(vip(0)), readers(tagged(), passedOver(0)), "2026-03-20T10:00",
			want{Send, 1, "2026-03-20T10:00", "2026-03-21T10:00", 0, CodeJoined}},
		{"the last one is waited for", files(vip(7)), readers(had(t, 7, "2026-05-05T08:00", "2026-05-05T08:00"), tagged()), "2026-05-06T08:00",
			want{Wait, 7, "2026-05-12T08:00", "2026-05-12T08:00", 0, CodeSlot}},
		{"and skipped at its slot", files(vip(7)), readers(had(t, 7, "2026-05-05T08:00", "2026-05-05T08:00"), tagged()), "2026-05-12T08:00",
			want{Skip, 7, "", "", 0, CodeNotForThem}},
		{"one that comes later does not hold others up", files(vip(1), dated(1, "2026-06-01")), readers(first, tagged()), "2026-03-24T09:00",
			want{Skip, 1, "", "", 0, CodeNotForThem}},
		{"nor do several", files(vip(1), dated(1, "2026-06-01"), vip(2), dated(2, "2026-07-01")), readers(first, tagged()), "2026-03-24T09:00",
			want{Skip, 1, "", "", 0, CodeNotForThem}},
		{"whoever it is for waits for it", files(vip(1), dated(1, "2026-06-01")), readers(first, tagged("vip")), "2026-03-24T09:00",
			want{Wait, 1, "2026-06-02T08:00", "2026-06-02T08:00", 0, CodeSlot}},
		{"before a draft it is waited for", files(vip(1), dated(1, "2026-06-01"), draft(2)), readers(first, tagged()), "2026-03-24T09:00",
			want{Wait, 1, "2026-06-02T08:00", "2026-06-02T08:00", 0, CodeSlot}},
		{"a draft holds everybody", files(vip(1), draft(1)), readers(first, tagged()), "2026-03-24T09:00",
			want{Hold, 1, "", "", 0, CodeDraft}},
		{"what is open is asked about again", files(vip(1)), readers(first, tagged(), open(t, 1, "2026-03-24T09:00", 0)), "2026-03-24T09:10",
			want{Skip, 1, "", "", 0, CodeNotForThem}},
		{"what is open keeps its slot while it waits", files(vip(1)), readers(had(t, 1, "2026-03-24T09:00", "2026-03-24T09:00"), tagged(), open(t, 1, "2026-03-31T08:00", 1)), "2026-03-26T09:10",
			want{Wait, 1, "2026-03-31T08:00", "2026-03-31T08:00", 1, CodeMoved}},
		{"a review does not concern others", files(vip(1), reviewed(t, 1, "2026-03-23")), readers(first, tagged()), "2026-03-24T09:00",
			want{Skip, 1, "", "", 0, CodeNotForThem}},
		{"but whom it is for", files(vip(1), reviewed(t, 1, "2026-03-23")), readers(first, tagged("vip")), "2026-03-24T09:00",
			want{Hold, 1, "2026-03-24T09:00", "", 0, CodeReview}},
		{"who asks for the next one gets what is for them", files(vip(1)), readers(first, tagged(), func(p *Passage) { p.AskedAt = at(t, "2026-03-22T12:00") }), "2026-03-22T12:00",
			want{Skip, 1, "", "", 0, CodeNotForThem}},
		{"while they pause nothing is decided", files(vip(1)), readers(first, tagged(), func(p *Passage) { p.PausedUntil = at(t, "2026-04-01T00:00") }), "2026-03-24T09:00",
			want{Wait, 2, "2026-04-07T08:00", "2026-04-01T00:00", 0, CodePaused}},
		{"joined is this passage's", files(only(t, 1, "joined < 5d ago")), readers(first, tagged()), "2026-03-24T09:00",
			want{Send, 1, "2026-03-24T09:00", "2026-03-24T19:59:59.999Z", 0, CodeSlot}},
		{"and counts to the very moment", files(only(t, 1, "joined < 5d ago")), readers(first, tagged()), "2026-03-25T10:00",
			want{Skip, 1, "", "", 0, CodeNotForThem}},
		{"days are those of the reader", files(only(t, 1, "visit = 2026-03-24 and not visit > today and not visit < today")), readers(
			had(t, 1, "2026-03-16T10:00", "2026-03-16T10:00"), func(p *Passage) {
				p.JoinedAt, p.Floor = at(t, "2026-03-16T10:00"), at(t, "2026-03-16T10:00")
				p.Zone, p.Who = zone(t, "Pacific/Auckland"), &segment.Facts{Attributes: map[string]any{"visit": "2026-03-24"}}
			}), "2026-03-23T20:00", want{Send, 1, "2026-03-23T20:00", "2026-03-24T06:59:59.999Z", 0, CodeSlot}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := weekly(t, test.campaign...)
			p := joined(t, "2026-03-20T10:00", test.reader...)
			check(t, Plan(c, p, at(t, test.now)), test.want)
		})
	}
}

// A forecast asks at the time of each slot, and with what will have been sent by then.
func TestForecastAsksAtEachSlot(t *testing.T) {
	t.Parallel()
	c := weekly(t, only(t, 1, "tag:vip"), only(t, 2, "joined < 5d ago"), only(t, 3, "joined < 5d ago"),
		only(t, 4, "had = 5"), only(t, 6, "had = 5"), only(t, 7, "last_sent > 10d ago"))
	for i := range c.Issues {
		c.Issues[i].ID = string(rune('0' + i))
	}
	out := Foresee(c, nil, joined(t, "2026-03-20T10:00", tagged()), at(t, "2026-03-20T10:00"), 99)
	var got string
	for _, due := range out.Dues {
		got += c.Issues[due.Issue].ID + due.At.Format(" 02-01 15:04; ")
	}
	if want := "0 20-03 10:00; 2 24-03 09:00; 5 31-03 08:00; 6 07-04 08:00; "; got != want {
		t.Errorf("foreseen are %q, want %q", got, want)
	}
	if skipped := len(out.Skipped); skipped != 4 || out.End != CodeFinished {
		t.Errorf("%d are skipped, and it ends with %s", skipped, out.End)
	}
	if !slices.Equal(out.Others, out.Skipped) {
		t.Errorf("%v are for others, want %v", out.Others, out.Skipped)
	}
}

// However many are for others, looking past them takes no time.
func TestManyForOthers(t *testing.T) {
	t.Parallel()
	c := weekly(t, func(c *drip.Campaign) { c.Issues = make([]drip.Issue, 500) })
	for i := 1; i < 499; i++ {
		only(t, i, "tag:vip")(c)
		c.Issues[i].NotBefore = date(t, "2027-01-01")
	}
	p := joined(t, "2026-03-20T10:00", had(t, 1, "2026-03-20T10:00", "2026-03-20T10:00"), tagged())
	check(t, Plan(c, p, at(t, "2026-03-23T09:00")), want{Wait, 499, "2026-03-24T09:00", "2026-03-24T09:00", 0, CodeSlot})
}

// What the claim of an issue says about the next one is early enough for whoever it is not
// for.
func TestHintPastOthers(t *testing.T) {
	t.Parallel()
	c := weekly(t, only(t, 1, "tag:vip"), issue(1, func(is *drip.Issue) { is.SkipSlots = 4 }))
	step := Plan(c, joined(t, "2026-03-20T10:00", tagged("vip")), at(t, "2026-03-20T10:00"))
	if want := at(t, "2026-03-24T09:00"); step.Kind != Send || !step.Then.Equal(want) {
		t.Errorf("%s, then %v, want %v", step.Kind, step.Then, want)
	}
}

// somebody is anybody of whom something is known.
func (w *crowd) somebody() *segment.Facts {
	who := &segment.Facts{Tags: []string{fmt.Sprint("t", w.IntN(3))}, Added: w.instant()}
	if w.chance(2) {
		who.Tags = append(who.Tags, "unasked")
	}
	if w.chance(2) {
		who.Attributes = map[string]any{"visit": timing.DateAt(w.instant()).String(), "unasked": w.IntN(9)}
	}
	for i := range w.IntN(3) {
		who.Sent = append(who.Sent, segment.Sent{Issue: fmt.Sprint(i), At: w.instant()})
	}
	return who
}

// Readers with equal keys plan alike also where issues are for some of them only.
func TestEqualKeysPlanAlikeForSome(t *testing.T) {
	t.Parallel()
	filters := []string{
		"tag:t0", "not tag:t1", "tag:t2 and visit < 20d ago", "visit >= 2026-11-01", "joined < 30d ago", "had = 1", "missing had",
		"last_sent < 15d ago", "added > 10d ago", "not (had = 2 or tag:t1)", "has visit", "status = active",
	}
	equal, pairs, selective := 0, 0, 0
	for seed := range uint64(200) {
		w := newCrowd(t, seed)
		c := w.campaign()
		for i := range c.Issues {
			if w.chance(2) {
				only(t, i, filters[w.IntN(len(filters))])(c)
			}
		}
		kin := NewKin(c)
		for range 40 {
			p := w.passage(c)
			p.Who = w.somebody()
			q := w.neighbor(c, &p)
			if w.chance(2) {
				q.JoinedAt = p.JoinedAt
				q.Who = w.somebody()
			}
			pairs++
			if kin.Key(&p) != kin.Key(&q) {
				continue
			}
			equal++
			now := w.instant().Truncate(time.Millisecond)
			a, b := tell(Foresee(c, nil, p, now, 12)), tell(Foresee(c, nil, q, now, 12))
			if a != b {
				t.Fatalf("seed %d: readers with one key plan differently at %v\n%+v %+v\n%s\n%+v %+v\n%s", seed, now, p, p.Who, a, q, q.Who, b)
			}
			p.Who = nil
			if tell(Foresee(c, nil, p, now, 12)) != a {
				selective++
			}
		}
	}
	if equal < pairs/10 || selective < equal/4 {
		t.Errorf("of %d neighbors, %d have equal keys, and for %d of them some issue is not", pairs, equal, selective)
	}
}
