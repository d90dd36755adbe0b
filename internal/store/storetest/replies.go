package storetest

import (
	"strings"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// repliesAreKept settles messages with the same reply again and again, and looks for
// every word of it in the ledger.
func repliesAreKept(w *world) {
	long := strings.Repeat("word ", 100) + "1"
	texts := map[drip.Reply]string{
		{Code: 250, Enhanced: "2.0.0", Text: "Ok: queued as 4F1A2B3C"}:          "250 2.0.0 Ok: queued as 4F1A2B3C",
		{Code: 250, Enhanced: "2.0.0", Text: "Ok: queued as 4F1A2B3D"}:          "250 2.0.0 Ok: queued as 4F1A2B3D",
		{Code: 250, Enhanced: "2.0.0", Text: "OK  1774342800 d9-1f.12 - gsmtp"}: "250 2.0.0 OK  1774342800 d9-1f.12 - gsmtp",
		{Code: 250, Text: "Ok"}:                 "250 Ok",
		{Code: 250}:                             "250",
		{Text: "* 1 ~ ** * 22"}:                 "* 1 ~ ** * 22",
		{Text: "~! 7 x"}:                        "~! 7 x",
		{Text: "~ 7"}:                           "~ 7",
		{Text: "~"}:                             "~",
		{Code: 250, Enhanced: "*", Text: "5 6"}: "250 * 5 6",
		{Code: 250, Text: "ein Wörtchen, zwei Wörtchen\r\n3"}: "250 ein Wörtchen, zwei Wörtchen\r\n3",
		{Code: 250, Text: " 9  8 "}:                           "250  9  8 ",
		{Code: 250, Text: long}:                               "250 " + long,
		{}:                                                    "",
	}
	for reply, want := range texts {
		var round []store.Outcome
		states := []drip.DeliveryState{drip.DeliverySent, drip.DeliverySent, drip.DeliverySent}
		if strings.HasPrefix(want, "~") {
			states = append(states, drip.DeliveryDeferred, drip.DeliveryUnknown, drip.DeliveryRefused)
		}
		for _, state := range states {
			f := w.claim(w.reader().ID, "a")
			w.mustMark(f)
			o := w.outcome(f, state)
			o.Reply = reply
			round = append(round, o)
		}
		w.round(round, nil)
		for i := range round {
			same(w, "the reply to what is "+string(states[i]), w.delivery(round[i].Fence).Reply, want)
		}
	}
}
