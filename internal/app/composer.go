package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"partwork/internal/audience"
	"partwork/internal/calendar"
	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/feedback"
	"partwork/internal/mailaddr"
	"partwork/internal/scheduler"
	"partwork/internal/store"
	"partwork/internal/timing"
	"partwork/internal/token"
)

// errReading says that the database, not the content, is to blame.
var errReading = errors.New("read what the message needs")

// composer makes the message of a claim. It is safe for concurrent use.
type composer struct {
	store   store.Store
	library *Library
	people  *audience.Audience
	keys    *token.Keyring
	base    string // public_url
	bounces feedback.ReturnPath
	zones   *timing.Zones
	zone    string // the instance's
	log     *slog.Logger
	// signers are those of the relays; nil for one whose letters are not signed, or
	// if they cannot be, as unsignable says. Nothing is sent then.
	signers    []*compose.Signer
	unsignable error

	mu       sync.Mutex
	compiled map[drip.ContentID]*compose.Edition
}

// compose returns the message as it is for a relay, in the array of room if it fits,
// and the merge values to pin with its mark. Relays differ in nothing but the signature.
func (c *composer) compose(ctx context.Context, item store.Claimed, now time.Time, relay int, room []byte) (compose.Letter, string, error) {
	edition, err := c.edition(ctx, item.Delivery.Content)
	if err != nil {
		return compose.Letter{}, "", err
	}
	pin, merge, err := c.pin(ctx, edition, &item, now)
	if err != nil {
		return compose.Letter{}, "", err
	}
	returnPath, err := c.bounces.For(item.Delivery.DeliveryKey)
	if err != nil {
		return compose.Letter{}, "", err
	}
	letter, err := edition.AppendTo(
		room[:0],
		mailaddr.Mailbox{Name: pin.Name, Address: item.Subscriber.Email},
		pin.Values,
		c.links(edition, item.Enrollment, item.Delivery.DeliveryKey),
		compose.Stamp{
			MessageID:  messageID(c.keys, item.Delivery.DeliveryKey, edition.Bundle().From.Address),
			Date:       time.Unix(pin.Date, 0).UTC(),
			ReturnPath: returnPath,
			Signer:     c.signer(relay),
		},
	)
	if err != nil {
		return compose.Letter{}, "", err
	}
	return letter, merge, nil
}

// links returns the reader's own links, as far as the edition uses them: each costs
// a microsecond to sign.
func (c *composer) links(e *compose.Edition, of drip.Enrollment, key drip.DeliveryKey) compose.Links {
	bundle := e.Bundle()
	links := compose.Links{Unsubscribe: c.people.UnsubscribeURL(c.base, of), Images: imagesURL(c.base)}
	if bundle.Confirmation() {
		links.Confirm = c.people.ConfirmURL(c.base, of)
	}
	if bundle.Preferences {
		links.Preferences = c.people.PreferencesURL(c.base, of)
	}
	if bundle.View {
		links.View = c.people.ViewURL(c.base, key)
	}
	return links
}

// signer returns that of a relay; nil if it signs by itself, or nobody does.
func (c *composer) signer(relay int) *compose.Signer {
	if relay >= len(c.signers) {
		return nil // unsignable
	}
	return c.signers[relay]
}

// messageID returns the Message-ID of a delivery, without angle brackets: opaque,
// and the same for every attempt (RFC 5322 §3.6.4).
func messageID(keys *token.Keyring, key drip.DeliveryKey, from mailaddr.Address) string {
	subject := token.Subject{A: int64(key.Enrollment), B: int64(key.Issue)}
	return keys.Opaque("message-id", subject) + "@" + from.Domain()
}

// pin returns what an earlier mark pinned, or else the reader's values now, and the
// text to pin.
func (c *composer) pin(ctx context.Context, e *compose.Edition, item *store.Claimed, now time.Time) (compose.Pin, string, error) {
	if merge := item.Delivery.Merge; merge != "" {
		pin, err := compose.ReadPin(merge)
		return pin, merge, err
	}
	reader, err := c.reader(ctx, e, item, now)
	if err != nil {
		return compose.Pin{}, "", err
	}
	pin := compose.Pin{Date: now.Unix(), Name: item.Subscriber.Name, Values: e.Merge(reader)}
	var room [96]byte // more than most take
	return pin, string(pin.AppendText(room[:0])), nil
}

func (c *composer) reader(ctx context.Context, e *compose.Edition, item *store.Claimed, now time.Time) (compose.Reader, error) {
	s := &item.Subscriber
	r := compose.Reader{Email: s.Email, Name: s.Name, Timezone: s.Timezone, Attributes: s.Attributes}
	program, ok := c.library.Program(item.Campaign)
	if !ok {
		return r, nil // a pinned version of a campaign whose files are gone
	}
	at := issueAt(program, item.Delivery.Issue)
	if at >= 0 {
		r.Number, r.Count = compose.Position(program.Campaign, at)
	}
	if at >= 0 && e.UsesSeries() {
		dates, err := c.dates(ctx, e, program, item, at, now)
		if err != nil {
			return r, err
		}
		r.Dates = dates
	}
	return r, nil
}

// issueAt returns the position in the files of the issue with that number, or -1:
// the confirmation has none.
func issueAt(p scheduler.Program, no drip.IssueNo) int {
	for i := range p.Campaign.Issues {
		if p.Record.Issues[p.Campaign.Issues[i].ID] == no {
			return i
		}
	}
	return -1
}

// dates are this reader's dates of the series: those that were, this one, and
// the forecast for the others.
func (c *composer) dates(ctx context.Context, e *compose.Edition, p scheduler.Program, item *store.Claimed, at int, now time.Time) ([]compose.Date, error) {
	due, err := c.store.History(ctx, item.Enrollment.ID)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errReading, err)
	}
	if err := Acquaint(ctx, c.store, p.Campaign, &due); err != nil {
		return nil, fmt.Errorf("%w: %w", errReading, err)
	}
	due.Open = nil
	passage, err := scheduler.Passage(scheduler.Config{Timezone: c.zone, Zones: c.zones}, p, &due)
	if err != nil {
		return nil, err
	}
	passage.Got(p.Campaign, at, item.Delivery.Slot.Wall, now)
	dates := []compose.Date{{Issue: p.Campaign.Issues[at].ID, Text: dateText(e, item.Delivery.Slot.Wall)}}
	for _, next := range calendar.Forecast(p.Campaign, passage, now, len(p.Campaign.Issues)) {
		dates = append(dates, compose.Date{Issue: p.Campaign.Issues[next.Issue].ID, Text: dateText(e, next.Slot.Wall)})
	}
	return dates, nil
}

// dateText writes a date as a reader would: "Tuesday, March 24".
func dateText(e *compose.Edition, w timing.Wall) string {
	return e.DateText(time.Unix(int64(w), 0).UTC())
}

// edition compiles a pinned content once.
func (c *composer) edition(ctx context.Context, id drip.ContentID) (*compose.Edition, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.compiled[id]; ok {
		return e, nil
	}
	data, err := c.store.Content(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errReading, err)
	}
	bundle, err := compose.DecodeBundle(data)
	if err != nil {
		return nil, fmt.Errorf("content %d: %w", id, err)
	}
	edition, findings := compose.Compile(bundle)
	if edition.Broken() {
		return nil, fmt.Errorf("content %d cannot be used any more: %d findings", id, len(findings))
	}
	if signer := c.signer(0); signer != nil && !signer.Covers(bundle.From.Address.Domain()) {
		c.log.Warn("the from address is outside smtp.dkim.domain, so this content leaves without our signature", "content", int64(id))
	}
	c.compiled[id] = edition
	return edition, nil
}
