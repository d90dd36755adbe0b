//go:build unix

package twin

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// census is what `campaign show` says of the series.
type census struct {
	Enrollments map[string]int `json:"enrollments"`
	Deliveries  map[string]int `json:"deliveries"`
	Next        time.Time      `json:"next"`
}

func (p *project) census(t *testing.T) census {
	t.Helper()
	var c census
	p.ask(t, &c, "campaign", "show", "letters")
	return c
}

// quiet reports whether nothing is in hand, waits for a retry, or is due at now.
func (c census) quiet(now time.Time) bool {
	open := c.Deliveries["planned"] + c.Deliveries["claimed"] + c.Deliveries["sending"] + c.Deliveries["deferred"]
	return open == 0 && (c.Next.IsZero() || c.Next.After(now))
}

// row is a delivery as `log` shows it.
type row struct {
	Subscriber int    `json:"subscriber"`
	Email      string `json:"email"`
	Issue      string `json:"issue"`
	State      string `json:"state"`
	Reason     string `json:"reason"`
	MessageID  string `json:"message_id"`
}

// balance is what came of holding the relay's log against the ledger.
type balance struct {
	deliveries, accepted, duplicates int
	// unknown are those that the ledger knows to be in doubt, arrived those of them
	// that the relay took, and lost those of which it says neither that they were
	// sent, nor that they are in doubt, nor why they are not to be.
	unknown, arrived, lost int
}

func (b balance) String() string {
	return fmt.Sprintf("%d deliveries, %d accepted, %d duplicates, %d unknown (%d of them arrived), %d lost",
		b.deliveries, b.accepted, b.duplicates, b.unknown, b.arrived, b.lost)
}

// audit holds what the relay took against the ledger, and has the ledger verified.
func (w *world) audit(t *testing.T) balance {
	t.Helper()
	var rows []row
	w.project.ask(t, &rows, "log", "--limit", "10000000")
	times, to := map[string]int{}, map[string]string{}
	var b balance
	for _, m := range w.relay.Accepted() {
		id := strings.Trim(m.ID(), "<>")
		b.accepted++
		if times[id]++; times[id] > 1 {
			b.duplicates++
			t.Errorf("the relay took %s %d times", id, times[id])
		}
		to[id] = strings.Join(m.To, " ")
	}
	had := map[int]int{}
	for _, r := range rows {
		b.deliveries++
		had[r.Subscriber]++
		n := times[r.MessageID]
		delete(times, r.MessageID)
		switch {
		case n > 0 && to[r.MessageID] != r.Email:
			t.Errorf("%s went to %s, and the ledger says %s", r.MessageID, to[r.MessageID], r.Email)
		case r.State == "unknown":
			b.unknown++
			b.arrived += min(n, 1)
		case r.State == "sent" && n == 0:
			b.lost++
			t.Errorf("the ledger says that %s was sent, and the relay never took it", r.MessageID)
		case r.State == "sent":
		case r.Reason == "" || n > 0:
			b.lost++
			t.Errorf("issue %s to subscriber %d is %s for the reason %q, and the relay took it %d times", r.Issue, r.Subscriber, r.State, r.Reason, n)
		}
	}
	for id := range times {
		t.Errorf("the relay took %s, of which the ledger knows nothing", id)
	}
	w.auditReaders(t, had, &b)
	w.verify(t)
	w.checkFile(t)
	return b
}

// auditReaders holds that everybody had the first issue, and those who finished both.
func (w *world) auditReaders(t *testing.T, had map[int]int, b *balance) {
	t.Helper()
	c := w.project.census(t)
	all, finished := 0, 0
	for _, n := range c.Enrollments {
		all += n
	}
	for _, n := range had {
		if n == len(issues) {
			finished++
		}
	}
	if len(had) != all || c.Enrollments["active"]+c.Enrollments["finished"] != all || finished != c.Enrollments["finished"] {
		b.lost += all - len(had)
		t.Errorf("%d readers are in the ledger, %d of them with every issue; enrolled are %v", len(had), finished, c.Enrollments)
	}
	if c.Deliveries["unknown"] > connections*w.kills() {
		t.Errorf("%d deliveries are unknown after %d kills over %d connections", c.Deliveries["unknown"], w.kills(), connections)
	}
}

// kills counts the deaths without warning.
func (w *world) kills() (n int) {
	for by, deaths := range w.deaths {
		if by != "SIGTERM" {
			n += deaths
		}
	}
	return n
}

// verify has the program check every invariant that can be said in SQL.
func (w *world) verify(t *testing.T) {
	t.Helper()
	var invariants []struct {
		Invariant string `json:"invariant"`
		Rows      int    `json:"rows"`
	}
	w.project.ask(t, &invariants, "verify")
	if len(invariants) == 0 {
		t.Error("verify knows no invariant")
	}
	for _, inv := range invariants {
		if inv.Rows > 0 {
			t.Errorf("verify: %s: %d rows", inv.Invariant, inv.Rows)
		}
	}
}

// checkFile has SQLite's own tool look at every page of the file.
func (w *world) checkFile(t *testing.T) {
	t.Helper()
	tool, err := exec.LookPath("sqlite3")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Error("sqlite3 is not installed")
		}
		t.Log("sqlite3 is not installed: the pages of the file were not checked")
		return
	}
	out, err := exec.Command(tool, filepath.Join(w.project.dir, "data", "partwork.db"), "PRAGMA integrity_check").CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "ok" {
		t.Errorf("integrity_check: %v\n%s", err, out)
	}
}
