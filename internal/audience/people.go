package audience

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/segment"
	"partwork/internal/store"
)

// Who names a person: by number, or by address if ID is zero.
type Who struct {
	ID    drip.SubscriberID
	Email mailaddr.Address
}

// NewPerson is somebody to add by hand.
type NewPerson struct {
	Email      mailaddr.Address
	Name       string            // empty if unknown
	Timezone   string            // an IANA name, or empty
	Attributes map[string]string // keys like those of imported columns
	// Consent says where consent came from; empty if none is stated.
	Consent string
	// Campaign, if not nil, enrolls them; Invite asks them to confirm, and
	// needs a campaign and no Consent.
	Campaign *CampaignTarget
	Invite   bool
}

// Added says what became of a person who was added.
type Added struct {
	Subscriber drip.SubscriberID
	Result     store.RowResult
	Enroll     store.EnrollResult
	// Former says that the address is one that the subscriber has changed: nothing was written.
	Former bool
}

// Add adds a person, or merges what is said into what is known of them, exactly
// as an import of one row would. It returns drip.ErrSuppressed if the address
// must not be mailed, drip.ErrKeptOut if not that campaign, and drip.ErrClosed or
// drip.ErrNotFound for the campaign.
func (a *Audience) Add(ctx context.Context, p NewPerson) (Added, error) {
	opts := ImportOptions{Consent: p.Consent, Campaign: p.Campaign, Invite: p.Invite}
	if err := a.checkImport(ctx, opts); err != nil {
		return Added{}, err
	}
	row, err := a.personRow(p)
	if err != nil {
		return Added{}, err
	}
	if err := a.mayAdd(ctx, row, p.Campaign); err != nil {
		return Added{}, fmt.Errorf("add a person: %w", err)
	}
	in := intake{Audience: a, opts: opts, consent: strings.TrimSpace(p.Consent), now: a.now()}
	batch, err := a.stores.StartImport(ctx, store.ImportStart{Consent: in.consent, Source: drip.ConsentAdmin, At: in.now})
	if err != nil {
		return Added{}, fmt.Errorf("add a person: %w", err)
	}
	outcomes, err := a.stores.ImportRows(ctx, store.ImportChunk{
		Batch: batch.Batch, Consent: batch.Consent, Rows: []store.Person{row}, Enroll: in.rule(), Now: in.now,
	})
	if err != nil {
		return Added{}, fmt.Errorf("add a person: %w", err)
	}
	if outcomes[0].Result == store.RowSuppressed {
		return Added{}, fmt.Errorf("add a person: %w", drip.ErrSuppressed)
	}
	if err := a.stores.FinishImport(ctx, batch.Batch, []byte(`{"rows":1}`), in.now); err != nil {
		return Added{}, fmt.Errorf("add a person: %w", err)
	}
	o := outcomes[0]
	return Added{Subscriber: o.Subscriber, Result: o.Result, Enroll: o.Enroll, Former: o.Former}, nil
}

// personRow checks what was typed. Unlike a list, a single person may be asked
// to be typed again, so an unknown zone is an error here.
func (a *Audience) personRow(p NewPerson) (store.Person, error) {
	if p.Email.IsZero() {
		return store.Person{}, errors.New("there is no address; expected one like anna@example.org")
	}
	if err := mailaddr.CheckName(p.Name); err != nil {
		return store.Person{}, err
	}
	if p.Timezone != "" {
		if _, err := a.zones.Load(p.Timezone); err != nil {
			return store.Person{}, err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.Attributes)) {
		if key == "" || key != segment.AttributeName(key) {
			return store.Person{}, fmt.Errorf("%q is no name for an attribute; use lower-case letters, digits and underscores", key)
		}
		if problem := checkAttribute(key, p.Attributes[key]); problem != "" {
			return store.Person{}, errors.New(problem)
		}
	}
	return store.Person{
		Email: p.Email, Hash: a.hasher.Sum(p.Email),
		Name: strings.TrimSpace(p.Name), Timezone: p.Timezone, Attributes: p.Attributes,
	}, nil
}

// EnrollOptions says how one person enters a campaign.
type EnrollOptions struct {
	CampaignTarget
	// Start is drip.StartAtSlot if empty.
	Start drip.Start
	// Invite asks for the confirmation mail if the enrollment is pending.
	Invite bool
}

// Enroll opens an enrollment for a person. It is active at once if their
// consent is known, else pending. Somebody who left this campaign earlier is
// always pending: only they themselves can come back, whatever consent there
// was. The errors are drip.ErrSuppressed, drip.ErrKeptOut, drip.ErrClosed, drip.ErrNotFound
// and drip.ErrEnrolled, which comes with the open enrollment.
func (a *Audience) Enroll(ctx context.Context, who Who, opts EnrollOptions) (drip.Enrollment, error) {
	person, err := a.find(ctx, who)
	if err != nil {
		return drip.Enrollment{}, err
	}
	if err := a.checkOpen(ctx, opts.No); err != nil {
		return drip.Enrollment{}, err
	}
	had, err := a.stores.EnrollmentsOf(ctx, person.ID)
	if err != nil {
		return drip.Enrollment{}, fmt.Errorf("enroll subscriber %d: %w", person.ID, err)
	}
	consent := person.ConsentID
	for _, e := range had {
		if e.Campaign == opts.No && e.State == drip.EnrollmentLeft {
			consent = 0
		}
	}
	if opts.Start == "" {
		opts.Start = drip.StartAtSlot
	}
	enrollment, err := a.stores.Enroll(ctx, store.NewEnrollment{
		Subscriber: person.ID, Campaign: opts.No, Start: opts.Start,
		Consent: consent, Invite: opts.Invite && consent == 0, Floor: opts.Floor, Now: a.now(),
	})
	if err != nil {
		return enrollment, fmt.Errorf("enroll subscriber %d: %w", person.ID, err)
	}
	return enrollment, nil
}

// Unsubscribe ends a person's enrollments by hand: in one campaign, or in all
// if campaign is zero. It returns how many it ended; none is no error. No mail
// of an ended enrollment begins after it returned.
func (a *Audience) Unsubscribe(ctx context.Context, who Who, campaign drip.CampaignNo) (ended int, err error) {
	person, err := a.find(ctx, who)
	if err != nil {
		return 0, err
	}
	enrollments, err := a.stores.EnrollmentsOf(ctx, person.ID)
	if err != nil {
		return 0, fmt.Errorf("unsubscribe subscriber %d: %w", person.ID, err)
	}
	for _, e := range enrollments {
		if e.State == drip.EnrollmentLeft || campaign != 0 && e.Campaign != campaign {
			continue
		}
		if _, err := a.stores.Leave(ctx, e.ID, drip.LeftByAdmin, a.now()); err != nil {
			return ended, fmt.Errorf("unsubscribe subscriber %d: %w", person.ID, err)
		}
		ended++
	}
	return ended, nil
}

// Suppress makes this instance never mail an address again, whether or not it
// belongs to a subscriber. An address that is suppressed already keeps its
// first reason.
func (a *Audience) Suppress(ctx context.Context, address mailaddr.Address, reason drip.SuppressionReason) error {
	if address.IsZero() {
		return errors.New("there is no address to suppress; expected one like anna@example.org")
	}
	return a.suppressAt(ctx, address, reason, a.now())
}

func (a *Audience) suppressAt(ctx context.Context, address mailaddr.Address, reason drip.SuppressionReason, now time.Time) error {
	return a.suppress(ctx, address, drip.Suppression{Hash: a.hasher.Sum(address), Reason: reason, At: now})
}

func (a *Audience) suppress(ctx context.Context, address mailaddr.Address, entry drip.Suppression) error {
	if err := a.stores.Suppress(ctx, entry, address); err != nil {
		return fmt.Errorf("suppress an address: %w", err)
	}
	return nil
}

// Erase forgets a person: everything about them is removed, and only the keyed
// hash of the address stays, so that it is never mailed or imported again.
func (a *Audience) Erase(ctx context.Context, who Who) error {
	person, err := a.find(ctx, who)
	if err != nil {
		return err
	}
	entry := drip.Suppression{Hash: a.hasher.Sum(person.Email), Reason: drip.SuppressedByErasure, At: a.now()}
	if err := a.stores.Erase(ctx, person.ID, entry); err != nil {
		return fmt.Errorf("erase subscriber %d: %w", person.ID, err)
	}
	return nil
}

// Profile is what is known of a person.
type Profile struct {
	Subscriber  drip.Subscriber
	Enrollments []drip.Enrollment // oldest first
	// Suppression is nil unless the address is suppressed for everything, and KeptOut has
	// the campaigns that it is suppressed for.
	Suppression *drip.Suppression
	KeptOut     []drip.Suppression
}

// Show returns what is known of a person.
func (a *Audience) Show(ctx context.Context, who Who) (Profile, error) {
	person, err := a.find(ctx, who)
	if err != nil {
		return Profile{}, err
	}
	p := Profile{Subscriber: person}
	if p.Enrollments, err = a.stores.EnrollmentsOf(ctx, person.ID); err != nil {
		return Profile{}, fmt.Errorf("show subscriber %d: %w", person.ID, err)
	}
	entries, err := a.stores.SuppressionsOf(ctx, a.hasher.Sum(person.Email))
	if err != nil {
		return Profile{}, fmt.Errorf("show subscriber %d: %w", person.ID, err)
	}
	for _, entry := range entries {
		if entry.Campaign == "" {
			p.Suppression = &entry
		} else {
			p.KeptOut = append(p.KeptOut, entry)
		}
	}
	return p, nil
}

func (a *Audience) find(ctx context.Context, who Who) (drip.Subscriber, error) {
	if who.ID != 0 {
		person, err := a.stores.Subscriber(ctx, who.ID)
		if err != nil {
			return drip.Subscriber{}, fmt.Errorf("find subscriber %d: %w", who.ID, err)
		}
		return person, nil
	}
	if who.Email.IsZero() {
		return drip.Subscriber{}, fmt.Errorf("find a subscriber: %w", drip.ErrNotFound)
	}
	person, err := a.stores.SubscriberByEmail(ctx, who.Email)
	if err != nil {
		return drip.Subscriber{}, fmt.Errorf("find a subscriber by address: %w", err)
	}
	return person, nil
}
