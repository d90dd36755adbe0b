package preview

import (
	"fmt"
	"net/http"

	"partwork/internal/calendar"
	"partwork/internal/drip"
	"partwork/internal/segment"
	"partwork/internal/timing"
)

// audienceOf says whom an issue is for, and whether whoever it is shown as is among them;
// empty if it is for everybody. It is shown to everybody here.
func (p *Preview) audienceOf(r *http.Request, s *shown) (string, error) {
	if s.issue < 0 || s.entry.Campaign.Issues[s.issue].OnlyIf.Empty() {
		return "", nil
	}
	filter := s.entry.Campaign.Issues[s.issue].OnlyIf
	text := fmt.Sprintf("Only for readers with %s. ", filter)
	who, err := p.facts(r, s)
	if err != nil {
		return text, err
	}
	if who == nil {
		return text + "Others go on to the next issue.", nil
	}
	c, now := s.entry.Campaign, p.options.Now()
	loc, err := timing.NewZones().Load(c.Zone(s.reader.Timezone, s.state.Zone))
	if err != nil {
		return text, err
	}
	if !s.subscriber { // a persona is active, and has just joined
		who = who.With(segment.Part{Campaign: c.ID, State: string(drip.EnrollmentActive), JoinedAt: now})
	}
	name := s.reader.Name
	if name == "" {
		name = s.reader.Email.String()
	}
	if filter.Match(who, calendar.Sight(c, loc, now)) {
		return text + name + " is one of them.", nil
	}
	return text + name + " is not: they go on to the next issue. It is shown all the same.", nil
}

// facts are what is known of whoever the issue is shown as; nil for nobody in particular.
func (p *Preview) facts(r *http.Request, s *shown) (*segment.Facts, error) {
	if s.subscriber {
		who, err := p.options.People.Facts(r.Context(), s.reader.ID)
		return &who, err
	}
	if s.persona < len(s.entry.Who) {
		return &s.entry.Who[s.persona], nil
	}
	return nil, nil
}
