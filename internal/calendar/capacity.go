package calendar

import (
	"cmp"
	"math"
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/timing"
)

// Window is a stretch of time, To excluded.
type Window struct{ From, To time.Time }

// Windows returns when an issue may leave for a slot, in order: from the slot
// until MaxLate after it, once it is late only within LateHours, and never on a
// quiet date. The functions that sending uses say so.
func Windows(c *drip.Campaign, slot timing.Slot, loc *time.Location) []Window {
	pl := planner{c: c, p: &Passage{Zone: loc}, now: slot.At}
	var list []Window
	for {
		kind, at := pl.window(0, slot)
		switch kind {
		case Send:
			list = append(list, Window{pl.now, at.Add(tick)})
			pl.now = at.Add(tick)
		case Wait:
			pl.now = at
		default:
			return list
		}
	}
}

// Crowded returns the next slot that no reader has reached yet, for readers by
// the name of their zone: the same local time for all. It is what a campaign's
// whole readership asks of the relay at once.
func Crowded(c *drip.Campaign, readers map[*time.Location]int, now time.Time) []Load {
	var wall timing.Wall
	for loc := range readers {
		pl := planner{c: c, p: &Passage{Zone: loc}, now: now}
		slot, ok := pl.fit(0, beginning, now)
		if !ok {
			return nil
		}
		wall = max(wall, slot.Wall)
	}
	var loads []Load
	for loc, n := range readers {
		slot := c.Schedule.NextSlot(wall-1, loc)
		loads = append(loads, Load{Slot: slot, Readers: n, Windows: Windows(c, slot, loc)})
	}
	return loads
}

// Load is a number of readers whose issue may leave at the same times.
type Load struct {
	Slot    timing.Slot
	Readers int
	Windows []Window
}

// Overload says that a slot has more readers than can be reached in time.
type Overload struct {
	// Slot is the slot's local time, which may come in several zones.
	Slot timing.Wall
	// Readers is how many have that slot, and Left how many of them are not
	// reached in time and take the next one.
	Readers, Left int
	// Needed is how long they take at the rate, and Open for how long issues may
	// leave, in some zone at least.
	Needed, Open time.Duration
	// Enough is a rate, in messages a second, that would reach everybody.
	Enough float64
}

// Overloads returns the slots of which not every reader can be reached at a rate
// of so many messages a second; none if the rate is 0, which means no limit.
// Whoever has waited longer goes first.
func Overloads(loads []Load, rate float64) []Overload {
	if rate <= 0 {
		return nil
	}
	byWall := make(map[timing.Wall][]Load)
	left := make(map[timing.Wall]float64)
	for i, l := range drainLoads(loads, rate) {
		byWall[loads[i].Slot.Wall] = append(byWall[loads[i].Slot.Wall], loads[i])
		left[loads[i].Slot.Wall] += l
	}
	var list []Overload
	for wall, crowd := range byWall {
		if left[wall] < 1 {
			continue
		}
		o := Overload{Slot: wall, Left: int(math.Round(left[wall])), Open: openFor(crowd).Round(time.Second), Enough: enough(crowd, rate)}
		for _, l := range crowd {
			o.Readers += l.Readers
		}
		o.Needed = time.Duration(float64(o.Readers) / rate * float64(time.Second))
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b Overload) int { return cmp.Compare(a.Slot, b.Slot) })
	return list
}

// drainLoads lets the readers leave at the rate and returns how many of each load
// are left when their windows are over.
func drainLoads(loads []Load, rate float64) []float64 {
	order := make([]int, len(loads))
	left := make([]float64, len(loads))
	for i := range loads {
		order[i], left[i] = i, float64(loads[i].Readers)
	}
	slices.SortStableFunc(order, func(a, b int) int { return loads[a].Slot.At.Compare(loads[b].Slot.At) })
	edges := edgesOf(loads)
	for e := range len(edges) - 1 {
		room := edges[e+1].Sub(edges[e]).Seconds() * rate
		for _, i := range order {
			if room <= 0 || left[i] <= 0 || !loads[i].isOpen(edges[e]) {
				continue
			}
			gone := min(room, left[i])
			left[i] -= gone
			room -= gone
		}
	}
	return left
}

// isOpen reports whether the load may leave at t.
func (l *Load) isOpen(t time.Time) bool {
	return slices.ContainsFunc(l.Windows, func(w Window) bool { return !t.Before(w.From) && t.Before(w.To) })
}

// edgesOf returns all instants at which a window opens or closes, in order.
func edgesOf(loads []Load) []time.Time {
	var edges []time.Time
	for _, l := range loads {
		for _, w := range l.Windows {
			edges = append(edges, w.From, w.To)
		}
	}
	slices.SortFunc(edges, time.Time.Compare)
	return slices.CompactFunc(edges, time.Time.Equal)
}

// openFor returns for how long at least one of the loads may leave.
func openFor(loads []Load) time.Duration {
	var total time.Duration
	edges := edgesOf(loads)
	for e := range len(edges) - 1 {
		if slices.ContainsFunc(loads, func(l Load) bool { return l.isOpen(edges[e]) }) {
			total += edges[e+1].Sub(edges[e])
		}
	}
	return total
}

// enough returns a rate at which the loads are all reached, which is more than
// one at which they are not.
func enough(loads []Load, rate float64) float64 {
	reached := func(rate float64) bool {
		var left float64
		for _, l := range drainLoads(loads, rate) {
			left += l
		}
		return left < 1
	}
	low, high := rate, 2*rate
	for !reached(high) && high < 1e9 {
		low, high = high, 2*high
	}
	for range 20 {
		if mid := (low + high) / 2; reached(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}
