package inbox

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options configure an [Inbox]. The zero value is usable.
type Options struct {
	// MaxMessageBytes is the size from which a message is refused, and what
	// SIZE announces (RFC 1870). Default 10 MiB.
	MaxMessageBytes int64
	// MaxMessages is how many messages are kept; the oldest make room for
	// new ones. Default 20,000.
	MaxMessages int
	// Stamp is the time a message is said to have arrived at; nil means the
	// clock of the machine.
	Stamp func() time.Time
}

// Mailbox is what one recipient has received.
type Mailbox struct {
	// Number is counted from 1 in the order in which the recipients first
	// received something. It names the mailbox in URLs.
	Number int
	// Address is in lower case.
	Address string
	// Count is how many messages are kept, Unread how many of them nobody
	// has opened on the page.
	Count, Unread int
	// Latest is the subject of the newest message.
	Latest string
}

// Inbox keeps messages. All methods are safe for concurrent use.
type Inbox struct {
	opts Options

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced on every change
	version  int
	last     int            // the last message id
	messages []Message      // by id, oldest first
	numbers  map[string]int // address → mailbox number
	read     map[int]bool   // message ids
}

// New returns an empty inbox.
func New(o Options) *Inbox {
	o.MaxMessageBytes = cmp.Or(o.MaxMessageBytes, 10<<20)
	o.MaxMessages = cmp.Or(o.MaxMessages, 20_000)
	if o.Stamp == nil {
		o.Stamp = time.Now
	}
	return &Inbox{opts: o, changed: make(chan struct{}), numbers: map[string]int{}, read: map[int]bool{}}
}

// add keeps a message for one recipient.
func (b *Inbox) add(from, to string, raw []byte) {
	m := Message{To: strings.ToLower(to), EnvelopeFrom: from, Arrived: b.opts.Stamp(), Raw: raw}
	m.summarize()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	m.ID = b.last
	if b.numbers[m.To] == 0 {
		b.numbers[m.To] = len(b.numbers) + 1
	}
	m.Mailbox = b.numbers[m.To]
	b.messages = append(b.messages, m)
	if over := len(b.messages) - b.opts.MaxMessages; over > 0 {
		for _, old := range b.messages[:over] {
			delete(b.read, old.ID)
		}
		b.messages = slices.Clone(b.messages[over:])
	}
	b.announce()
}

// announce wakes whoever waits for a change. The lock must be held.
func (b *Inbox) announce() {
	b.version++
	close(b.changed)
	b.changed = make(chan struct{})
}

// Mailboxes lists the mailboxes by number.
func (b *Inbox) Mailboxes() []Mailbox {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]Mailbox, len(b.numbers))
	for addr, n := range b.numbers {
		list[n-1] = Mailbox{Number: n, Address: addr}
	}
	for _, m := range b.messages {
		box := &list[m.Mailbox-1]
		box.Count++
		box.Latest = m.Subject
		if !b.read[m.ID] {
			box.Unread++
		}
	}
	return list
}

// Messages lists the messages of one recipient in the order of their arrival,
// in whatever case the address is written.
func (b *Inbox) Messages(addr string) []Message {
	addr = strings.ToLower(addr)
	return b.filter(func(m Message) bool { return m.To == addr })
}

// filter lists some messages in the order of their arrival.
func (b *Inbox) filter(want func(Message) bool) []Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []Message
	for _, m := range b.messages {
		if want(m) {
			list = append(list, m)
		}
	}
	return list
}

// Message finds a message that is still kept.
func (b *Inbox) Message(id int) (Message, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i, ok := slices.BinarySearchFunc(b.messages, id, func(m Message, id int) int { return cmp.Compare(m.ID, id) })
	if !ok {
		return Message{}, false
	}
	return b.messages[i], true
}

// markRead remembers that somebody has opened a message.
func (b *Inbox) markRead(id int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.read[id] {
		b.read[id] = true
		b.announce()
	}
}

// unread says which of some messages nobody has opened.
func (b *Inbox) unread(messages []Message) map[int]bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	unread := map[int]bool{}
	for _, m := range messages {
		unread[m.ID] = !b.read[m.ID]
	}
	return unread
}

// Watch sends every message that arrives from now on, in order, until ctx
// ends, and then closes the channel. However slow the receiver is, nobody
// waits for it, and it misses only what the inbox no longer keeps.
func (b *Inbox) Watch(ctx context.Context) <-chan Message {
	ch := make(chan Message)
	b.mu.Lock()
	seen := b.last
	b.mu.Unlock()
	go func() {
		defer close(ch)
		for {
			b.mu.Lock()
			changed := b.changed
			b.mu.Unlock()
			for _, m := range b.filter(func(m Message) bool { return m.ID > seen }) {
				select {
				case ch <- m:
					seen = m.ID
				case <-ctx.Done():
					return
				}
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}()
	return ch
}

// state is a number that grows with every change, and how many messages are
// kept.
func (b *Inbox) state() (version, kept int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.version, len(b.messages)
}
