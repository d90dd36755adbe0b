package app_test

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/testkit"
)

// gone is a model of who must not come back: what became of addresses, and nothing else.
type gone struct {
	*restored
	rnd *rand.Rand
	// left are those who left the series, suppressed those who are mailed nothing, out those
	// who are kept out of the series and of no other, and moved those whose reader has
	// another address by now.
	left, suppressed, out, moved map[string]bool
	lists                        []string // that were imported, to be imported again
	batches                      []int64
	copied                       string // a copy of the database
	history                      []string
	leavings, undone             int
}

// Whoever left or was suppressed stays away, whatever is imported, imported again, undone,
// merged into them or put back afterwards, and whatever address they had.
func TestWhoIsGoneStaysAway(t *testing.T) {
	t.Parallel()
	seeds := uint64(3)
	if testkit.Race {
		seeds = 1
	}
	var seen struct{ left, suppressed, out, undone atomic.Int64 }
	t.Run("histories", func(t *testing.T) {
		for seed := range seeds {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				g := &gone{
					restored: newReturned(t), rnd: rand.New(rand.NewPCG(seed, 8)),
					left: map[string]bool{}, suppressed: map[string]bool{}, out: map[string]bool{}, moved: map[string]bool{},
				}
				g.live()
				seen.left.Add(int64(g.leavings))
				seen.suppressed.Add(int64(len(g.suppressed)))
				seen.out.Add(int64(len(g.out)))
				seen.undone.Add(int64(g.undone))
			})
		}
	})
	if seen.left.Load() == 0 || seen.suppressed.Load() == 0 || seen.out.Load() == 0 || seen.undone.Load() == 0 {
		t.Errorf("%d left, %d are suppressed, %d kept out and %d were undone: the histories say nothing",
			seen.left.Load(), seen.suppressed.Load(), seen.out.Load(), seen.undone.Load())
	}
}

// live goes through a history, and looks after each step whether somebody came back.
func (g *gone) live() {
	steps := []struct {
		name string
		take func(*gone)
	}{
		{"import", (*gone).importsList}, {"import", (*gone).importsList}, {"re-import", (*gone).importsAgain},
		{"merge", (*gone).importsMerged}, {"withdraw", (*gone).importsWithdrawals}, {"leave", (*gone).leaves},
		{"suppress", (*gone).isSuppressed}, {"erase", (*gone).isErased}, {"keep out", (*gone).isKeptOut},
		{"ask", (*gone).importsUnasked}, {"undo", (*gone).undoes}, {"undo", (*gone).undoes}, {"move", (*gone).moves}, {"leave", (*gone).leaves},
	}
	for n := range 44 {
		step := steps[g.rnd.IntN(len(steps))]
		switch n { // these take a while
		case 8:
			step.name, step.take = "copy", (*gone).isCopied
		case 21, 42:
			step.name, step.take = "restore", (*gone).isPutBack
		case 22, 43:
			step.name, step.take = "import all", (*gone).importsAll
		case 23: // an import that has certainly added somebody
			step.name, step.take = "undo all", func(g *gone) { g.undo(g.batches[len(g.batches)-1]) }
		}
		g.step(g.now().Add(time.Minute))
		step.take(g)
		g.history = append(g.history, step.name)
		g.check()
		if g.t.Failed() {
			g.t.Fatalf("after %s", strings.Join(g.history, ", "))
		}
	}
	g.verify(g.t)
}

// someone is one of a few addresses, so that histories cross.
func (g *gone) someone() string { return address(g.rnd.IntN(those)) }

// those is how many addresses there are.
const those = 36

func address(n int) string { return fmt.Sprintf("reader%08d@example.net", n) }

// importsList imports a random list.
func (g *gone) importsList() {
	list := "email,name,status,tags\n"
	for range 1 + g.rnd.IntN(5) {
		list += g.someone() + ",Somebody,subscribed,fair\n"
	}
	g.lists = append(g.lists, list)
	g.batches = append(g.batches, g.takeIn(list).Batch)
}

// importsAll imports a list with everybody.
func (g *gone) importsAll() {
	list := "email\n"
	for n := range those {
		list += address(n) + "\n"
	}
	g.batches = append(g.batches, g.takeIn(list).Batch)
}

func (g *gone) importsAgain() {
	if len(g.lists) > 0 {
		g.batches = append(g.batches, g.takeIn(g.lists[g.rnd.IntN(len(g.lists))]).Batch)
	}
}

// importsUnasked imports people who did not consent, and may ask them to.
func (g *gone) importsUnasked() {
	opts := audience.ImportOptions{Campaign: g.target(), Invite: g.rnd.IntN(2) == 0}
	if _, err := g.Audience.Import(g.t.Context(), strings.NewReader("email\n"+g.someone()+"\n"+g.someone()+"\n"), opts); err != nil {
		g.t.Fatal(err)
	}
}

// undoes takes back one of the latest lists, unless the copy that was put back does not know it.
func (g *gone) undoes() {
	if len(g.batches) == 0 {
		return
	}
	g.undo(g.batches[len(g.batches)-1-g.rnd.IntN(min(3, len(g.batches)))])
}

func (g *gone) undo(batch int64) {
	undone, err := g.Audience.UndoImport(g.t.Context(), batch, audience.UndoOptions{})
	if err != nil && !errors.Is(err, drip.ErrNotFound) {
		g.t.Fatal(err)
	}
	g.undone += undone.People + undone.Enrollments
}

// moves has a reader change their address to one that may be somebody's.
func (g *gone) moves() {
	e, ok := g.open()
	to := g.someone()
	if !ok {
		return
	}
	p, err := g.Store.Subscriber(g.t.Context(), e.Subscriber)
	if err == nil {
		err = g.changes(e, to)
	}
	switch {
	case err == nil:
		g.moved[p.Email.String()] = true
		delete(g.moved, to)
		delete(g.left, to) // whoever left is another person
	case !errors.Is(err, drip.ErrTaken) && !errors.Is(err, drip.ErrSuppressed):
		g.t.Fatal(err)
	}
}

// importsMerged imports a person who is known twice, written in several ways.
func (g *gone) importsMerged() {
	who := g.someone()
	g.takeIn("email,name,city\n" + strings.ToUpper(who) + ",Other,\n\"Somebody <" + who + ">\",,Leeds\n" + who + ",,\n")
}

// importsWithdrawals imports a list that says of somebody not to mail them, beside one
// that says nothing.
func (g *gone) importsWithdrawals() {
	who := g.someone()
	g.takeIn("email,status\n" + who + ",subscribed\n" + who + ",unsubscribed\n")
	g.suppressed[who] = true
}

// leaves has somebody leave the series, by whatever address they are known.
func (g *gone) leaves() {
	e, ok := g.open()
	if !ok {
		return
	}
	p, err := g.Store.Subscriber(g.t.Context(), e.Subscriber)
	if err == nil {
		reason := []drip.LeaveReason{drip.LeftByReader, drip.LeftByAdmin}[g.rnd.IntN(2)]
		_, err = g.Store.Leave(g.t.Context(), e.ID, reason, g.now())
	}
	if err != nil {
		g.t.Fatal(err)
	}
	for _, who := range append(g.formerOf(e), p.Email.String()) {
		g.left[who] = true
	}
	g.leavings++
}

// open returns the enrollment of somebody who is in the series, or waits there.
func (g *gone) open() (drip.Enrollment, bool) {
	list := g.openOnes()
	if len(list) == 0 {
		return drip.Enrollment{}, false
	}
	return list[g.rnd.IntN(len(list))], true
}

// openOnes are the enrollments of those who are in the series, or wait there.
func (g *gone) openOnes() []drip.Enrollment {
	return g.enrollmentsIn(g.t, drip.EnrollmentActive, drip.EnrollmentPending, drip.EnrollmentFinished)
}

// formerOf returns the addresses that somebody had before.
func (g *gone) formerOf(e drip.Enrollment) (list []string) {
	hashes, err := g.Store.Former(g.t.Context(), e.Subscriber)
	if err != nil {
		g.t.Fatal(err)
	}
	for n := range those {
		if who := address(n); slices.Contains(hashes, g.sumOf(who)) {
			list = append(list, who)
		}
	}
	return list
}

func (g *gone) isSuppressed() {
	who := g.someone()
	address, err := mailaddr.Parse(who)
	if err == nil {
		err = g.Store.Suppress(g.t.Context(), drip.Suppression{Hash: g.sumOf(who), Reason: drip.SuppressedByAdmin, At: g.now()}, address)
	}
	if err != nil {
		g.t.Fatal(err)
	}
	g.suppressed[who] = true
}

// isKeptOut keeps somebody out of the series, or some by lists.
func (g *gone) isKeptOut() {
	if g.rnd.IntN(2) == 0 {
		g.isKeptOutByAList()
		return
	}
	who := g.someone()
	address, err := mailaddr.Parse(who)
	if err == nil {
		err = g.Audience.KeepOut(g.t.Context(), address, g.key(), drip.SuppressedByAdmin)
	}
	if err != nil {
		g.t.Fatal(err)
	}
	g.out[who] = true
}

// isKeptOutByAList does so with a list of addresses, and one of another instance's hashes.
func (g *gone) isKeptOutByAList() {
	address, hashed := g.someone(), g.someone()
	_, err := g.Audience.Import(g.t.Context(), strings.NewReader("email\n"+address+"\n"),
		audience.ImportOptions{Withdraw: drip.SuppressedByReader, KeepOutOf: g.key()})
	if err == nil {
		s := drip.Suppression{Hash: g.sumOf(hashed), Campaign: g.key(), Reason: drip.SuppressedByComplaint, At: g.now()}
		list := "hash,reason,suppressed_at,scope\n" + strings.Join(audience.SuppressionRow(s), ",") + "\n"
		_, _, err = g.Audience.SuppressHashes(g.t.Context(), bufio.NewReader(strings.NewReader(list)))
	}
	if err != nil {
		g.t.Fatal(err)
	}
	g.out[address], g.out[hashed] = true, true
}

// key is that of the series.
func (g *gone) key() string {
	program, err := g.Library.Campaign("letters")
	if err != nil {
		g.t.Fatal(err)
	}
	return program.Record.Key
}

// isErased erases an active reader, whose address is suppressed by that.
func (g *gone) isErased() {
	active := g.active(g.t)
	if len(active) == 0 {
		return
	}
	former := g.formerOf(active[0])
	p, err := g.Store.Subscriber(g.t.Context(), active[0].Subscriber)
	if err == nil {
		s := drip.Suppression{Hash: g.Hasher.Sum(p.Email), Reason: drip.SuppressedByErasure, At: g.now()}
		err = g.Store.Erase(g.t.Context(), p.ID, s)
	}
	if err != nil {
		g.t.Fatal(err)
	}
	for _, who := range append(former, p.Email.String()) {
		g.suppressed[who] = true
	}
}

// isCopied makes the copy that is put back later. The serve raises the epoch.
func (g *gone) isCopied() {
	g.copied = g.backUp()
	g.serveUntil(nil)
}

// isPutBack puts the copy back. Who left stays away, though the copy may not know them.
func (g *gone) isPutBack() {
	g.goBackTo(g.copied)
	clear(g.moved) // it may not know of that
	for _, e := range g.openOnes() {
		for _, who := range g.formerOf(e) {
			g.moved[who] = true
		}
	}
}

// check compares the model with the database.
func (g *gone) check() {
	for who := range g.suppressed {
		if _, err := g.Store.Suppressed(g.t.Context(), g.sumOf(who)); err != nil {
			g.t.Errorf("%s was suppressed: %v", who, err)
		}
	}
	for who := range g.out {
		entries, err := g.Store.SuppressionsOf(g.t.Context(), g.sumOf(who))
		if err != nil || !slices.ContainsFunc(entries, func(s drip.Suppression) bool { return s.Campaign == g.key() }) {
			g.t.Errorf("%s was kept out: %v, %v", who, entries, err)
		}
	}
	for _, e := range g.openOnes() {
		p, err := g.Store.Subscriber(g.t.Context(), e.Subscriber)
		if err != nil {
			g.t.Fatal(err)
		}
		if who := p.Email.String(); g.left[who] || g.suppressed[who] || g.out[who] || g.moved[who] {
			g.t.Errorf("%s came back as enrollment %d", who, e.ID)
		}
	}
}
