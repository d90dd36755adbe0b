package sim

import (
	"container/heap"
	"time"
)

// event is something that is going to happen.
type event struct {
	at time.Duration // since the beginning of the world
	// tie decides between events of one instant; it is drawn, so that no order is
	// taken for granted.
	tie uint64
	// proc is the process to which it happens; nil for the rest of the world.
	proc *process
	do   func()
}

// queue holds events, the earliest first.
type queue []event

// Len implements heap.Interface.
func (q queue) Len() int { return len(q) }

// Less implements heap.Interface.
func (q queue) Less(i, j int) bool {
	if q[i].at != q[j].at {
		return q[i].at < q[j].at
	}
	return q[i].tie < q[j].tie
}

// Swap implements heap.Interface.
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push implements heap.Interface.
func (q *queue) Push(x any) { *q = append(*q, x.(event)) }

// Pop implements heap.Interface.
func (q *queue) Pop() any {
	last := len(*q) - 1
	ev := (*q)[last]
	(*q)[last] = event{}
	*q = (*q)[:last]
	return ev
}

func (q *queue) add(ev event) { heap.Push(q, ev) }

func (q *queue) next() event { return heap.Pop(q).(event) }
