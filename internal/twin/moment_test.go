//go:build unix

package twin

import (
	"sync"

	"partwork/internal/testkit"
)

// moment is a point of the dialogue with the relay, as the relay sees it.
type moment string

// The moments, in order.
const (
	connected   moment = "connected"
	greeted     moment = "EHLO"
	offered     moment = "MAIL"
	addressed   moment = "RCPT"
	marked      moment = "DATA"
	begun       moment = "first line"
	halfway     moment = "mid-body"
	ended       moment = "final dot"
	taken       moment = "taken, unanswered"
	answered    moment = "answered"
	takingLeave moment = "QUIT"
)

// appointment is a moment, with how often it comes in the life of a process that sends
// some thirty messages.
type appointment struct {
	at   moment
	most int
}

// moments lists all.
var moments = []appointment{
	{connected, 6}, {greeted, 6}, {offered, 25}, {addressed, 25}, {marked, 25}, {begun, 25}, {halfway, 25}, {ended, 25}, {taken, 25},
	{answered, 25}, {takingLeave, 4},
}

// middle is how many bytes of a message have been read at halfway.
const middle = 1500

// trap waits for the n-th time that the relay comes to a moment.
type trap struct {
	mu     sync.Mutex
	at     moment
	left   int
	spring func()
	// seen is told of every moment.
	seen func(moment)
}

// set arms the trap; what was set before is forgotten.
func (t *trap) set(at moment, n int, spring func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at, t.left, t.spring = at, n, spring
}

// come is called at every moment. The relay goes no further until it returns, so
// what springs is done before the process hears an answer.
func (t *trap) come(at moment) {
	t.seen(at)
	t.mu.Lock()
	defer t.mu.Unlock()
	if at != t.at || t.left == 0 {
		return
	}
	if t.left--; t.left == 0 {
		t.spring()
	}
}

// script is a polite relay that tells the trap of every moment.
func (t *trap) script() testkit.Script {
	tell := func(m moment) testkit.Step { return testkit.Call(func() { t.come(m) }) }
	rule := func(at testkit.Moment, steps ...testkit.Step) testkit.Rule { return testkit.Rule{At: at, Do: steps} }
	first, later := rule(testkit.AtBody, tell(begun)), rule(testkit.AtBody, tell(halfway))
	first.After, later.After = 1, middle
	return testkit.Script{Rules: []testkit.Rule{
		rule(testkit.AtBanner, tell(connected)), rule(testkit.AtEhlo, tell(greeted)), rule(testkit.AtMail, tell(offered)),
		rule(testkit.AtRcpt, tell(addressed)), rule(testkit.AtData, tell(marked)), first, later,
		rule(testkit.AtFinal, tell(ended), testkit.Accept(), tell(taken), testkit.Say("250 2.0.0 queued"), tell(answered)),
		rule(testkit.AtQuit, tell(takingLeave)),
	}}
}
