// Package audience is the use-case of the people on the list: taking lists in,
// adding, enrolling, suppressing and erasing people, and what a reader may do
// with the links in an email — confirm, come back, leave this series, leave
// everything, take that back — on their own page — another address, their data, erase
// — and with their own pace: pause, every second issue, the next one
// now, another clock, from the start.
//
// Its promises, whoever calls it:
//
//   - Nobody is made to receive anything without a stated consent or their own
//     confirmation, and nobody who left or is suppressed comes back by an
//     import.
//   - A command given twice has the effect of one.
//   - A row that cannot be read never takes its neighbors along.
//   - No error, reason, warning or report carries an address.
//
// The package reads no clock and opens no file: time and readers are arguments.
package audience
