package cli

import (
	"strconv"

	"github.com/spf13/cobra"

	"partwork/internal/drip"
)

func newSubscriber(e *env) *cobra.Command {
	return newNoun("subscriber", "Add, show, enroll or erase people, and do what readers ask for",
		"  partwork subscriber add anna@example.org --name Anna --enroll garden-notes --invite\n"+
			"  partwork subscriber show anna@example.org\n"+
			"  partwork subscriber pause anna@example.org garden-notes --until 2027-05-01",
		newSubscriberAdd(e), newSubscriberList(e), newSubscriberShow(e),
		newSubscriberEnroll(e), newSubscriberUnsubscribe(e), newSubscriberErase(e),
		newSubscriberPause(e), newSubscriberResume(e), newSubscriberPace(e),
		newSubscriberSendNext(e), newSubscriberRestart(e), newSubscriberMove(e),
	)
}

// subscriberRow is a person in a list.
type subscriberRow struct {
	Subscriber drip.SubscriberID `json:"subscriber"`
	Email      string            `json:"email"`
	Name       string            `json:"name"`
	Timezone   string            `json:"timezone"`
	Attributes map[string]string `json:"attributes"`
	Suppressed stamp             `json:"suppressed"`
	Created    stamp             `json:"created"`
}

func subscriberRowOf(s drip.Subscriber) subscriberRow {
	row := subscriberRow{
		Subscriber: s.ID, Email: s.Email.String(), Name: s.Name, Timezone: s.Timezone, Attributes: s.Attributes,
		Suppressed: stamp(s.SuppressedAt), Created: stamp(s.CreatedAt),
	}
	if row.Attributes == nil {
		row.Attributes = map[string]string{}
	}
	return row
}

func (e *env) showPeople(people []subscriberRow) {
	if len(people) == 0 {
		e.say("nobody")
		return
	}
	t := newTable(e.stdout, "NO", "ADDRESS", "NAME", "TIME ZONE", "ADDED", "SUPPRESSED")
	for _, p := range people {
		t.row(strconv.FormatInt(int64(p.Subscriber), 10), p.Email, dash(p.Name), dash(p.Timezone),
			utc(p.Created.time()), utc(p.Suppressed.time()))
	}
	t.flush()
}
