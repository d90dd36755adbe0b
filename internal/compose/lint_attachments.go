package compose

import (
	"fmt"

	"partwork/internal/drip"
)

// tellingNames reports attachments of a discreet campaign whose names tell its topic.
// Inboxes show them beside the neutral subject. Unlike the words of an address, those of
// a name are free, so this is no mere doubt.
func tellingNames(c *drip.Campaign, is *drip.Issue, fs *findings) {
	if !c.Discreet {
		return
	}
	for _, a := range is.Attachments {
		for _, word := range telling(c, a.Name) {
			fs.add(drip.SeverityError, a.Line, "discreet",
				fmt.Sprintf("the name of the attachment %q has the word %q, which tells the topic of a discreet campaign; inboxes show it beside the subject", clean(a.Name, 60), word),
				`give it another name: {file: …, name: "…"}`)
		}
	}
}
