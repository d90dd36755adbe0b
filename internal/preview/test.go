package preview

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"partwork/internal/mailaddr"
)

// tests are the test sends of this preview: the latest few, and where they went.
type tests struct {
	mu   sync.Mutex
	sent []testSend
	// first is the number of sent[0].
	first int
	// to is offered for the next one.
	to string
}

// testSend is a test that was sent, or was not.
type testSend struct {
	Number       int
	To, At       string
	Reply, Fault string
	campaign, id string
	message      []byte
}

// keptTests is how many tests can be looked at again.
const keptTests = 20

// add keeps a test and returns its number.
func (t *tests) add(one testSend) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.first == 0 {
		t.first = 1
	}
	one.Number = t.first + len(t.sent)
	t.sent = append(t.sent, one)
	if len(t.sent) > keptTests {
		t.sent, t.first = t.sent[1:], t.first+1
	}
	t.to = one.To
	return one.Number
}

// get returns a test by its number.
func (t *tests) get(number string) (testSend, bool) {
	n, err := strconv.Atoi(number)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil || n < t.first || n-t.first >= len(t.sent) {
		return testSend{}, false
	}
	return t.sent[n-t.first], true
}

func (t *tests) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.to
}

// testForm offers to send a test, and says what became of one.
type testForm struct {
	Path, To, Refusal string
	Done              *testSend
}

func (p *Preview) testForm(r *http.Request, s *shown) testForm {
	f := testForm{Path: s.look.at(issuePath(s.entry.id(), s.id) + "/test"), To: p.tests.last()}
	switch {
	case p.options.Send == nil:
		f.Refusal = p.options.NoSend
	case s.issue < 0:
		f.Refusal = "The mail that asks to confirm is not sent as a test."
	case s.message == nil || s.earlier:
		f.Refusal = "A test can be sent when the issue has no error."
	}
	if one, ok := p.tests.get(r.URL.Query().Get("test")); ok && one.campaign == s.entry.id() && one.id == s.id {
		f.Done = &one
	}
	return f
}

// maxForm bounds what a form may send, in octets.
const maxForm = 4 << 10

// test sends one message to one address, and says on the page of the issue what the
// relay replied.
func (p *Preview) test(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	s := p.find(w, r)
	if s == nil {
		return
	}
	if s.message == nil || s.earlier || s.issue < 0 || p.options.Send == nil {
		p.say(w, http.StatusConflict, "No test was sent", strings.TrimSpace("A test can be sent of an issue without errors. "+p.options.NoSend))
		return
	}
	one := testSend{To: strings.TrimSpace(r.PostFormValue("to")), campaign: s.entry.id(), id: s.id, At: p.options.Now().Format(time.TimeOnly)}
	to, err := mailaddr.Parse(one.To)
	if err == nil {
		var sent Sent
		if sent, err = p.options.Send(r.Context(), s.copy, to); err == nil {
			one.Reply, one.message = sent.Reply, sent.Message.Bytes
		}
	}
	if err != nil {
		one.Fault = err.Error()
	}
	number := p.tests.add(one)
	back := s.look.at(issuePath(s.entry.id(), s.id))
	joint := "?"
	if strings.Contains(back, "?") {
		joint = "&"
	}
	http.Redirect(w, r, back+joint+"test="+strconv.Itoa(number)+"#test", http.StatusSeeOther)
}

// testMessage serves a test as it was sent.
func (p *Preview) testMessage(w http.ResponseWriter, number string) {
	one, ok := p.tests.get(number)
	if !ok || one.message == nil {
		p.missing(w)
		return
	}
	writeMessage(w, "test-"+strconv.Itoa(one.Number)+".eml", one.message)
}
