// Package inbox is an SMTP server that keeps what it receives in memory, one
// mailbox for each recipient, and a web page to read it on. It is what the
// demo sends to, so it is meant for one machine and refuses to listen on
// anything but a loopback address.
package inbox
