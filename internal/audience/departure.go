package audience

import (
	"context"
	"errors"
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/token"
)

// UndoTime is how long a leaving can be taken back: as long as somebody may have the
// page open on whose button they pressed by mistake, and too short for a link to be
// found again.
const UndoTime = time.Hour

// doubleClick is how long after a leaving its page is shown once more to whoever
// leaves again: the second tap of a double tap brings the page that stays.
const doubleClick = time.Minute

// Departed is what the page after leaving may show. There is nothing in it about who
// reads what.
type Departed struct {
	// Everything tells which button it was.
	Everything bool
	// Back is the token with which the leaving can be taken back and a reason be given,
	// and Leave that of the unsubscribe link. Back is empty if that is not offered: it
	// was not this click that ended something.
	Back, Leave string
	// Why is the reason that was given.
	Why drip.LeaveWhy
	// Returned says that it was taken back, and Late that there is no time left to.
	Returned, Late bool
	// Never says that whoever ended everything had not joined by the mail that the link
	// was in.
	Never bool
}

// Depart ends the series of an unsubscribe link, or everything, as Leave and
// LeaveEverything do, and returns what to offer whoever pressed the button. The
// token to take it back is in no mail: the link that leaves is in all of them, and
// some are forwarded; so whoever merely holds one cannot bring somebody back who
// left before.
func (a *Audience) Depart(ctx context.Context, link string, everything bool) (Departed, error) {
	leave := a.Leave
	if everything {
		leave = a.LeaveEverything
	}
	d := Departed{Everything: everything, Leave: link}
	if err := leave(ctx, link); err != nil {
		return d, err
	}
	e, err := a.latest(ctx, link)
	if errors.Is(err, drip.ErrNotFound) {
		return d, nil // erased: there is nothing to take back
	}
	if err != nil {
		return d, fmt.Errorf("look at what was left: %w", err)
	}
	d.Never = everything && e.JoinedAt.IsZero()
	return a.offerBack(ctx, e, d)
}

// offerBack adds the token that takes back what was ended just now, if anything was.
func (a *Audience) offerBack(ctx context.Context, e drip.Enrollment, d Departed) (Departed, error) {
	since, err := a.endedAt(ctx, e, d.Everything)
	if err != nil || since.IsZero() || a.now().Sub(since) > doubleClick {
		return d, err
	}
	d.Back = a.keyring.Sign(backPurpose(d.Everything), token.Subject{A: int64(e.ID), B: since.UnixMilli()})
	return d, nil
}

func backPurpose(everything bool) token.Purpose {
	if everything {
		return token.BackToEverything
	}
	return token.Back
}

// latest returns the youngest enrollment of an unsubscribe link's person in its
// campaign.
func (a *Audience) latest(ctx context.Context, link string) (drip.Enrollment, error) {
	e, err := a.enrollment(ctx, token.Unsubscribe, link)
	if err != nil {
		return drip.Enrollment{}, err
	}
	all, err := a.stores.EnrollmentsOf(ctx, e.Subscriber)
	for _, other := range all {
		if other.Campaign == e.Campaign {
			e = other // they are in their order
		}
	}
	return e, err
}

// endedAt returns when the reader's own leaving took place that is to be taken back;
// zero if there is none.
func (a *Audience) endedAt(ctx context.Context, e drip.Enrollment, everything bool) (time.Time, error) {
	if !everything {
		if e.State != drip.EnrollmentLeft || e.LeftReason != drip.LeftByReader || e.JoinedAt.IsZero() {
			return time.Time{}, nil
		}
		return e.LeftAt, nil
	}
	person, err := a.stores.Subscriber(ctx, e.Subscriber)
	if err != nil {
		return time.Time{}, err
	}
	entry, err := a.stores.Suppressed(ctx, a.hasher.Sum(person.Email))
	if errors.Is(err, drip.ErrNotFound) || err == nil && entry.Reason != drip.SuppressedByReader {
		return time.Time{}, nil
	}
	return entry.At, err
}

// leaving is what a token of Departed.Back was signed for.
type leaving struct {
	drip.Enrollment
	at         time.Time
	everything bool
}

// leaving reads a token.
func (a *Audience) leaving(ctx context.Context, back string) (leaving, error) {
	one, notOne := a.keyring.Verify(backPurpose(false), back)
	all, notAll := a.keyring.Verify(backPurpose(true), back)
	subject := one
	if notAll == nil {
		subject = all
	}
	e, err := a.stores.Enrollment(ctx, drip.EnrollmentID(subject.A)) // looked up in any case, as links of other purposes are
	if err == nil && notOne != nil && notAll != nil {
		err = drip.ErrNotFound
	}
	return leaving{Enrollment: e, at: time.UnixMilli(subject.B).UTC(), everything: notAll == nil}, err
}

// late reports whether there is no time left to take it back.
func (l *leaving) late(now time.Time) bool { return now.Sub(l.at) > UndoTime }

// Departed returns what to show to the holder of a token of Departed.Back. It changes
// nothing. The error is drip.ErrNotFound if the token was not signed for this, or the
// person was erased.
func (a *Audience) Departed(ctx context.Context, back string) (Departed, error) {
	l, err := a.leaving(ctx, back)
	if err != nil {
		return Departed{}, fmt.Errorf("look at what was left: %w", err)
	}
	return a.departed(ctx, back, l)
}

func (a *Audience) departed(ctx context.Context, back string, l leaving) (Departed, error) {
	d := Departed{
		Everything: l.everything, Leave: a.signed(token.Unsubscribe, l.Enrollment), Late: l.late(a.now()),
		Never: l.everything && l.JoinedAt.IsZero(),
	}
	if !d.Late {
		d.Back = back
	}
	since, err := a.endedAt(ctx, l.Enrollment, l.everything)
	if err != nil {
		return Departed{}, fmt.Errorf("look at what was left: %w", err)
	}
	if d.Returned, err = a.wentOn(ctx, l, since); err != nil {
		return Departed{}, fmt.Errorf("look at what was left: %w", err)
	}
	if d.Why, err = a.stores.Why(ctx, l.ID); err != nil {
		return Departed{}, fmt.Errorf("look at what was left: %w", err)
	}
	return d, nil
}

// wentOn reports whether a leaving was taken back: an enrollment continues the one
// that was left, and is open; or the suppression of then is no more.
func (a *Audience) wentOn(ctx context.Context, l leaving, since time.Time) (bool, error) {
	if l.everything {
		return since.IsZero(), nil
	}
	all, err := a.stores.EnrollmentsOf(ctx, l.Subscriber)
	for _, other := range all {
		if other.Follows == l.ID && other.Continues && other.State != drip.EnrollmentLeft {
			return true, err
		}
	}
	return false, err
}

// Return takes a leaving back: the series, or all that everything ended, goes on at
// its next slot as for somebody who came back, with what they had counting as had. It
// does what the confirmation mail does for others who come back; whoever has the page
// is the one who pressed the button on it. statement is what the page said that the button
// agrees to, in its language; it is kept as the consent. Taking it back twice is doing it
// once. The error is drip.ErrNotFound as in Departed, or a Refusal if it is too late, or something
// else happened since.
func (a *Audience) Return(ctx context.Context, back, statement string) (Departed, error) {
	l, err := a.leaving(ctx, back)
	if err != nil {
		return Departed{}, fmt.Errorf("take a leaving back: %w", err)
	}
	now := a.now()
	if l.late(now) {
		return Departed{}, refuse("", "a leaving can be taken back for %v", UndoTime)
	}
	_, err = a.stores.Undo(ctx, store.Return{
		Enrollment: l.ID, LeftAt: l.at, Everything: l.everything, Now: now,
		Consent: drip.Consent{Source: drip.ConsentConfirmed, Text: statement, At: now},
	})
	if errors.Is(err, drip.ErrNotFound) {
		return Departed{}, refuse("", "it was taken back or done again since, or the series has ended")
	}
	if err != nil {
		return Departed{}, fmt.Errorf("take a leaving back: %w", err)
	}
	return a.departed(ctx, back, l)
}

// SayWhy stores why somebody left. The last word counts. The error is drip.ErrNotFound
// as in Departed, or a Refusal.
func (a *Audience) SayWhy(ctx context.Context, back string, why drip.LeaveWhy) (Departed, error) {
	l, err := a.leaving(ctx, back)
	if err != nil {
		return Departed{}, fmt.Errorf("say why: %w", err)
	}
	switch {
	case !why.Known():
		return Departed{}, refuse("", "there is no such reason")
	case l.late(a.now()):
		return Departed{}, refuse("", "a reason can be given for %v", UndoTime)
	}
	if err := a.stores.NoteWhy(ctx, l.ID, why); err != nil {
		return Departed{}, fmt.Errorf("say why: %w", err)
	}
	return a.departed(ctx, back, l)
}
