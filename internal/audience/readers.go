package audience

import (
	"context"
	"errors"
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/token"
)

// Invitation is what the confirmation page may show.
type Invitation struct {
	// Confirmed is true if they did so already, and Continues if they went on
	// where they had been before.
	Confirmed, Continues bool
	// Comeback is nil unless they were in this series before, and can choose
	// between going on and beginning anew.
	Comeback *Comeback
}

// Invitation returns what to show to the holder of a confirmation link. It
// changes nothing. drip.ErrNotFound is the one answer to every link that does
// not work (any more): not signed for this, erased, left, or suppressed.
func (a *Audience) Invitation(ctx context.Context, link string) (Invitation, error) {
	e, err := a.invited(ctx, link)
	if err == nil {
		err = a.checkInvited(ctx, e)
	}
	if err != nil {
		return Invitation{}, fmt.Errorf("open an invitation: %w", err)
	}
	invitation := invitationOf(e)
	if invitation.Confirmed {
		return invitation, nil
	}
	back, ok, err := a.comeback(ctx, e)
	if err != nil {
		return Invitation{}, fmt.Errorf("open an invitation: %w", err)
	}
	if ok {
		invitation.Comeback = &back
	}
	return invitation, nil
}

// invitationOf says how an enrollment stands that was not left.
func invitationOf(e drip.Enrollment) Invitation {
	return Invitation{Confirmed: e.State != drip.EnrollmentPending, Continues: e.Continues}
}

// Confirm turns a pending enrollment into an active one. statement is what the page
// said that its button agrees to, word for word and in its language; it is kept as the
// consent. Somebody who was in this series before may choose whether to go on;
// for everybody else the choice means nothing. Confirming twice is confirming
// once. It returns the invitation as it is then. The error is drip.ErrNotFound
// in the cases of Invitation.
func (a *Audience) Confirm(ctx context.Context, link string, choice Choice, statement string) (Invitation, error) {
	e, err := a.invited(ctx, link)
	if err == nil {
		err = a.checkInvited(ctx, e)
	}
	if err != nil {
		return Invitation{}, fmt.Errorf("confirm: %w", err)
	}
	yes, err := a.confirmation(ctx, e, choice, statement)
	if err != nil {
		return Invitation{}, fmt.Errorf("confirm: %w", err)
	}
	after, err := a.stores.Confirm(ctx, e.ID, yes)
	if err != nil {
		return Invitation{}, fmt.Errorf("confirm: %w", err)
	}
	if after.State == drip.EnrollmentLeft {
		return Invitation{}, fmt.Errorf("confirm: %w", drip.ErrNotFound) // they left between the look and the call
	}
	return invitationOf(after), nil
}

// checkInvited refuses enrollments that are over and people who must not be
// mailed, all alike.
func (a *Audience) checkInvited(ctx context.Context, e drip.Enrollment) error {
	if e.State == drip.EnrollmentLeft {
		return drip.ErrNotFound
	}
	person, err := a.stores.Subscriber(ctx, e.Subscriber)
	if err != nil {
		return err
	}
	out, err := a.keptOut(ctx, a.hasher.Sum(person.Email), e.Campaign)
	if out {
		return drip.ErrNotFound
	}
	return err
}

// Departure returns nil if the holder of an unsubscribe link may be shown the
// page with the buttons, and drip.ErrNotFound if the link was not signed for
// it. That is all the page may know: whoever was forwarded the email must not
// learn from it who reads what. So nothing is looked up, and the answer for
// somebody who left or was erased is the same.
func (a *Audience) Departure(_ context.Context, link string) error {
	if _, err := a.keyring.Verify(token.Unsubscribe, link); err != nil {
		return fmt.Errorf("open an unsubscribe link: %w", drip.ErrNotFound)
	}
	return nil
}

// Leave ends the series of an unsubscribe link: every link that a person ever
// got in a mail of the series ends whatever passage of theirs through it is open
// now, also one that began after that mail, and an invitation that waits for its
// confirmation. No mail of the series to them begins after Leave returned.
// Leaving again, or after an erasure, is done already. The error is
// drip.ErrNotFound if the link was not signed for it.
func (a *Audience) Leave(ctx context.Context, link string) error {
	return a.leaveAt(ctx, link, a.now())
}

func (a *Audience) leaveAt(ctx context.Context, link string, now time.Time) error {
	if err := a.Departure(ctx, link); err != nil {
		return err
	}
	e, err := a.enrollment(ctx, token.Unsubscribe, link)
	if errors.Is(err, drip.ErrNotFound) {
		return nil
	}
	if err == nil {
		_, err = a.stores.Leave(ctx, e.ID, drip.LeftByReader, now)
	}
	if err != nil && !errors.Is(err, drip.ErrNotFound) {
		return fmt.Errorf("leave enrollment %d: %w", e.ID, err)
	}
	return nil
}

// LeaveEverything suppresses the address of an unsubscribe link's person, which
// ends all their enrollments and outlasts erasure and import. Otherwise it is
// like Leave.
func (a *Audience) LeaveEverything(ctx context.Context, link string) error {
	now := a.now() // of all that ends by it, so that it can be taken back
	if err := a.leaveAt(ctx, link, now); err != nil {
		return err
	}
	e, err := a.enrollment(ctx, token.Unsubscribe, link)
	if errors.Is(err, drip.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("leave everything: %w", err)
	}
	person, err := a.stores.Subscriber(ctx, e.Subscriber)
	if errors.Is(err, drip.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("leave everything of enrollment %d: %w", e.ID, err)
	}
	return a.suppressAt(ctx, person.Email, drip.SuppressedByReader, now)
}

// enrollment returns what a link was signed for. The error is drip.ErrNotFound
// for a link that was not, and for one whose enrollment is gone.
func (a *Audience) enrollment(ctx context.Context, p token.Purpose, link string) (drip.Enrollment, error) {
	subject, forged := a.keyring.Verify(p, link)
	// A forged link is looked up, too, as the enrollment 0 that there is not: how long
	// the answer takes does not tell a link that was once good from one that never was.
	e, err := a.stores.Enrollment(ctx, drip.EnrollmentID(subject.A))
	switch {
	case err != nil:
		return drip.Enrollment{}, err
	case forged != nil:
		return drip.Enrollment{}, drip.ErrNotFound
	}
	// A link without the person's number binds the enrollment alone.
	if subject.B != 0 && drip.SubscriberID(subject.B) != e.Subscriber {
		return drip.Enrollment{}, drip.ErrNotFound
	}
	return e, nil
}

// passages returns what a link was signed for, among all enrollments of its person. The
// errors are those of enrollment.
func (a *Audience) passages(ctx context.Context, p token.Purpose, link string) (drip.Enrollment, []drip.Enrollment, error) {
	subject, forged := a.keyring.Verify(p, link)
	person := drip.SubscriberID(subject.B)
	if person == 0 && forged == nil { // an old link, which binds the enrollment alone
		e, err := a.enrollment(ctx, p, link)
		if err != nil {
			return drip.Enrollment{}, nil, err
		}
		person = e.Subscriber
	}
	// A forged link is looked up, too, as nobody's.
	all, err := a.stores.EnrollmentsOf(ctx, person)
	for _, e := range all {
		if forged == nil && e.ID == drip.EnrollmentID(subject.A) {
			return e, all, err
		}
	}
	if err == nil {
		err = drip.ErrNotFound
	}
	return drip.Enrollment{}, nil, err
}
