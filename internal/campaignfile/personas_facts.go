package campaignfile

import (
	"partwork/internal/drip"
	"partwork/internal/segment"
)

// Facts are what filters see of the persona.
func (p *Persona) Facts() segment.Facts {
	who := segment.Facts{Email: p.Email.String(), Name: p.Name, Zone: p.Timezone}
	for _, tag := range p.Tags {
		who.Tags = append(who.Tags, string(tag))
	}
	if len(p.Attributes) > 0 {
		who.Attributes = make(map[string]any, len(p.Attributes))
	}
	for name, value := range p.Attributes {
		who.Attributes[segment.AttributeName(name)] = value
	}
	return who
}

// readTags reads a list of tags, each reported on its own line if it is none.
func readTags(s *section, rule string) (tags []drip.Tag) {
	const fix = "write a list such as [newly-diagnosed, member]"
	texts, spots := s.list("tags", fix)
	for i, text := range texts {
		tag, err := drip.ParseTag(text)
		if err != nil {
			spots[i].errorf(rule, fix, "tags: %s", err)
			continue
		}
		tags = append(tags, tag)
	}
	return tags
}
