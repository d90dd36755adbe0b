// Package smtpsend speaks SMTP (RFC 5321) with one relay: it opens a
// connection, offers an envelope, hands over a message and says what the relay
// replied and what that means. It decides nothing else: whether to offer, to
// go on after an offer or to try again is its caller's business.
//
// go-mail dials, negotiates TLS and authenticates. The transaction is driven
// here, command by command, because a durable commit of the caller sits
// between the reply to RCPT and DATA, and because three promises depend on
// every byte:
//
//   - A message is accepted as a whole or not at all. After DATA the only ways
//     out are the final dot and closing the socket (RFC 5321 §4.1.1.4).
//   - What the relay said is never guessed: silence after the final dot is
//     drip.ClassUnknown (RFC 1047), whatever the cause of the silence was.
//   - A connection that is out of step is never used again, so that a late
//     reply to one message cannot be taken for the reply to the next.
package smtpsend
