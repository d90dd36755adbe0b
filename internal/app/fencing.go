package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"partwork/internal/fence"
	"partwork/internal/store"
)

// mismatch is what comparing the database with the state folder came to. The zero
// value has nothing against sending.
type mismatch struct {
	reason store.HoldReason
	// found says what was found, and where.
	found string
}

// judge compares a database with the identity in the state folder, or with the
// error that reading it gave. A gap of zero allows any.
func judge(f store.FenceState, id fence.Identity, unread error, dir string, gap time.Duration, machine time.Time) mismatch {
	switch {
	case errors.Is(unread, fs.ErrNotExist) && f.Epoch == 0:
		return mismatch{} // it never had one
	case errors.Is(unread, fs.ErrNotExist):
		return mismatch{store.HeldVanished, "the database was served with an identity in " + dir + ", and there is none now"}
	case unread != nil:
		return mismatch{store.HeldUnreadable, unread.Error()}
	case id.UUID != f.UUID:
		return mismatch{store.HeldForeign, fmt.Sprintf("%s belongs to the database %s, and this one is %s: another, or a new one in place of one that is gone", dir, id.UUID, f.UUID)}
	case f.Epoch < id.Epoch:
		return mismatch{store.HeldBehind, fmt.Sprintf("this is an older copy of the database: its epoch is %d, and %s knows %d of %s",
			f.Epoch, dir, id.Epoch, id.Seen.UTC().Format("2006-01-02 15:04 UTC"))}
	case gap > 0 && machine.Sub(id.Seen) > gap:
		return mismatch{store.HeldGap, fmt.Sprintf("no serve ran since %s, longer than hold_after_gap: %s",
			id.Seen.UTC().Format("2006-01-02 15:04 UTC"), gap)}
	}
	return mismatch{}
}

// compare judges the instance as it is now.
func (in *Instance) compare(f store.FenceState) mismatch {
	id, err := in.state.Identity()
	return judge(f, id, err, in.state.Dir(), in.Config.HoldAfterGap, in.machine())
}

// Held says why nothing is sent, or why a serve that starts would send nothing;
// empty if it would. It changes nothing.
func (in *Instance) Held(ctx context.Context) (reason store.HoldReason, why string, err error) {
	f, err := in.Store.FenceState(ctx)
	if err != nil {
		return "", "", err
	}
	if !f.Held() {
		v := in.compare(f)
		return v.reason, v.found, nil
	}
	return f.HeldReason, in.why(f), nil
}

// why says why the database is held: as it looks now, or as the reason has it if
// there is nothing to be seen of it any more.
func (in *Instance) why(f store.FenceState) string {
	if v := in.compare(f); v.reason == f.HeldReason {
		return v.found
	}
	since := f.HeldAt.UTC().Format("2006-01-02 15:04 UTC")
	switch f.HeldReason {
	case store.HeldByOperator:
		return "`partwork hold` was given on " + since
	case store.HeldJournal:
		return "lines of the journal of withdrawals in " + in.state.Dir() + " could not be read on " + since
	case store.HeldForeign:
		return "another serve, or another database, used " + in.state.Dir() + " on " + since
	case store.HeldBehind:
		return "an older copy of the database was found on " + since
	case store.HeldGap:
		return "no serve had run for longer than hold_after_gap on " + since
	}
	return "the identity in " + in.state.Dir() + " was missing or could not be read on " + since
}

// raise puts the fence up when a serve starts: a database that may be a copy is
// held, what the journal knows and the database forgot is applied, and unless it is
// held the epoch grows. It returns an error if the state folder cannot be written,
// because an instance without one has no fence.
func (in *Instance) raise(ctx context.Context) (store.FenceState, error) {
	f, err := in.Store.FenceState(ctx)
	if err != nil {
		return f, err
	}
	switch v := in.compare(f); {
	case v.reason != "" && !f.Held():
		f, err = in.Store.Hold(ctx, v.reason, in.calendar())
	case v.reason == "" && (f.HeldReason == store.HeldVanished || f.HeldReason == store.HeldUnreadable):
		// The folder is back, and knows this very database as the latest.
		in.log.Info("the state folder is as it should be again; sending goes on with the next slots")
		f, err = in.Store.Unhold(ctx, f.Epoch, f.Journal, in.calendar())
	}
	if err != nil {
		return f, err
	}
	if f, err = in.remember(ctx, f); err != nil || f.Held() {
		return f, err
	}
	if err = in.introduce(f); err == nil {
		f, err = in.advance(ctx)
	}
	if err != nil {
		return f, fmt.Errorf("%w; without state_dir nothing would tell a restored database from this one", err)
	}
	return f, nil
}

// introduce tells the state folder of a database that was never served, before its
// epoch grows for the first time: whoever finds an epoch and no identity takes the
// folder for lost.
func (in *Instance) introduce(f store.FenceState) error {
	if f.Epoch > 0 {
		return nil
	}
	return in.state.WriteIdentity(in.identity(f))
}

// advance has the epoch grow: in the database first, so that a crash in between
// leaves one that is ahead of the state folder, which is no older copy.
func (in *Instance) advance(ctx context.Context) (store.FenceState, error) {
	size, err := in.state.JournalSize()
	if err != nil {
		return store.FenceState{}, err
	}
	f, err := in.Store.Advance(ctx, size, in.calendar())
	if err != nil || f.Held() {
		return f, err
	}
	in.epoch.Store(f.Epoch)
	return f, in.state.WriteIdentity(in.identity(f))
}

func (in *Instance) identity(f store.FenceState) fence.Identity {
	return fence.Identity{UUID: f.UUID, Epoch: f.Epoch, Writer: in.writer, Seen: in.machine().UTC().Truncate(time.Millisecond)}
}

// watchFence is what every beat does: it looks whether another process uses the
// state folder, and has the epoch grow. Trouble with the folder is told of, and
// stops nothing.
func (in *Instance) watchFence(ctx context.Context, h *health) {
	h.fence(in.beatFence(ctx))
}

func (in *Instance) beatFence(ctx context.Context) error {
	f, err := in.fenceNow(ctx)
	if err != nil || f.Held() {
		return err
	}
	id, err := in.state.Identity()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		in.log.Warn("the identity in state_dir has vanished; writing it again", "file", in.state.Dir())
		in.unjournaled.Store(true) // the journal that lay beside it may be gone as well
	case err != nil:
		return err // it is not written over; the next start holds
	case id.UUID != f.UUID || id.Writer != 0 && id.Writer != in.writer:
		in.log.Error("another serve writes into state_dir: holding")
		_, err := in.Store.Hold(ctx, store.HeldForeign, in.calendar())
		return err
	}
	size, err := in.state.JournalSize()
	if err != nil {
		return err
	}
	if size < f.Journal {
		in.log.Warn("the journal of withdrawals in state_dir has lost lines; adding what the database knows", "bytes", size, "had", f.Journal)
		in.unjournaled.Store(true)
	}
	if in.unjournaled.Load() {
		if err := in.catchUp(ctx); err != nil {
			return err
		}
	}
	_, err = in.advance(ctx)
	return err
}

// fenceNow is the fence of the database that this process serves. One that was put
// back to an older copy meanwhile, as another SQLite program can, is held.
func (in *Instance) fenceNow(ctx context.Context) (store.FenceState, error) {
	epoch := in.epoch.Load() // before the look, for it may grow during it
	f, err := in.Store.FenceState(ctx)
	if err != nil || f.Held() || f.Epoch >= epoch {
		return f, err
	}
	in.log.Error("the database was put back to an older copy while it is served: holding", "epoch", f.Epoch, "was", epoch)
	return in.Store.Hold(ctx, store.HeldBehind, in.calendar())
}

// mayPlan returns what the planner asks before each look: nothing is claimed while
// the database is held.
func (in *Instance) mayPlan(h *health) func(context.Context) (bool, error) {
	was := false
	return func(ctx context.Context) (bool, error) {
		f, err := in.fenceNow(ctx)
		if err != nil {
			return false, err
		}
		if held := f.Held(); held != was {
			was = held
			if held {
				why := in.why(f)
				h.hold(why)
				in.log.Error("nothing is sent; the readers' pages work. `partwork unhold` shows what would be sent, and goes on",
					"held", string(f.HeldReason), "because", why)
			} else {
				h.hold("")
				in.log.Info("not held any more")
			}
		}
		return !was, nil
	}
}
