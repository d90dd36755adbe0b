package preview

import (
	"fmt"
	"net/http"
	"time"
)

// heartbeat keeps the connection of a page that waits for changes alive.
const heartbeat = 20 * time.Second

// live tells a page when something has changed (Server-Sent Events, HTML §9.2). The
// event says the number of the latest change, so that a page that was away finds out
// that it missed some.
func (p *Preview) live(w http.ResponseWriter, r *http.Request) {
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		rings, next := p.desk.bell.listen()
		_ = out.SetWriteDeadline(time.Now().Add(2 * heartbeat)) // not every writer has one
		if _, err := fmt.Fprintf(w, "data: %s\n\n", p.mark(rings)); err != nil || out.Flush() != nil {
			return
		}
		for waiting := true; waiting; {
			select {
			case <-r.Context().Done():
				return
			case <-p.closing:
				return
			case <-next:
				waiting = false
			case <-beat.C:
				_ = out.SetWriteDeadline(time.Now().Add(2 * heartbeat))
				if _, err := fmt.Fprint(w, ": still here\n\n"); err != nil || out.Flush() != nil {
					return
				}
			}
		}
	}
}

// mark names a change. Another process has other marks.
func (p *Preview) mark(rings int) string { return fmt.Sprintf("%d-%d", p.started.UnixMilli(), rings) }
