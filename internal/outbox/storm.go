package outbox

import (
	"fmt"
	"strings"
	"time"

	"partwork/internal/drip"
)

// What makes a storm. A run is what a campaign sends without an hour's rest.
const (
	// stormSample is how many messages of a run are looked at as a share: of these,
	// more than maxRefused (5 %) refusals that are nobody's own fault pause it.
	stormSample = 200
	maxRefused  = stormSample / 20
	// maxInARow is how many such refusals in a row, all with the same code, are
	// let go at any time.
	maxInARow = 20
	// minPeople is how many messages it takes to judge a list by the share of
	// addresses that do not exist; more than a tenth pause the campaign.
	minPeople   = 50
	maxNobodies = 10 // percent
	// runEnds is the rest after which another run begins.
	runEnds = time.Hour
	// haltTime is how long nothing of a campaign is offered after the guard asked
	// to pause it: time enough for the pause to be stored. From then on the mark
	// refuses what is offered.
	haltTime = time.Minute
)

// storm is what became of the messages of a campaign's run.
type storm struct {
	last                     time.Time
	total, refused, nobodies int
	inARow                   int
	code                     string // of those in a row
}

// weathers are the storms by campaign, and those that were brought to a halt.
type weathers struct {
	storms map[drip.CampaignNo]*storm
	halted map[drip.CampaignNo]time.Time // until when
}

func newWeathers() weathers {
	return weathers{storms: make(map[drip.CampaignNo]*storm), halted: make(map[drip.CampaignNo]time.Time)}
}

// halt reports whether nothing of the campaign is to be offered now.
func (w *weathers) halt(campaign drip.CampaignNo, now time.Time) bool {
	until, halted := w.halted[campaign]
	if halted && !now.Before(until) {
		delete(w.halted, campaign)
		return false
	}
	return halted
}

// note counts what became of a message, and returns why its campaign must be paused;
// empty if it need not be. Then the run is over.
func (w *weathers) note(campaign drip.CampaignNo, now time.Time, reply drip.Reply, class drip.Class) string {
	s := w.storms[campaign]
	if s == nil || now.Sub(s.last) >= runEnds {
		s = new(storm)
		w.storms[campaign] = s
	}
	s.last = now
	reason := s.note(reply, class)
	if reason != "" {
		delete(w.storms, campaign)
		w.halted[campaign] = now.Add(haltTime)
	}
	return reason
}

func (s *storm) note(reply drip.Reply, class drip.Class) string {
	switch class {
	case drip.ClassAccepted:
		s.total++
		s.inARow = 0
	case drip.ClassRecipient:
		s.total++
		s.nobodies++
	case drip.ClassMessage, drip.ClassSender:
		s.total++
		s.refused++
		if code := replyCode(reply); code != s.code {
			s.code, s.inARow = code, 0
		}
		s.inARow++
	default:
		return "" // it decides nothing
	}
	switch {
	case s.refused > maxRefused && s.total <= stormSample && class != drip.ClassAccepted:
		return fmt.Sprintf("the relay refused %d of the first %d messages, the last with %s", s.refused, s.total, said(reply))
	case s.inARow > maxInARow:
		return fmt.Sprintf("the relay refused %d messages in a row with %s", s.inARow, said(reply))
	case s.total >= minPeople && s.nobodies*100 > s.total*maxNobodies:
		return fmt.Sprintf("%d of %d addresses do not exist: perhaps the list is old, or of another origin than it seems", s.nobodies, s.total)
	}
	return ""
}

// replyCode is what makes two refusals the same: the codes, never the text.
func replyCode(r drip.Reply) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", r.Code, r.Enhanced))
}

// said quotes a reply, which has no addresses.
func said(r drip.Reply) string {
	return strings.Join(strings.Fields(replyCode(r)+" "+r.Text), " ")
}

// weigh tells the storm guard what became of a message.
func (o *Outbox) weigh(campaign drip.CampaignNo, reply drip.Reply, class drip.Class) {
	if reason := o.weather.note(campaign, o.now.Machine, reply, class); reason != "" {
		o.do(PauseCampaign{Campaign: campaign, Reply: reply, Reason: reason})
	}
}
