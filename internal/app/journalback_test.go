package app_test

import (
	"errors"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
	"partwork/internal/testkit"
)

// newReturned is an instance with four readers, none of whom was sent anything, that
// was never served: its database has nothing of the journal yet.
func newReturned(t *testing.T) *restored {
	t.Helper()
	r := &restored{t: t, relay: testkit.Start(t, testkit.Script{}), dir: t.TempDir()}
	r.instance = newInstance(t, instanceOptions{dir: r.dir, connections: 1})
	importPeople(t, r.instance, writePeople(t, 4), "letters")
	return r
}

// backFrom leaves by the first reader's own link, and returns the token that takes it
// back.
func (r *restored) backFrom(everything bool) (drip.Enrollment, string) {
	r.t.Helper()
	e := r.active(r.t)[0]
	link := r.Audience.UnsubscribeURL("", e)[len("/u/"):]
	d, err := r.Audience.Depart(r.t.Context(), link, everything)
	if err != nil || d.Back == "" {
		r.t.Fatal(d, err)
	}
	return e, d.Back
}

// What was taken back is not done again when the journal is read from its beginning, as
// by the next start after a crash.
func TestTheJournalKnowsWhatWasTakenBack(t *testing.T) {
	t.Parallel()
	for name, everything := range map[string]bool{"a series": false, "everything": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReturned(t)
			e, back := r.backFrom(everything)
			r.step(r.now().Add(time.Minute))
			if _, err := r.Audience.Return(t.Context(), back, "I want it again."); err != nil {
				t.Fatal(err)
			}
			r.serveUntil(nil)
			if _, err := r.Store.Suppressed(t.Context(), r.hash(e)); !errors.Is(err, drip.ErrNotFound) {
				t.Errorf("the suppression came back: %v", err)
			}
			if list := r.active(t); len(list) != 4 || list[0].Follows != e.ID {
				t.Errorf("active are %v", list)
			}
			// Leaving once more is new to the journal, and stays.
			if err := r.Audience.LeaveEverything(t.Context(), r.Audience.UnsubscribeURL("", e)[len("/u/"):]); err != nil {
				t.Fatal(err)
			}
			r.serveUntil(nil)
			if _, err := r.Store.Suppressed(t.Context(), r.hash(e)); err != nil || len(r.active(t)) != 3 {
				t.Errorf("leaving once more: %v, %d active", err, len(r.active(t)))
			}
			r.verify(t)
		})
	}
}

// Who took another address and was erased is erased from a copy that knows them by the
// old one; who has the old one now is left alone.
func TestWhoMovedIsErasedFromAnOlderCopy(t *testing.T) {
	t.Parallel()
	r := newReturned(t)
	r.serveUntil(nil)
	r.Close()
	copyFile(t, r.dir+"/data/partwork.db", r.dir+"/copy.db")
	r.open(t)
	r.step(newsday)
	list := r.active(t)
	stays, gone := list[0], list[1]
	for _, e := range []drip.Enrollment{stays, gone} {
		r.movesTo(e, map[bool]string{true: "gone@example.org", false: "stays@example.org"}[e == gone])
	}
	old := r.hash(gone) // the one they have now
	r.serveUntil(func(*running) {
		person, err := r.Store.Subscriber(t.Context(), gone.Subscriber)
		if err != nil {
			t.Fatal(err)
		}
		err = r.Store.Erase(t.Context(), person.ID, drip.Suppression{Hash: old, Reason: drip.SuppressedByErasure, At: r.now()})
		if err != nil {
			t.Fatal(err)
		}
	})
	r.Close()
	copyFile(t, r.dir+"/copy.db", r.dir+"/data/partwork.db")
	r.open(t)
	r.serveUntil(nil)
	if _, err := r.Store.Subscriber(t.Context(), gone.Subscriber); !errors.Is(err, drip.ErrNotFound) {
		t.Errorf("who was erased is there again: %v", err)
	}
	if _, err := r.Store.Subscriber(t.Context(), stays.Subscriber); err != nil {
		t.Error(err)
	}
}

// movesTo gives the person of an enrollment another address.
func (r *restored) movesTo(e drip.Enrollment, email string) {
	r.t.Helper()
	if err := r.changes(e, email); err != nil {
		r.t.Fatal(err)
	}
}

// changes gives the person of an enrollment another address, if they may have it.
func (r *restored) changes(e drip.Enrollment, email string) error {
	r.t.Helper()
	to, err := mailaddr.Parse(email)
	if err != nil {
		r.t.Fatal(err)
	}
	n, ok, err := r.Store.AskNotice(r.t.Context(), drip.Notice{
		Subscriber: e.Subscriber, Enrollment: e.ID, Kind: drip.NoticeAddress, Email: to, AskedAt: time.Now(),
	}, store.NoticeLimit{})
	if err != nil || !ok {
		r.t.Fatal(ok, err)
	}
	_, err = r.Store.TakeAddress(r.t.Context(), n.ID, r.Hasher.Sum(to), store.Instant{Calendar: r.now(), Machine: time.Now()})
	return err
}

// hash returns the hash of the address that the person of an enrollment has.
func (r *restored) hash(e drip.Enrollment) mailaddr.Hash {
	r.t.Helper()
	p, err := r.Store.Subscriber(r.t.Context(), e.Subscriber)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.Hasher.Sum(p.Email)
}
