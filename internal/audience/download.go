package audience

import (
	"context"
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
	"partwork/internal/token"
)

// Data is all that is kept about a person, for themselves: what they may take along
// (GDPR, article 20) and look through (article 15). Its keys stay as they are.
type Data struct {
	// Written is when it was put together, and Note says what there is besides, in the
	// words of whoever shows it.
	Written     time.Time  `json:"written"`
	Note        string     `json:"note"`
	Person      dataPerson `json:"person"`
	Suppression *dataStop  `json:"suppression"`
	// KeptOut are the series that they must not be mailed.
	KeptOut  []dataKeptOut `json:"kept_out"`
	Series   []dataSeries  `json:"series"`
	Requests []dataRequest `json:"requests"`
}

type dataPerson struct {
	Email      string            `json:"email"`
	Name       string            `json:"name"`
	Timezone   string            `json:"timezone"`
	Attributes map[string]string `json:"attributes"`
	Tags       []drip.Tag        `json:"tags"`
	Consent    *dataConsent      `json:"consent"`
	// Imported is the list that they came from; nil if from none.
	Imported *dataImport `json:"imported"`
	Created  time.Time   `json:"created"`
	Updated  time.Time   `json:"updated"`
	// Moved is when this address took the place of another, and FormerAddresses counts
	// those of which a keyed hash is kept.
	Moved           *time.Time `json:"moved"`
	FormerAddresses int        `json:"former_addresses"`
}

type dataImport struct {
	List string    `json:"list"`
	At   time.Time `json:"at"`
}

type dataConsent struct {
	Source    drip.ConsentSource `json:"source"`
	Statement string             `json:"statement"`
	Given     time.Time          `json:"given"`
	// SignUp is the form that it began with; nil if it was none.
	SignUp *dataSignUp `json:"sign_up"`
}

// dataSignUp is a form on a sign-up page.
type dataSignUp struct {
	Asked time.Time `json:"asked"`
	// Network is where it came from, as much of it as is kept.
	Network string `json:"network"`
	// Version and Text are what the page said.
	Version string `json:"version"`
	Text    string `json:"text"`
	// Name and Timezone are what was typed, while the form waits for a confirmation;
	// empty after it, for they are the person's then.
	Name     string `json:"name"`
	Timezone string `json:"timezone"`
}

type dataStop struct {
	Reason drip.SuppressionReason `json:"reason"`
	Since  time.Time              `json:"since"`
}

type dataKeptOut struct {
	// Key is that of the series, as it stands in addresses of pages.
	Key string `json:"series_key"`
	dataStop
}

type dataSeries struct {
	Campaign string               `json:"campaign"`
	Title    string               `json:"title"`
	State    drip.EnrollmentState `json:"state"`
	Consent  *dataConsent         `json:"consent"`
	// SignUp is a form that waits for a confirmation; nil if none does.
	SignUp      *dataSignUp      `json:"sign_up"`
	Invited     *time.Time       `json:"invited"`
	Joined      *time.Time       `json:"joined"`
	Finished    *time.Time       `json:"finished"`
	Left        *time.Time       `json:"left"`
	LeftBy      drip.LeaveReason `json:"left_by"`
	Why         drip.LeaveWhy    `json:"why"`
	Pace        int              `json:"pace"`
	PausedUntil *time.Time       `json:"paused_until"`
	AskedNext   *time.Time       `json:"asked_for_the_next"`
	Next        *time.Time       `json:"next_look"`
	Letters     []dataLetter     `json:"letters"`
}

type dataLetter struct {
	Issue    string              `json:"issue"`
	State    drip.DeliveryState  `json:"state"`
	Reason   drip.DeliveryReason `json:"reason"`
	Planned  *time.Time          `json:"planned"`
	Handed   *time.Time          `json:"handed_over"`
	Accepted *time.Time          `json:"accepted"`
	Reply    string              `json:"reply"`
	// Filled is what of theirs was written into it.
	Filled   *pinnedValues `json:"filled_in"`
	Attempts []dataAttempt `json:"attempts"`
}

// pinnedValues are the merge values of a letter.
type pinnedValues struct {
	Name   string            `json:"name"`
	Values map[string]string `json:"values"`
}

type dataAttempt struct {
	At    time.Time  `json:"at"`
	Class drip.Class `json:"class"`
	Reply string     `json:"reply"`
}

type dataRequest struct {
	Kind  drip.NoticeKind `json:"kind"`
	Email string          `json:"email"`
	At    time.Time       `json:"at"`
}

// Download returns all that is kept about the holder of a private link. It changes
// nothing. The error is drip.ErrNotFound if the link does not work.
func (a *Audience) Download(ctx context.Context, link string) (Data, error) {
	n, err := a.notice(ctx, token.Private, link)
	if err != nil {
		return Data{}, fmt.Errorf("download what is kept: %w", err)
	}
	d, err := a.stores.Dossier(ctx, n.Subscriber)
	if err != nil {
		return Data{}, fmt.Errorf("download what is kept: %w", err)
	}
	return a.data(&d), nil
}

// data writes a dossier down for the person it is about.
func (a *Audience) data(d *store.Dossier) Data {
	s := &d.Subscriber
	data := Data{
		Written: a.now(), KeptOut: []dataKeptOut{}, Series: []dataSeries{}, Requests: []dataRequest{},
		Person: dataPerson{
			Email: s.Email.String(), Name: s.Name, Timezone: s.Timezone, Attributes: s.Attributes, Tags: append([]drip.Tag{}, d.Tags...), Consent: consentOf(d, s.ConsentID),
			Created: s.CreatedAt, Updated: s.UpdatedAt, Moved: dated(d.MovedAt), FormerAddresses: d.Former,
		},
	}
	if d.Import != nil {
		data.Person.Imported = &dataImport{List: d.Import.File, At: d.Import.At}
	}
	if d.Suppression != nil {
		data.Suppression = &dataStop{Reason: d.Suppression.Reason, Since: d.Suppression.At}
	}
	for _, entry := range d.KeptOut {
		data.KeptOut = append(data.KeptOut, dataKeptOut{entry.Campaign, dataStop{Reason: entry.Reason, Since: entry.At}})
	}
	for _, e := range d.Enrollments {
		data.Series = append(data.Series, a.dataSeries(d, &e))
	}
	for _, n := range d.Notices {
		data.Requests = append(data.Requests, dataRequest{Kind: n.Kind, Email: n.Email.String(), At: n.AskedAt})
	}
	return data
}

func (a *Audience) dataSeries(d *store.Dossier, e *drip.Enrollment) dataSeries {
	series := dataSeries{
		Campaign: d.Campaigns[e.Campaign], State: e.State, Consent: consentOf(d, e.ConsentID),
		Invited: dated(e.InvitedAt), Joined: dated(e.JoinedAt), Finished: dated(e.FinishedAt), Left: dated(e.LeftAt),
		LeftBy: e.LeftReason, Why: d.Whys[e.ID], Pace: e.Pace, PausedUntil: dated(e.PausedUntil),
		AskedNext: dated(e.AskedAt), Next: dated(e.NextAt), Letters: []dataLetter{},
	}
	if s, ok := a.series(e.Campaign); ok {
		series.Title = s.Campaign.Title
	}
	if waits, ok := d.Requests[e.ID]; ok {
		series.SignUp = signUpOf(waits.Request)
		series.SignUp.Name, series.SignUp.Timezone = waits.Name, waits.Timezone
	}
	for i := range d.Deliveries {
		if row := &d.Deliveries[i]; row.Enrollment == e.ID {
			series.Letters = append(series.Letters, dataLetterOf(d, row))
		}
	}
	return series
}

func dataLetterOf(d *store.Dossier, row *store.DossierDelivery) dataLetter {
	letter := dataLetter{
		Issue: row.IssueID, State: row.State, Reason: row.Reason, Planned: dated(row.Slot.At), Handed: dated(row.MarkedAt),
		Accepted: dated(row.SentAt), Reply: row.Reply, Filled: pinned(row.Merge), Attempts: []dataAttempt{},
	}
	for _, attempt := range d.Attempts {
		if attempt.DeliveryKey == row.DeliveryKey {
			letter.Attempts = append(letter.Attempts, dataAttempt{At: attempt.At, Class: attempt.Class, Reply: attempt.Reply.Text})
		}
	}
	return letter
}

func consentOf(d *store.Dossier, id drip.ConsentID) *dataConsent {
	c, ok := d.Consents[id]
	if !ok {
		return nil
	}
	return &dataConsent{Source: c.Source, Statement: c.Text, Given: c.At, SignUp: signUpOf(c.Request)}
}

// signUpOf returns nil for the zero request.
func signUpOf(r drip.Request) *dataSignUp {
	if r.At.IsZero() {
		return nil
	}
	return &dataSignUp{Asked: r.At, Network: r.Network, Version: r.Form.Version, Text: r.Form.Text}
}

// dated returns nil for the zero time.
func dated(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
