package cli

import (
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// The columns around those of the attributes.
var (
	personColumns = []string{"email", "name", "timezone", "tags"}
	proofColumns  = []string{
		"subscriber", "added", "suppressed", "series", "state", "joined", "left", "last_sent",
		"consent_source", "consent_text", "consent_given", "signup_text", "signup_version", "signup_asked", "signup_network",
	}
)

// memberCSV writes people as CSV (RFC 4180): every cell in quotes, CRLF at the ends of
// lines, UTF-8.
type memberCSV struct {
	w          io.Writer
	attributes []string
	campaign   string
	raw        bool
	line       []byte
}

func newMemberCSV(w io.Writer, attributes []string, x exporting) *memberCSV {
	return &memberCSV{w: w, attributes: attributes, campaign: x.campaign, raw: x.raw}
}

// header writes the names of the columns. An attribute that is called like another column
// is attr:name.
func (c *memberCSV) header() error {
	for _, name := range personColumns {
		c.cell(name)
	}
	for _, name := range c.attributes {
		if slices.Contains(personColumns, name) || slices.Contains(proofColumns, name) {
			name = "attr:" + name
		}
		c.cell(name)
	}
	for _, name := range proofColumns {
		c.cell(name)
	}
	return c.end()
}

// member writes one person.
func (c *memberCSV) member(m *store.Member) error {
	c.cell(m.Email.String())
	c.cell(m.Name)
	c.cell(m.Timezone)
	c.cell(strings.Join(m.Tags, ", "))
	for _, name := range c.attributes {
		c.attribute(m.Attributes[name])
	}
	c.cell(strconv.FormatInt(int64(m.ID), 10))
	c.cell(stampText(m.CreatedAt))
	c.cell(strconv.FormatBool(m.Suppressed))
	c.cell(seriesText(m))
	part := c.part(m)
	c.cell(string(part.State))
	c.cell(stampText(part.JoinedAt))
	c.cell(stampText(part.LeftAt))
	c.cell(stampText(part.LastSent))
	consent := part.Consent
	if consent.ID == 0 {
		consent = m.Consent
	}
	c.cell(string(consent.Source))
	c.cell(consent.Text)
	c.cell(stampText(consent.At))
	c.cell(consent.Request.Form.Text)
	c.cell(consent.Request.Form.Version)
	c.cell(stampText(consent.Request.At))
	c.cell(consent.Request.Network)
	return c.end()
}

// part returns the person's latest enrollment in the campaign that was asked for, or in
// any; zero if there is none.
func (c *memberCSV) part(m *store.Member) (part store.MemberPart) {
	for _, p := range m.Parts {
		if c.campaign == "" || p.CampaignID == c.campaign {
			part = p
		}
	}
	return part
}

// attribute writes a value of its type. A number is no formula, whatever its sign.
func (c *memberCSV) attribute(v any) {
	switch v := v.(type) {
	case nil:
		c.cell("")
	case string:
		c.cell(v)
	case json.Number: // which a float64 would not write as it is
		c.plain(v.String())
	case float64:
		c.plain(strconv.FormatFloat(v, 'f', -1, 64))
	case bool:
		c.cell(strconv.FormatBool(v))
	default:
		c.cell("?") // the store has texts, numbers and bools only
	}
}

func (c *memberCSV) cell(text string) {
	if !c.raw {
		text = formulaSafe(text)
	}
	c.plain(text)
}

// plain appends a cell as it is.
func (c *memberCSV) plain(text string) {
	if len(c.line) > 0 {
		c.line = append(c.line, ',')
	}
	c.line = append(c.line, '"')
	c.line = append(c.line, strings.ReplaceAll(text, `"`, `""`)...)
	c.line = append(c.line, '"')
}

func (c *memberCSV) end() error {
	c.line = append(c.line, "\r\n"...)
	_, err := c.w.Write(c.line)
	c.line = c.line[:0]
	return err
}

// seriesText lists what a person is, or was, in: "garden (active), letters (left)". Of
// several parts in one series it has the latest.
func seriesText(m *store.Member) string {
	var ids []string
	states := map[string]drip.EnrollmentState{}
	for _, p := range m.Parts {
		if _, known := states[p.CampaignID]; !known {
			ids = append(ids, p.CampaignID)
		}
		states[p.CampaignID] = p.State
	}
	for i, id := range ids {
		ids[i] = id + " (" + string(states[id]) + ")"
	}
	return strings.Join(ids, ", ")
}

// stampText writes a time for programs and spreadsheets; empty if it is zero.
func stampText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
