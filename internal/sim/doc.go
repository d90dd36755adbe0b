// Package sim lives through months in a second: the real scheduler, the real
// outbox, the real audience and the real database, on two made-up clocks, with a
// made-up relay, and with everything going wrong that can. One seed is one
// history, and the same seed is always the same history.
//
// Nothing in it runs at the same time as anything else. A [world] is a queue of
// events in the order of time; the machines are stepped, their effects become
// later events, and between any two of them a process may die, a disk fill up, a
// clock be set, a reader leave, or an author save a file.
//
// The [model] watches from outside. It knows no SQL and plans nothing by the
// code that it watches: from what readers, authors and operators did it tells
// which messages may leave, and from what the relay accepted whether each of
// them left once.
package sim
