package audience

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
	"partwork/internal/token"
)

// PrivateTime is how long the link to what is private works, and MoveTime that of the
// question to a new address. Both are told in the mails (templates/email).
const (
	PrivateTime = 2 * time.Hour
	MoveTime    = 24 * time.Hour
)

// noticesADay is how many notices of a kind a person may ask for, and how many an
// address may be sent, in a day.
const noticesADay = 3

// Shelf knows how letters were called. It must be safe for concurrent use.
type Shelf interface {
	// Subject returns the subject of a delivery as its reader saw it.
	Subject(ctx context.Context, d drip.Delivery) (string, error)
}

// AskPrivate has the link to what is private mailed to the person of a preferences
// link. Links of mails get forwarded, and what they open by themselves can be undone:
// a pause, a pace. Names, addresses and everything that cannot be undone are behind a
// link that only the person's own mailbox gets, and not for long. The answer tells
// nothing: it is the same for those who are suppressed, and for those who ask too
// often. The error is drip.ErrNotFound in the cases of Preferences.
func (a *Audience) AskPrivate(ctx context.Context, link string) error {
	e, err := a.wisher(ctx, link)
	if err != nil {
		return fmt.Errorf("ask for the private link: %w", err)
	}
	// It is stored for those who are suppressed as well, so that time tells nothing
	// either. NoticeTo does not send it.
	_, err = a.ask(ctx, drip.Notice{Subscriber: e.Subscriber, Enrollment: e.ID, Kind: drip.NoticePrivate})
	return err
}

// ask stores a notice, or not, if there were too many.
func (a *Audience) ask(ctx context.Context, n drip.Notice) (asked bool, err error) {
	n.AskedAt = a.machine().UTC().Truncate(time.Millisecond)
	limit := store.NoticeLimit{Since: n.AskedAt.AddDate(0, 0, -1), PerPerson: noticesADay, PerAddress: noticesADay}
	_, asked, err = a.stores.AskNotice(ctx, n, limit)
	if err != nil {
		return false, fmt.Errorf("ask for a notice: %w", err)
	}
	return asked, nil
}

// mayBeMailed reports whether an address is not suppressed.
func (a *Audience) mayBeMailed(ctx context.Context, address mailaddr.Address) (bool, error) {
	_, err := a.stores.Suppressed(ctx, a.hasher.Sum(address))
	if errors.Is(err, drip.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("look up a suppression: %w", err)
	}
	return false, nil
}

// NoticeURL returns the link that a notice carries.
func (a *Audience) NoticeURL(base string, n drip.Notice) string {
	path, purpose := "/m/", token.Private
	if n.Kind == drip.NoticeAddress {
		path, purpose = "/n/", token.Move
	}
	return strings.TrimRight(base, "/") + path + a.keyring.Sign(purpose, token.Subject{A: int64(n.ID), B: int64(n.Subscriber)})
}

// NoticeTo returns where a notice goes to now; false if it must not be sent any more:
// its link does not work, or the address must not be mailed, or belongs to somebody
// else meanwhile. Nobody is told which.
func (a *Audience) NoticeTo(ctx context.Context, n drip.Notice) (mailaddr.Address, bool, error) {
	if a.over(n) {
		return mailaddr.Address{}, false, nil
	}
	to := n.Email
	if n.Kind == drip.NoticePrivate {
		person, err := a.stores.Subscriber(ctx, n.Subscriber)
		if errors.Is(err, drip.ErrNotFound) {
			return mailaddr.Address{}, false, nil
		}
		if err != nil {
			return mailaddr.Address{}, false, err
		}
		to = person.Email
	} else if fit, err := a.fitToAsk(ctx, n); err != nil || !fit {
		return mailaddr.Address{}, false, err
	}
	ok, err := a.mayBeMailed(ctx, to)
	return to, ok, err
}

// fitToAsk reports whether the address of a notice may be asked whether it is somebody's:
// as on sign-up pages, it is nobody's yet, no shared mailbox and not the series' own, and
// the mailbox wants mail under whatever spelling.
func (a *Audience) fitToAsk(ctx context.Context, n drip.Notice) (bool, error) {
	if n.Email.IsRole() {
		return false, nil
	}
	if _, err := a.stores.SubscriberByEmail(ctx, n.Email); !errors.Is(err, drip.ErrNotFound) {
		return false, err
	}
	e, err := a.stores.Enrollment(ctx, n.Enrollment)
	if err != nil {
		return false, err
	}
	if s, ok := a.series(e.Campaign); ok && unfit(n.Email, s.Campaign) {
		return false, nil
	}
	for _, hash := range a.others(n.Email) {
		if _, err := a.stores.Suppressed(ctx, hash); !errors.Is(err, drip.ErrNotFound) {
			return false, err
		}
	}
	return true, nil
}

// over reports whether the link of a notice works no more.
func (a *Audience) over(n drip.Notice) bool {
	lasts := PrivateTime
	if n.Kind == drip.NoticeAddress {
		lasts = MoveTime
	}
	return !n.ClosedAt.IsZero() || a.machine().Sub(n.AskedAt) > lasts
}

// notice returns what the link of a notice was signed for. drip.ErrNotFound is the
// one answer to every link that does not work (any more).
func (a *Audience) notice(ctx context.Context, p token.Purpose, link string) (drip.Notice, error) {
	n, err := a.signedNotice(ctx, p, link)
	if err == nil && a.over(n) {
		return drip.Notice{}, drip.ErrNotFound
	}
	return n, err
}

// signedNotice is notice for links that worked once, too.
func (a *Audience) signedNotice(ctx context.Context, p token.Purpose, link string) (drip.Notice, error) {
	subject, forged := a.keyring.Verify(p, link)
	n, err := a.stores.Notice(ctx, drip.NoticeID(subject.A)) // looked up in any case, as links of other purposes are
	if err != nil {
		return drip.Notice{}, err
	}
	kind := map[token.Purpose]drip.NoticeKind{token.Private: drip.NoticePrivate, token.Move: drip.NoticeAddress}[p]
	if forged != nil || n.Kind != kind || int64(n.Subscriber) != subject.B {
		return drip.Notice{}, drip.ErrNotFound
	}
	return n, nil
}

// Own is what the private page shows when its holder asks for it.
type Own struct {
	Address string
	Name    string
	// Series are what they receive or received, the latest first.
	Series []OwnSeries
}

// OwnSeries is a series as its reader knows it.
type OwnSeries struct {
	// Title is empty if the campaign's files are not at hand.
	Title string
	// Stage is that of the preferences.
	Stage Stage
	// Preferences is the token of the link that sets it.
	Preferences string
	Letters     []OwnLetter
}

// OwnLetter is something that they were sent.
type OwnLetter struct {
	// Subject is as it stood in their inbox; empty if it cannot be told any more.
	Subject string
	SentAt  time.Time
	// View is the token of the link that shows it as it was sent.
	View string
}

// Private returns nil if a private link works, and drip.ErrNotFound if not. It is all
// that the page may know before its holder asks for more.
func (a *Audience) Private(ctx context.Context, link string) error {
	if _, err := a.notice(ctx, token.Private, link); err != nil {
		return fmt.Errorf("open the private page: %w", err)
	}
	return nil
}

// Own returns what the holder of a private link receives and has received. It changes
// nothing.
func (a *Audience) Own(ctx context.Context, link string) (Own, error) {
	n, err := a.notice(ctx, token.Private, link)
	if err != nil {
		return Own{}, fmt.Errorf("open the private page: %w", err)
	}
	d, err := a.stores.Dossier(ctx, n.Subscriber)
	if err != nil {
		return Own{}, fmt.Errorf("open the private page: %w", err)
	}
	own := Own{Address: d.Subscriber.Email.String(), Name: d.Subscriber.Name}
	at := make(map[drip.CampaignNo]int)
	for _, e := range slices.Backward(d.Enrollments) {
		if _, listed := at[e.Campaign]; listed {
			continue // an earlier passage through the same
		}
		at[e.Campaign] = len(own.Series)
		series := OwnSeries{Preferences: a.signed(token.Preferences, e)}
		if s, ok := a.series(e.Campaign); ok {
			series.Title = s.Campaign.Title
		}
		p, err := a.preferences(ctx, e)
		if err != nil {
			return Own{}, fmt.Errorf("open the private page: %w", err)
		}
		series.Stage = p.Stage
		own.Series = append(own.Series, series)
	}
	campaign := make(map[drip.EnrollmentID]drip.CampaignNo, len(d.Enrollments))
	for _, e := range d.Enrollments {
		campaign[e.ID] = e.Campaign
	}
	for _, row := range slices.Backward(d.Deliveries) {
		if letter, ok := a.ownLetter(ctx, &row); ok {
			series := &own.Series[at[campaign[row.Enrollment]]]
			series.Letters = append(series.Letters, letter)
		}
	}
	return own, nil
}

// ownLetter returns a delivery as a letter; false if it was not sent, or is the
// confirmation.
func (a *Audience) ownLetter(ctx context.Context, d *store.DossierDelivery) (OwnLetter, bool) {
	if d.MarkedAt.IsZero() || d.Content == 0 || d.Merge == "" || d.IssueID == drip.ConfirmationID ||
		d.State != drip.DeliverySent && d.State != drip.DeliveryUnknown {
		return OwnLetter{}, false
	}
	letter := OwnLetter{
		SentAt: d.MarkedAt, View: a.keyring.Sign(token.View, token.Subject{A: int64(d.Enrollment), B: int64(d.Issue)}),
	}
	if a.shelf != nil {
		// One whose content cannot be read any more is listed all the same.
		letter.Subject, _ = a.shelf.Subject(ctx, d.Delivery)
	}
	return letter, true
}

// EraseSelf erases the person of a private link, as Erase does. Done again, the link
// works no more: drip.ErrNotFound.
func (a *Audience) EraseSelf(ctx context.Context, link string) error {
	n, err := a.notice(ctx, token.Private, link)
	if err != nil {
		return fmt.Errorf("erase the person of a private link: %w", err)
	}
	return a.Erase(ctx, Who{ID: n.Subscriber})
}

// pinned returns what a letter's merge values were; nil if they cannot be read.
func pinned(merge string) *pinnedValues {
	pin, err := compose.ReadPin(merge)
	if merge == "" || err != nil {
		return nil
	}
	values := make(map[string]string, len(pin.Values.Fields))
	for _, f := range pin.Values.Fields {
		values[f.Path] = f.Value
	}
	return &pinnedValues{Name: pin.Name, Values: values}
}
