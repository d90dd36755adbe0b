package drip

// Phase names the part of an SMTP transaction that a reply or failure belongs
// to (RFC 5321 §3.3).
type Phase string

// The phases, in order.
const (
	PhaseDial  Phase = "dial"  // connecting, greeting, EHLO, TLS
	PhaseAuth  Phase = "auth"  // AUTH
	PhaseMail  Phase = "mail"  // MAIL FROM
	PhaseRcpt  Phase = "rcpt"  // RCPT TO
	PhaseData  Phase = "data"  // DATA, until its 354
	PhaseBody  Phase = "body"  // the bytes, before the final dot was written
	PhaseFinal Phase = "final" // after the final dot
)

// Reply is what a relay said, or that it said nothing.
type Reply struct {
	Phase Phase
	// Code is the three-digit reply code, 0 when there was no reply.
	Code int
	// Enhanced is the status code of RFC 3463, such as "5.1.1"; may be empty.
	Enhanced string
	// Text is the rest of the reply, or the local error when Code is 0;
	// one line, at most 200 bytes, no addresses.
	Text string
	// Local says that the relay was never asked: the reply is what it would have
	// said to something that it, or SMTP, cannot take.
	Local bool
}

// Class is what a reply means for the delivery, decided by phase, code and
// enhanced code, never by text.
type Class string

// The classes of replies.
const (
	// ClassAccepted is a 2yz reply to the final dot.
	ClassAccepted Class = "accepted"
	// ClassRecipient refuses this recipient for good: suppress.
	ClassRecipient Class = "refused-recipient"
	// ClassMessage refuses this message for good, whoever it is for.
	ClassMessage Class = "refused-message"
	// ClassSender refuses the sender, its policy, authentication or TLS: stop
	// sending and call the operator; nobody is suppressed.
	ClassSender Class = "refused-sender"
	// ClassDeferred is a 4yz reply: try again later.
	ClassDeferred Class = "deferred"
	// ClassThrottled is a 4yz reply about rate or load, or 421: slow down.
	ClassThrottled Class = "throttled"
	// ClassTransport is a failure before the final dot was written: the relay
	// has not accepted anything.
	ClassTransport Class = "transport"
	// ClassUnknown is silence after the final dot (RFC 1047).
	ClassUnknown Class = "unknown"
)

// Classes lists every class.
func Classes() []Class {
	return []Class{
		ClassAccepted, ClassRecipient, ClassMessage, ClassSender,
		ClassDeferred, ClassThrottled, ClassTransport, ClassUnknown,
	}
}
