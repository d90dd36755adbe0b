package compose

import (
	"strings"

	"partwork/internal/drip"
)

// Asked returns the attributes of readers that the messages of a campaign ask for,
// drafts included, by name: as merge fields, or in conditions. It is nil if an issue
// has errors, so that nobody can tell; otherwise it is not.
func Asked(c *drip.Campaign, l *Layouts) map[string]bool {
	asked := map[string]bool{}
	for i := range c.Issues {
		e, _ := Compile(NewBundle(c, i, l))
		if e.Broken() {
			return nil
		}
		for _, path := range e.fields {
			asked[strings.TrimPrefix(path, fieldSubscriber)] = true
		}
	}
	return asked
}
