package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"partwork/internal/app"
	"partwork/internal/calendar"
	"partwork/internal/campaignfile"
	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/timing"
)

// What stands in place of a token in the links of a message that nobody gets, and in
// those of a test.
const (
	exampleLink = "example"
	testLink    = "test"
)

// specimen is a message for a made-up reader who joins now, or for a subscriber, outside
// the ledger. Its links lead nowhere.
type specimen struct {
	folder   *folder
	campaign *drip.Campaign
	issue    int
	persona  campaignfile.Persona
	// to replaces the persona's address if it is not zero.
	to  mailaddr.Address
	now time.Time
	// own is when a subscriber has the issues of the series; the zero value for
	// somebody who joins now.
	own app.OwnSeries
	// test marks the subject, and the links.
	test bool
	// signer signs the message; nil for none.
	signer *compose.Signer
}

// persona finds a persona by address or name; the first one if as is empty. A
// campaign without personas has one without a name.
func (f *folder) persona(c *drip.Campaign, as string) (campaignfile.Persona, error) {
	personas, _ := campaignfile.Personas(f.root.FS(), c, f.options)
	var names []string
	for _, p := range personas {
		if as == "" || strings.EqualFold(as, p.Email.String()) || strings.EqualFold(as, p.Name) && p.Name != "" {
			return p, nil
		}
		names = append(names, p.Email.String())
	}
	if as == "" {
		email, err := mailaddr.Parse("reader@example.org")
		return campaignfile.Persona{Email: email}, err
	}
	if len(names) == 0 {
		return campaignfile.Persona{}, failf("write them into "+f.name+"/"+c.ID+"/personas.yaml", "campaign %q has no personas", c.ID)
	}
	return campaignfile.Persona{}, failf("there are "+strings.Join(names, ", "), "campaign %q has no persona %q", c.ID, as)
}

// message composes the specimen.
func (s specimen) message() (*compose.Message, error) {
	bundle := compose.NewBundle(s.campaign, s.issue, s.folder.layouts)
	// No server has the images of what nobody may have been sent yet.
	bundle.HostedImages = bundle.HostedImages && !s.test
	edition, findings := compose.Compile(bundle)
	if edition.Broken() {
		return nil, s.broken(findings)
	}
	return s.of(edition)
}

// of composes the specimen from an edition. It is how render, send-test and the preview
// make their messages.
func (s specimen) of(edition *compose.Edition) (*compose.Message, error) {
	to := mailaddr.Mailbox{Name: s.persona.Name, Address: s.persona.Email}
	if !s.to.IsZero() {
		to = mailaddr.Mailbox{Address: s.to}
	}
	message, err := edition.Compose(to, edition.Merge(s.reader()), s.links(), compose.Stamp{
		// The mailbox for bounces as it is: no delivery stands behind a specimen.
		MessageID: s.messageID(edition.Bundle().Issue), Date: s.now, ReturnPath: s.folder.cfg.Bounces.Mailbox(), Test: s.test, Signer: s.signer,
	})
	if errors.Is(err, compose.ErrMissing) {
		return nil, failf("`partwork check "+s.campaign.ID+"` names the field; give it a default",
			"persona %s lacks a value that the issue has no default for", s.persona.Email)
	}
	return message, err
}

// links have the form of a reader's own and lead nowhere.
func (s specimen) links() compose.Links {
	base, token := strings.TrimRight(s.folder.cfg.PublicURL, "/"), exampleLink
	if s.test {
		token = testLink
	}
	return compose.Links{
		Unsubscribe: base + "/u/" + token, Confirm: base + "/c/" + token,
		Preferences: base + "/p/" + token, View: base + "/v/" + token,
		Images: base + "/i",
	}
}

// broken names the first error of an issue.
func (s specimen) broken(findings []drip.Finding) error {
	for _, finding := range findings {
		if finding.Severity == drip.SeverityError {
			return failf("`partwork check "+s.campaign.ID+"` names every error and its line",
				"%s has an error: %s", s.campaign.Issues[s.issue].File, finding.Message)
		}
	}
	return compose.ErrBroken
}

// reader is the persona at this place of the series, on their own dates if they have any.
func (s specimen) reader() compose.Reader {
	r := readerOf(s.persona)
	if s.issue >= 0 { // not the confirmation
		r.Number, r.Count = compose.Position(s.campaign, s.issue)
	}
	if r.Dates = s.own.Dates(s.issue, s.folder.layouts); r.Dates != nil {
		return r
	}
	r.Dates = joiningDates(s.campaign, s.campaign.Zone(s.persona.Timezone, s.folder.cfg.Timezone), s.now, s.folder.layouts)
	return r
}

// joiningDates are the dates of somebody in a zone who joins now.
func joiningDates(c *drip.Campaign, zone string, now time.Time, l *compose.Layouts) []compose.Date {
	loc, err := timing.NewZones().Load(zone)
	if err != nil {
		loc = time.UTC // every zone was checked when it was read
	}
	joining := calendar.Passage{
		State: drip.EnrollmentActive, Start: drip.StartOnJoin, JoinedAt: now, Floor: now, Zone: loc,
	}
	var dates []compose.Date
	for _, due := range calendar.Forecast(c, joining, now, len(c.Issues)) {
		text := l.DateText(c, due.Slot.Wall.Date().Start(time.UTC))
		dates = append(dates, compose.Date{Issue: c.Issues[due.Issue].ID, Text: text})
	}
	return dates
}

// messageID is the same for the same reader, issue and time.
func (s specimen) messageID(issue string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{
		"specimen", s.campaign.Key, issue, s.persona.Email.Key(), s.to.Key(), s.now.String(),
	}, "\x00")))
	return hex.EncodeToString(sum[:16]) + "@" + s.campaign.From.Address.Domain()
}
