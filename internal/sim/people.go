package sim

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/timing"
)

// join lets somebody in: through a list, an invitation, or by hand.
func (k *desk) join() {
	s := pick(k.dice, k.series...)
	if len(k.readers) > 25 || k.dice.chance(0.25) && len(k.readers) > 0 {
		k.enroll(pick(k.dice, k.readers...), s)
		return
	}
	var people []*reader
	for range 1 + k.dice.IntN(3) {
		people = append(people, k.newReader())
	}
	if k.dice.chance(0.3) { // lists name people who are known, too
		people = append(people, pick(k.dice, k.readers...))
	}
	k.importList(people, s, k.dice.chance(0.6))
}

// importList takes a list in, with a consent or with invitations.
func (k *desk) importList(people []*reader, s *series, consent bool) {
	for _, r := range people {
		if open, leftOne := r.openIn(s); open == nil && !leftOne && k.barring.chance(k.barring.share/4) {
			k.keepsOut(r, s) // before they were ever in it
		}
	}
	k.insist(func(p *process) error {
		opts := audience.ImportOptions{File: "list.csv", Campaign: &audience.CampaignTarget{No: s.record}}
		if consent {
			opts.Consent = "they signed"
		} else {
			opts.Invite = true
		}
		var csv strings.Builder
		csv.WriteString("email,name,timezone\n")
		named := map[int]bool{}
		for _, r := range people {
			if !named[r.no] {
				fmt.Fprintf(&csv, "%s,Reader %d,%s\n", r.address, r.no, r.zone)
			}
			named[r.no] = true
		}
		_, err := p.audience.Import(k.ctx, strings.NewReader(csv.String()), opts)
		if errors.Is(err, drip.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, r := range people {
			if named[r.no] {
				named[r.no] = false
				if err := k.model.imported(p, r, s, consent); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// enroll enrolls somebody known by hand, or asks somebody who left to come back.
func (k *desk) enroll(r *reader, s *series) {
	if r.id == 0 {
		return
	}
	start := pick(k.dice, drip.StartAtSlot, drip.StartOnJoin)
	k.try(func(p *process) error {
		_, err := p.audience.Enroll(k.ctx, audience.Who{ID: r.id}, audience.EnrollOptions{
			CampaignTarget: audience.CampaignTarget{No: s.record}, Start: start, Invite: true,
		})
		if errors.Is(err, drip.ErrClosed) || errors.Is(err, drip.ErrSuppressed) || errors.Is(err, drip.ErrEnrolled) || errors.Is(err, drip.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return k.model.enrolled(p, r, s, start)
	})
}

// invited has a reader, who has the confirmation mail now, look at it.
func (k *desk) invited(pa *passage) {
	r := pa.reader
	if !r.clicks && k.trouble {
		return
	}
	choice := pick(k.dice, audience.ChooseNothing, audience.ChooseContinue, audience.ChooseAnew)
	k.after(k.dice.often(time.Second, 2*day), func() {
		k.insist(func(p *process) error {
			if pa.state != pending {
				return nil
			}
			e := drip.Enrollment{ID: pa.id, Subscriber: r.id}
			link := k.link(p.audience.ConfirmURL("", e))
			if _, err := p.audience.Invitation(k.ctx, link); err != nil { // what scanners fetch changes nothing
				return err
			}
			invitation, err := p.audience.Confirm(k.ctx, link, choice, "I want it.")
			if err != nil {
				return err
			}
			return k.model.confirmed(p, pa, invitation.Continues)
		})
	})
}

// link returns the signed part of a link.
func (k *desk) link(url string) string { return url[strings.LastIndexByte(url, '/')+1:] }

// leave has somebody leave, one way or another.
func (k *desk) leave() {
	if pa := k.someone(func(pa *passage) bool { return pa.state != left }); pa != nil {
		k.leaves(pa)
	}
}

// leaves has the reader of a passage leave, by the link of any mail that they ever
// got of the series, or in another way.
func (k *desk) leaves(pa *passage) {
	if k.barring.chance(k.barring.share) {
		k.keepsOut(pa.reader, pa.series)
		return
	}
	r, s, way := pa.reader, pa.series, k.dice.IntN(10)
	for _, other := range r.passages {
		if other.series == s && k.dice.chance(0.4) {
			pa = other
			break
		}
	}
	e := drip.Enrollment{ID: pa.id, Subscriber: r.id}
	k.insist(func(p *process) error {
		if r.erased {
			return nil
		}
		var err error
		link := k.link(p.audience.UnsubscribeURL("", e))
		if err := p.audience.Departure(k.ctx, link); err != nil {
			return err
		}
		switch way {
		default:
			err = k.departs(p, r, s, link, false)
		case 4:
			err = k.departs(p, r, s, link, true)
		case 5:
			if _, err = p.audience.Unsubscribe(k.ctx, audience.Who{ID: r.id}, s.record); err == nil {
				k.model.left(r, s)
			}
		case 6:
			if err = p.audience.Suppress(k.ctx, r.address, drip.SuppressedByComplaint); err == nil {
				k.model.suppressed(r)
			}
		case 7:
			if err = p.audience.Erase(k.ctx, audience.Who{ID: r.id}); err == nil {
				k.model.suppressed(r)
				r.erased = true
			}
		}
		if err == nil {
			k.note(r.no, "leaves series %d (way %d)", s.no, way)
		}
		return err
	})
}

// someone returns a passage of a kind, or nil.
func (k *desk) someone(of func(*passage) bool) *passage {
	var list []*passage
	for _, r := range k.readers {
		for _, pa := range r.passages {
			if !r.erased && of(pa) {
				list = append(list, pa)
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	return pick(k.dice, list...)
}

// wish has somebody change their own series.
func (k *desk) wish() {
	if k.dice.chance(0.2) {
		if pa := k.someone(func(pa *passage) bool { return pa.state == left }); pa != nil {
			k.enroll(pa.reader, pa.series)
		}
		return
	}
	pa := k.someone(func(pa *passage) bool { return pa.state == active })
	if pa == nil {
		return
	}
	k.wishes(pa)
}

func (k *desk) wishes(pa *passage) {
	k.try(func(p *process) error {
		err := k.grant(p, pa)
		var refusal *audience.Refusal
		if errors.As(err, &refusal) {
			return nil
		}
		return err
	})
}

func (k *desk) grant(p *process, pa *passage) error {
	r, now, d := pa.reader, k.calendar().UnixMilli(), k.dice
	switch d.IntN(8) {
	case 0, 1:
		zone := k.model.zoneOf(pa)
		date := timing.Date(floorSecond(now)/86400 + 719163 + int64(2+d.IntN(30)))
		_, err := p.audience.PauseUntil(k.ctx, pa.id, date)
		if err == nil {
			pa.pausedUntil = firstShown(int64(date-719163)*86400, zone)
			k.model.wished(pa, "pauses until %v", date)
		}
		return err
	case 2:
		_, err := p.audience.Resume(k.ctx, pa.id)
		if err == nil {
			if pa.pausedUntil > now {
				pa.pausedUntil, pa.floor = now, now
			}
			k.model.wished(pa, "goes on")
		}
		return err
	case 3:
		pace := d.among(1, 1, 2, 4)
		_, err := p.audience.SetPace(k.ctx, pa.id, pace)
		if err == nil && pace != pa.pace {
			pa.pace = pace
			k.model.moved(pa, now)
			k.model.wished(pa, "has pace %d", pace)
		}
		return err
	case 4, 5:
		e, err := p.audience.SendNext(k.ctx, pa.id, "")
		if err == nil && e.AskedAt.UnixMilli() == now {
			pa.asked, pa.askedBefore = now, pa.asked
			k.model.wished(pa, "asks for the next issue")
		}
		return err
	case 6:
		zone := pick(d, zones[:len(zones)-1]...)
		if zone == r.zone {
			return nil
		}
		_, err := p.audience.Move(k.ctx, audience.Who{ID: r.id}, zone)
		if err == nil {
			r.zone = zone
			for _, pa := range r.passages {
				k.model.moved(pa, now)
			}
			k.model.wished(pa, "moves to %s", zone)
		}
		return err
	default:
		_, err := p.audience.StartOver(k.ctx, pa.id)
		if err == nil {
			err = k.model.startedOver(p, pa)
		}
		return err
	}
}
