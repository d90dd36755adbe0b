package app

import (
	"bytes"
	"context"
	"io"
	"mime/quotedprintable"
	"strings"
	"time"

	"partwork/internal/store"
	"partwork/internal/timing"
)

// UseMachine gives the instance a machine clock of the test's choosing.
func (in *Instance) UseMachine(clock timing.Clock) {
	in.machine, in.Library.machine = clock, clock
}

// Reread is Reload, and tells when to look again at what is being written.
func (l *Library) Reread(ctx context.Context, now time.Time) (again time.Duration, err error) {
	return l.reload(ctx, now)
}

// UseStore has the library use s, which may be its store with something around
// it.
func (l *Library) UseStore(s store.Store) { l.store = s }

// ChangeRules has the library believe that the rules of time zones changed.
func (l *Library) ChangeRules(rules string) { l.rules = rules }

// Compose returns the text of the message of a claim and the merge values that a mark pins.
func (in *Instance) Compose(ctx context.Context, item store.Claimed) (text, merge string, err error) {
	letter, merge, err := in.composer.compose(ctx, item, in.calendar(), 0, nil)
	if err != nil {
		return "", "", err
	}
	_, part, _ := bytes.Cut(letter.Bytes, []byte("\r\nContent-Type: text/plain"))
	_, part, _ = bytes.Cut(part, []byte("\r\n\r\n"))
	part, _, _ = bytes.Cut(part, []byte("\r\n--pw-"))
	decoded, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(part)))
	return strings.ReplaceAll(string(decoded), "\r\n", "\n"), merge, err
}

// OnOvertaken has the planner say when it sees that another process read newer
// files.
func (p *Planner) OnOvertaken(tell func()) { p.planner.overtaken = tell }

// Machine returns the planner's machine time.
func (p *Planner) Machine() time.Time { return p.machine }

// Resend does what is done every minute about unknown deliveries.
func (in *Instance) Resend(ctx context.Context) error { return in.resend(ctx) }
