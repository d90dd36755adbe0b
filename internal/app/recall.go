package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"partwork/internal/campaignfile"
	"partwork/internal/drip"
	"partwork/internal/scheduler"
	"partwork/internal/store"
)

// version is a good version of a campaign, as the store keeps it beside the
// definition of [campaignfile.Define]: with the two, and the contents that they
// number, a campaign can be sent without its files.
type version struct {
	// At is when it came into force.
	At stamped `json:"at"`
	// Digest is that of the files; approving changes Contents and not Digest.
	Digest string `json:"digest"`
	// Contents are those of the definition's issues, zero where none may be
	// sent, and Confirmation that of the confirmation mail.
	Contents     []drip.ContentID `json:"contents"`
	Confirmation drip.ContentID   `json:"confirmation"`
	// FormerKey is the key before the present one, until KeyAt.
	FormerKey string  `json:"former_key,omitempty"`
	KeyAt     stamped `json:"key_at,omitzero"`
}

// stamped is an instant of calendar time in milliseconds.
type stamped int64

func (s stamped) time() time.Time { return time.UnixMilli(int64(s)).UTC() }

// String writes the date as people do.
func (s stamped) String() string { return s.time().Format("2 Jan 2006") }

// versionKey is where a version stands among the keys of a definition.
const versionKey = `,"version":`

// remember returns the definition of a campaign with v in it.
func (v version) remember(c *drip.Campaign) ([]byte, error) {
	definition, err := campaignfile.Define(c)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	definition = append(bytes.TrimSuffix(definition, []byte("}")), versionKey...)
	return append(append(definition, text...), '}'), nil
}

// recollect reads the version that is in force according to the store. The zero
// version means that there is none.
func recollect(record store.CampaignRecord) (version, error) {
	if len(record.Definition) == 0 {
		return version{}, nil
	}
	var kept struct {
		Version version `json:"version"`
	}
	if err := json.Unmarshal(record.Definition, &kept); err != nil {
		return version{}, fmt.Errorf("read the version in force: %w", err)
	}
	return kept.Version, nil
}

// none reports whether v is the zero version.
func (v version) none() bool { return v.Digest == "" }

// stays says that the version goes on being sent.
func (v version) stays() string { return "the version of " + v.At.String() + " stays in force" }

// program makes the version ready for the scheduler. The texts are in the
// contents only.
func (v version) program(record store.CampaignRecord) (scheduler.Program, error) {
	c, err := campaignfile.Recall(record.Definition)
	if err != nil {
		return scheduler.Program{}, err
	}
	if len(v.Contents) != len(c.Issues) {
		return scheduler.Program{}, fmt.Errorf("the version in force has %d contents for %d issues", len(v.Contents), len(c.Issues))
	}
	return scheduler.Program{Campaign: c, Record: record, Contents: v.Contents, Confirmation: v.Confirmation}, nil
}

// followedBy returns the version that an edition is, without its contents. One
// that is the same as before has been in force since then.
func (v version) followedBy(ed *edition, key string, now time.Time) version {
	next := v
	if v.Digest != ed.digest {
		next.At, next.Digest = stamped(now.UnixMilli()), ed.digest
	}
	switch {
	case ed.campaign.Key == v.FormerKey:
		next.FormerKey, next.KeyAt = "", 0 // it was put back
	case key != "" && key != ed.campaign.Key:
		next.FormerKey, next.KeyAt = key, stamped(now.UnixMilli())
	}
	return next
}

// overtaken reports whether the store knows versions other than those on the
// shelf: another process has read an edit, or recorded an approval, that this one
// has not, or has stopped a campaign that was kept.
func (l *Library) overtaken(records []store.CampaignRecord) bool {
	current := l.current.Load()
	for _, record := range records {
		for i := range current.programs {
			known := &current.programs[i].Record
			if known.No != record.No {
				continue
			}
			_, kept := current.kept[record.No]
			if known.Timetable != record.Timetable || known.Outline != record.Outline ||
				!bytes.Equal(known.Definition, record.Definition) || kept && !record.StoppedAt.IsZero() {
				return true
			}
		}
	}
	return false
}
