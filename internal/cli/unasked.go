package cli

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"partwork/internal/campaignfile"
	"partwork/internal/compose"
	"partwork/internal/drip"
)

// unasked warns of attributes that personas have and no issue asks for: what is
// left of an earlier text, or a slip of the pen. Each is reported once, where it
// stands first.
func (f *folder) unasked(c *drip.Campaign, personas []campaignfile.Persona) []drip.Finding {
	first := map[string]int{}
	for _, p := range personas {
		for name, line := range p.AttributeLines {
			if at, ok := first[name]; !ok || line < at {
				first[name] = line
			}
		}
	}
	if len(first) == 0 {
		return nil
	}
	asked := compose.Asked(c, f.layouts)
	if asked == nil {
		return nil
	}
	var found []drip.Finding
	for _, name := range slices.Sorted(maps.Keys(first)) {
		line := first[name]
		if asked[name] {
			continue
		}
		found = append(found, drip.Finding{
			File: path.Join(f.name, c.ID, c.Personas), Line: line, Severity: drip.SeverityWarning, Rule: "merge-unused",
			Message: fmt.Sprintf("personas have a %q, but no issue asks for it", name),
			Fix:     fmt.Sprintf(`write {{.Subscriber.%s | default "…"}} where readers are to see it, or remove it`, name),
		})
	}
	return found
}
