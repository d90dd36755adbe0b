package campaignfile

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/segment"
	"partwork/internal/timing"
)

// definition is a campaign without its texts and images, in the words of campaign.yaml.
// Keys may be added, none renamed: databases hold them.
type definition struct {
	ID              string   `json:"id"`
	Key             string   `json:"key"`
	Title           string   `json:"title"`
	Language        string   `json:"language"`
	From            string   `json:"from"`
	ReplyTo         string   `json:"reply_to,omitempty"`
	PostalAddress   string   `json:"postal_address"`
	Schedule        string   `json:"schedule"`
	Timezone        string   `json:"timezone"`
	DefaultTimezone string   `json:"default_timezone,omitempty"`
	First           string   `json:"first"`
	MinGap          int64    `json:"min_gap_ms"`
	MaxLate         int64    `json:"max_late_ms"`
	LateHours       string   `json:"late_hours"`
	Quiet           []string `json:"quiet,omitempty"`
	GiveUp          int      `json:"give_up"`
	ReopenWithin    int64    `json:"reopen_within_ms"`
	Review          string   `json:"review"`
	OnUnknown       string   `json:"on_unknown,omitempty"` // hold if empty
	Discreet        bool     `json:"discreet,omitempty"`
	Images          string   `json:"images,omitempty"` // embedded if empty

	SignUp  *signUpDefinition `json:"signup,omitempty"`  // closed if missing
	Archive string            `json:"archive,omitempty"` // off if empty

	Issues []issueDefinition `json:"issues"`
}

// signUpDefinition is what the sign-up page says.
type signUpDefinition struct {
	Open    bool   `json:"open"`
	Consent string `json:"consent"`
	Version string `json:"version"`
}

// issueDefinition is an issue without its text.
type issueDefinition struct {
	ID        string      `json:"id"`
	Subject   string      `json:"subject"`
	Preheader string      `json:"preheader,omitempty"`
	Draft     bool        `json:"draft,omitempty"`
	SkipSlots int         `json:"skip_slots,omitempty"`
	NotBefore timing.Date `json:"not_before,omitzero"`
	Late      string      `json:"late,omitempty"`
	Within    int64       `json:"within_ms,omitempty"`
	OnlyIf    string      `json:"only_if,omitempty"`
	ReviewBy  timing.Date `json:"review_by,omitzero"`
	File      string      `json:"file"`
}

// Define writes down what a campaign says, its texts and images apart, so that [Recall] can
// tell it without the files. Equal campaigns have equal definitions.
func Define(c *drip.Campaign) ([]byte, error) {
	d := definition{
		ID: c.ID, Key: c.Key, Title: c.Title, Language: c.Language, From: c.From.String(),
		PostalAddress: c.PostalAddress, Schedule: c.Schedule.Expr(), Timezone: c.Timezone,
		DefaultTimezone: c.DefaultTimezone, First: string(c.First), MinGap: c.MinGap.Milliseconds(),
		MaxLate: c.MaxLate.Milliseconds(), LateHours: c.LateHours.String(), Quiet: c.Quiet.Items(), GiveUp: c.GiveUp,
		ReopenWithin: c.ReopenWithin.Milliseconds(), Review: string(c.Review), Discreet: c.Discreet,
	}
	if c.OnUnknown == drip.ResendUnknown {
		d.OnUnknown = string(c.OnUnknown)
	}
	if c.HostedImages {
		d.Images = imagesHosted
	}
	if up := c.SignUp; up != (drip.SignUp{}) {
		d.SignUp = &signUpDefinition{Open: up.Open, Consent: up.Form.Text, Version: up.Form.Version}
	}
	if c.Archive.Open() {
		d.Archive = string(c.Archive)
	}
	if !c.ReplyTo.IsZero() {
		d.ReplyTo = c.ReplyTo.String()
	}
	for i := range c.Issues {
		is := &c.Issues[i]
		d.Issues = append(d.Issues, issueDefinition{
			ID: is.ID, Subject: is.Subject, Preheader: is.Preheader, Draft: is.Draft, SkipSlots: is.SkipSlots,
			NotBefore: is.NotBefore, Late: string(is.Late.Kind), Within: is.Late.Within.Milliseconds(),
			OnlyIf: is.OnlyIf.String(), ReviewBy: is.ReviewBy, File: is.File,
		})
	}
	return json.Marshal(d)
}

// Recall reads what [Define] wrote. The issues have no text, and
// there are no images.
func Recall(text []byte) (*drip.Campaign, error) {
	var d definition
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("read a campaign's definition: %w", err)
	}
	c := &drip.Campaign{
		ID: d.ID, Key: d.Key, Title: d.Title, Language: d.Language, PostalAddress: d.PostalAddress,
		Timezone: d.Timezone, DefaultTimezone: d.DefaultTimezone, First: drip.First(d.First),
		MinGap: ofMillis(d.MinGap), MaxLate: ofMillis(d.MaxLate), GiveUp: d.GiveUp,
		ReopenWithin: ofMillis(d.ReopenWithin), Review: drip.Review(d.Review), Discreet: d.Discreet,
		OnUnknown:    cmp.Or(drip.OnUnknown(d.OnUnknown), drip.HoldUnknown),
		HostedImages: d.Images == imagesHosted,
		Archive:      cmp.Or(drip.Archive(d.Archive), drip.ArchiveOff),
	}
	if up := d.SignUp; up != nil {
		c.SignUp = drip.SignUp{Open: up.Open, Form: drip.Form{Version: up.Version, Text: up.Consent}}
	}
	if err := d.parse(c); err != nil {
		return nil, fmt.Errorf("read the definition of campaign %q: %w", d.ID, err)
	}
	for _, is := range d.Issues {
		onlyIf, err := is.onlyIf()
		if err != nil {
			return nil, fmt.Errorf("read the definition of campaign %q: issue %s: %w", d.ID, is.ID, err)
		}
		c.Issues = append(c.Issues, drip.Issue{
			ID: is.ID, Subject: is.Subject, Preheader: is.Preheader, Draft: is.Draft, SkipSlots: is.SkipSlots,
			NotBefore: is.NotBefore, Late: drip.LatePolicy{Kind: drip.LateKind(is.Late), Within: ofMillis(is.Within)},
			OnlyIf: onlyIf, ReviewBy: is.ReviewBy, File: is.File,
		})
	}
	return c, nil
}

// onlyIf reads whom the issue is for.
func (d *issueDefinition) onlyIf() (segment.Filter, error) {
	if d.OnlyIf == "" {
		return segment.Filter{}, nil
	}
	return segment.Parse(d.OnlyIf)
}

// parse reads what has a syntax of its own.
func (d *definition) parse(c *drip.Campaign) (err error) {
	if c.Schedule, err = timing.ParseSchedule(d.Schedule); err != nil {
		return err
	}
	if c.LateHours, err = timing.ParseHours(d.LateHours); err != nil {
		return err
	}
	if c.Quiet, err = timing.ParseDates(d.Quiet); err != nil {
		return err
	}
	if c.From, err = mailaddr.ParseMailbox(d.From); err != nil {
		return err
	}
	if d.ReplyTo != "" {
		c.ReplyTo, err = mailaddr.ParseMailbox(d.ReplyTo)
	}
	return err
}

func ofMillis(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }
