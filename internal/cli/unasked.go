package cli

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"partwork/internal/campaignfile"
	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/segment"
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
	filters := map[string]bool{} // attributes that decide whom an issue is for
	asked := compose.Asked(c, f.layouts)
	if asked == nil {
		return nil
	}
	for i := range c.Issues {
		for _, t := range c.Issues[i].OnlyIf.Tests() {
			if t.Field.Kind == segment.Attribute {
				filters[t.Field.Name] = true
			}
		}
	}
	var found []drip.Finding
	for _, name := range slices.Sorted(maps.Keys(first)) {
		line := first[name]
		if asked[name] || filters[segment.AttributeName(name)] {
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
