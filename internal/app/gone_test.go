package app_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/testkit"
)

// gone is a model of who must not come back: what became of addresses, and nothing else.
type gone struct {
	*restored
	rnd *rand.Rand
	// left are those who left the series, suppressed those who are mailed nothing.
	left, suppressed map[string]bool
	lists            []string // that were imported, to be imported again
	copied           string   // a copy of the database, perhaps
	history          []string
	leavings         int
}

// Whoever left or was suppressed stays away, whatever is imported, imported again, merged
// into them or put back afterwards.
func TestWhoIsGoneStaysAway(t *testing.T) {
	t.Parallel()
	seeds := uint64(3)
	if testkit.Race {
		seeds = 1
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			g := &gone{restored: newReturned(t), rnd: rand.New(rand.NewPCG(seed, 8)), left: map[string]bool{}, suppressed: map[string]bool{}}
			steps := []struct {
				name string
				take func(*gone)
			}{
				{"import", (*gone).importsList}, {"import", (*gone).importsList}, {"re-import", (*gone).importsAgain},
				{"merge", (*gone).importsMerged}, {"withdraw", (*gone).importsWithdrawals}, {"leave", (*gone).leaves},
				{"suppress", (*gone).isSuppressed}, {"erase", (*gone).isErased}, {"copy", (*gone).isCopied},
			}
			for n := range 30 {
				step := steps[g.rnd.IntN(len(steps))]
				if n == 15 || n == 29 { // these take a while, and come after everything else
					step.name, step.take = "restore", (*gone).isPutBack
				}
				g.step(g.now().Add(time.Minute))
				step.take(g)
				g.history = append(g.history, step.name)
				g.check()
				if t.Failed() {
					t.Fatalf("after %s", strings.Join(g.history, ", "))
				}
			}
			if g.leavings == 0 || len(g.suppressed) == 0 {
				t.Errorf("%d left and %d are suppressed: the history says nothing", g.leavings, len(g.suppressed))
			}
			g.verify(t)
		})
	}
}

// someone is one of a few addresses, so that histories cross.
func (g *gone) someone() string { return fmt.Sprintf("reader%08d@example.net", g.rnd.IntN(24)) }

// importsList imports a random list.
func (g *gone) importsList() {
	list := "email,name,status,tags\n"
	for range 1 + g.rnd.IntN(5) {
		list += g.someone() + ",Somebody,subscribed,fair\n"
	}
	g.lists = append(g.lists, list)
	g.takeIn(list)
}

func (g *gone) importsAgain() {
	if len(g.lists) > 0 {
		g.takeIn(g.lists[g.rnd.IntN(len(g.lists))])
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

// leaves has an active reader leave the series.
func (g *gone) leaves() {
	active := g.active(g.t)
	if len(active) == 0 {
		return
	}
	e := active[g.rnd.IntN(len(active))]
	p, err := g.Store.Subscriber(g.t.Context(), e.Subscriber)
	if err == nil {
		_, err = g.Store.Leave(g.t.Context(), e.ID, drip.LeftByReader, g.now())
	}
	if err != nil {
		g.t.Fatal(err)
	}
	g.left[p.Email.String()] = true
	g.leavings++
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

// isErased erases an active reader, whose address is suppressed by that.
func (g *gone) isErased() {
	active := g.active(g.t)
	if len(active) == 0 {
		return
	}
	p, err := g.Store.Subscriber(g.t.Context(), active[0].Subscriber)
	if err == nil {
		s := drip.Suppression{Hash: g.Hasher.Sum(p.Email), Reason: drip.SuppressedByErasure, At: g.now()}
		err = g.Store.Erase(g.t.Context(), p.ID, s)
	}
	if err != nil {
		g.t.Fatal(err)
	}
	g.suppressed[p.Email.String()] = true
}

// isCopied makes the copy that is put back later. The serve raises the epoch.
func (g *gone) isCopied() {
	if g.copied == "" {
		g.copied = g.backUp()
		g.serveUntil(nil)
	}
}

// isPutBack puts the copy back. Who left stays away, though the copy may not know them.
func (g *gone) isPutBack() {
	if g.copied != "" {
		g.goBackTo(g.copied)
	}
}

// check compares the model with the database.
func (g *gone) check() {
	for who := range g.suppressed {
		if _, err := g.Store.Suppressed(g.t.Context(), g.sumOf(who)); err != nil {
			g.t.Errorf("%s was suppressed: %v", who, err)
		}
	}
	for _, e := range g.active(g.t) {
		p, err := g.Store.Subscriber(g.t.Context(), e.Subscriber)
		if err != nil {
			g.t.Fatal(err)
		}
		if who := p.Email.String(); g.left[who] || g.suppressed[who] {
			g.t.Errorf("%s came back as enrollment %d", who, e.ID)
		}
	}
}
