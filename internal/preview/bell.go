package preview

import "sync"

// bell tells all who wait that something has changed. The zero value is ready.
type bell struct {
	mu    sync.Mutex
	rings int
	next  chan struct{} // closed by the next ring
}

// ring wakes all who wait.
func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rings++
	if b.next != nil {
		close(b.next)
		b.next = nil
	}
}

// listen returns how often the bell has rung, and a channel that is closed when it
// rings again.
func (b *bell) listen() (rings int, next <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == nil {
		b.next = make(chan struct{})
	}
	return b.rings, b.next
}
