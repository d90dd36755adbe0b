package cli

import (
	"io"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// memberRow is a person in JSON Lines.
type memberRow struct {
	Subscriber drip.SubscriberID `json:"subscriber"`
	Email      string            `json:"email"`
	Name       string            `json:"name"`
	Timezone   string            `json:"timezone"`
	Tags       []string          `json:"tags"`
	// Attributes are texts, numbers and bools.
	Attributes map[string]any `json:"attributes"`
	Added      stamp          `json:"added"`
	Suppressed bool           `json:"suppressed"`
	// Consent was stated for the person; null if none was.
	Consent *consentRow   `json:"consent"`
	Series  []memberPlace `json:"series"`
}

// memberPlace is a person's part in a series, the oldest first.
type memberPlace struct {
	Campaign    string               `json:"campaign"`
	State       drip.EnrollmentState `json:"state"`
	Joined      stamp                `json:"joined"`
	Finished    stamp                `json:"finished"`
	Left        stamp                `json:"left"`
	LeftReason  drip.LeaveReason     `json:"left_reason"`
	Pace        int                  `json:"pace"`
	PausedUntil stamp                `json:"paused_until"`
	LastSent    stamp                `json:"last_sent"`
	Consent     *consentRow          `json:"consent"`
}

// writeMemberJSON writes one line.
func writeMemberJSON(w io.Writer, m *store.Member) error {
	row := memberRow{
		Subscriber: m.ID, Email: m.Email.String(), Name: m.Name, Timezone: m.Timezone, Tags: append([]string{}, m.Tags...),
		Attributes: m.Attributes, Added: stamp(m.CreatedAt), Suppressed: m.Suppressed, Consent: consentRowOf(m.Consent), Series: []memberPlace{},
	}
	if row.Attributes == nil {
		row.Attributes = map[string]any{}
	}
	for _, p := range m.Parts {
		place := memberPlace{
			Campaign: p.CampaignID, State: p.State, Joined: stamp(p.JoinedAt), Finished: stamp(p.FinishedAt), Left: stamp(p.LeftAt),
			LeftReason: p.LeftReason, Pace: p.Pace, PausedUntil: stamp(p.PausedUntil), LastSent: stamp(p.LastSent), Consent: consentRowOf(p.Consent),
		}
		if place.Consent != nil {
			place.Consent.Withdrawn = place.Left
		}
		row.Series = append(row.Series, place)
	}
	text, err := jsonText(row, "")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text+"\n")
	return err
}

// consentRowOf returns a consent in JSON; nil if there is none.
func consentRowOf(c drip.Consent) *consentRow {
	if c.ID == 0 {
		return nil
	}
	return &consentRow{
		Source: c.Source, Text: c.Text, Given: stamp(c.At), Requested: stamp(c.Request.At),
		Form: c.Request.Form.Text, Version: c.Request.Form.Version, Network: c.Request.Network,
	}
}
