package cli

import (
	"context"
	"strings"

	"partwork/internal/app"
	"partwork/internal/drip"
)

// consentRow is the consent to a series in JSON: what was said, when, and how.
type consentRow struct {
	// Source is "import", "admin" or "confirmed"; empty while nothing was confirmed.
	Source drip.ConsentSource `json:"source"`
	Text   string             `json:"text"`
	Given  stamp              `json:"given"`
	// Requested, Form, Version and Network are of the sign-up page, if they came by one.
	Requested stamp  `json:"requested"`
	Form      string `json:"form"`
	Version   string `json:"version"`
	Network   string `json:"network"`
	Withdrawn stamp  `json:"withdrawn"`
}

// consentOf returns the consent behind an enrollment; false if there is none, and no
// request for one.
func consentOf(ctx context.Context, in *app.Instance, e drip.Enrollment) (row consentRow, known bool, err error) {
	found, err := in.Audience.Evidence(ctx, e)
	if err != nil {
		return consentRow{}, false, err
	}
	request := found.Request
	if found.Consent.ID != 0 {
		request = found.Consent.Request
	}
	return consentRow{
		Source: found.Consent.Source, Text: found.Consent.Text, Given: stamp(found.Consent.At), Withdrawn: stamp(found.WithdrawnAt),
		Requested: stamp(request.At), Form: request.Form.Text, Version: request.Form.Version, Network: request.Network,
	}, found.Consent.ID != 0 || !request.At.IsZero(), nil
}

// showConsent says where a consent came from.
func (e *env) showConsent(c *consentRow) {
	if c == nil {
		return
	}
	if !c.Requested.time().IsZero() {
		from := ""
		if c.Network != "" {
			from = " from " + c.Network
		}
		e.say("  signed up on %s%s, saying (version %s): %s", utc(c.Requested.time()), from, printable(c.Version), oneLine(c.Form))
	}
	switch c.Source {
	case "":
	case drip.ConsentConfirmed:
		e.say("  confirmed on %s with the link mailed to them, saying: %s", utc(c.Given.time()), oneLine(c.Text))
	default:
		e.say("  consent stated on %s (%s): %s", utc(c.Given.time()), c.Source, oneLine(c.Text))
	}
	if at := c.Withdrawn.time(); !at.IsZero() {
		e.say("  withdrawn on %s", utc(at))
	}
}

// oneLine is a text as it can stand in a line.
func oneLine(text string) string { return printable(strings.Join(strings.Fields(text), " ")) }
