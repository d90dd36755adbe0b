package testkit

import (
	"bufio"
	"encoding/json"
	"io"
	"testing"
)

// browser speaks the Chrome DevTools protocol with one page: JSON messages
// that end with a zero byte.
type browser struct {
	t       testing.TB
	w       io.Writer
	r       *bufio.Reader
	session string
	last    int
	// fired are the events seen and not waited for; complaints are errors on
	// the page's console.
	fired      map[string]int
	complaints []string
}

// packet is a message from the browser: a result or an event.
type packet struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// attach opens a page and speaks with it from then on.
func attach(t testing.TB, w io.Writer, r io.Reader) *browser {
	t.Helper()
	b := &browser{t: t, w: w, r: bufio.NewReader(r), fired: map[string]int{}}
	var target struct{ TargetID string }
	if err := json.Unmarshal(b.call("Target.createTarget", map[string]any{"url": "about:blank"}), &target); err != nil {
		t.Fatal(err)
	}
	var attached struct{ SessionID string }
	got := b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true})
	if err := json.Unmarshal(got, &attached); err != nil {
		t.Fatal(err)
	}
	b.session = attached.SessionID
	return b
}

// call gives a command and returns its result.
func (b *browser) call(method string, params any) json.RawMessage {
	b.t.Helper()
	b.last++
	if params == nil {
		params = map[string]any{}
	}
	msg := map[string]any{"id": b.last, "method": method, "params": params}
	if b.session != "" {
		msg["sessionId"] = b.session
	}
	out, err := json.Marshal(msg)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.w.Write(append(out, 0)); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	for {
		p := b.read(method)
		if p.ID != b.last {
			continue
		}
		if p.Error != nil {
			b.t.Fatalf("%s: %s", method, p.Error.Message)
		}
		return p.Result
	}
}

// waitFor returns when an event has fired.
func (b *browser) waitFor(event string) {
	b.t.Helper()
	for b.fired[event] == 0 {
		b.read(event)
	}
	b.fired[event]--
}

// read takes one message and remembers what an event says.
func (b *browser) read(waiting string) packet {
	b.t.Helper()
	raw, err := b.r.ReadBytes(0)
	if err != nil {
		b.t.Fatalf("chromium went away during %s: %v", waiting, err)
	}
	var p packet
	if err := json.Unmarshal(raw[:len(raw)-1], &p); err != nil {
		b.t.Fatal(err)
	}
	if p.Method != "" {
		b.fired[p.Method]++
		b.listen(p)
	}
	return p
}

// listen keeps what the page complains about.
func (b *browser) listen(p packet) {
	switch p.Method {
	case "Log.entryAdded":
		var e struct {
			Entry struct{ Level, Text, URL string }
		}
		if json.Unmarshal(p.Params, &e) == nil && e.Entry.Level == "error" {
			b.complaints = append(b.complaints, e.Entry.Text+" "+e.Entry.URL)
		}
	case "Runtime.exceptionThrown":
		b.complaints = append(b.complaints, string(p.Params))
	}
}

// reportComplaints fails the test with what the page complained about.
func (b *browser) reportComplaints(url string) {
	b.t.Helper()
	for _, c := range b.complaints {
		b.t.Errorf("the browser complains about %s: %s", url, c)
	}
}
