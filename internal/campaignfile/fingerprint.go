package campaignfile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"partwork/internal/drip"
)

// Timetable fingerprints what decides the slots of a campaign: schedule, zones,
// gap, lateness, quiet dates and how the series begins. Two campaigns with equal
// fingerprints have the same slots for every reader.
func Timetable(c *drip.Campaign) string {
	return fingerprint("timetable",
		c.Schedule.Expr(), c.Timezone, c.DefaultTimezone, c.MinGap, c.MaxLate,
		c.LateHours, c.Quiet, c.First)
}

// Outline fingerprints what decides which issue is next and whether it may leave:
// the ids in order, each issue's draft, not_before, skip_slots, late and only_if, and with
// review: required its review_by. Texts and file names do not count.
func Outline(c *drip.Campaign) string {
	facts := []any{c.Review}
	for i := range c.Issues {
		issue := &c.Issues[i]
		late := issue.Late
		if late.Kind == "" {
			late.Kind = drip.LateSkip // its zero value
		}
		facts = append(facts, issue.ID, issue.Draft, issue.NotBefore, issue.SkipSlots, late.Kind, late.Within)
		if !issue.OnlyIf.Empty() { // others are as they were before there was such a key
			facts = append(facts, "only_if", issue.OnlyIf)
		}
		if c.Review == drip.ReviewRequired {
			facts = append(facts, issue.ReviewBy)
		}
	}
	return fingerprint("outline", facts...)
}

// fingerprint hashes facts one a line, quoted so that none can pose as two. The
// name and the number in it change when the meaning of the facts does.
func fingerprint(name string, facts ...any) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s 1\n", name)
	for _, fact := range facts {
		fmt.Fprintf(&text, "%q\n", fmt.Sprint(fact))
	}
	sum := sha256.Sum256([]byte(text.String()))
	return hex.EncodeToString(sum[:16])
}
