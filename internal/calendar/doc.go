// Package calendar decides what a reader gets next and when. It is pure: a plan
// is a function of the campaign's files, what the ledger says about one
// enrollment, and a time. The scheduler acts on [Plan]; "check", "plan" and
// "forecast" show what the same functions say.
//
// The next issue is the first one in file order without a delivery. The next
// slot is the first slot of the schedule in the reader's zone that
//
//   - has a later wall time than the slot of the previous delivery,
//   - lies after the floor and at least MinGap after the last acceptance,
//   - is not on a quiet local date and not before the NotBefore,
//   - is at least the Pace-th such slot since the previous delivery's. Pace
//     counts from that delivery and not from the floor, so that a slow reader
//     who resumes, or who changes zone, is not sent to the end of the queue.
//
// SkipSlots then lets that many more slots pass. Unfit slots are skipped, never
// shifted.
//
// A delivery may leave from its slot until MaxLate after it. For the first
// [Grace] it is on time; later it leaves only within LateHours, and never on a
// quiet date. After that it moves to another slot: to the latest one that it can
// still meet, and otherwise to the next. So an outage of any length leads to one
// late issue per reader and not to a burst.
package calendar
