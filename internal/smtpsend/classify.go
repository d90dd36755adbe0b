package smtpsend

import (
	"strings"

	"partwork/internal/drip"
)

// Classify says what a reply means, by phase, code and enhanced code and never
// by its text. The text may be anything, and codes other than 200–599 count as
// no reply.
//
//   - No reply is ClassUnknown after the final dot (RFC 1047) and
//     ClassTransport before it.
//   - 2yz is ClassAccepted after the final dot. Before it, 2yz and the 354 to
//     DATA have the empty class: they let the dialogue go on and decide
//     nothing.
//   - 4yz is ClassThrottled when the code is about rate or load, else
//     ClassDeferred.
//   - 5yz suppresses a person (ClassRecipient) only where an enhanced code
//     names that person's address or mailbox, at RCPT or after the final dot.
//     A bare 550 at RCPT is as often about our own standing as about the
//     mailbox, so it refuses this message and nobody is suppressed.
//   - 5yz about us is ClassSender, whatever the phase; before MAIL and at MAIL
//     everything is about us that is not about the message's size.
func Classify(r drip.Reply) drip.Class {
	switch r.Code / 100 {
	case 2:
		return positive(r.Phase)
	case 3:
		if r.Phase == drip.PhaseData && r.Code == 354 {
			return ""
		}
		return silent(r.Phase)
	case 4:
		return temporary(r)
	case 5:
		return permanent(r)
	default:
		return silent(r.Phase)
	}
}

// silent is the class of no reply, or one that makes no sense.
func silent(p drip.Phase) drip.Class {
	if p == drip.PhaseFinal {
		return drip.ClassUnknown
	}
	return drip.ClassTransport
}

// positive is the class of 2yz, which makes no sense for DATA and its bytes.
func positive(p drip.Phase) drip.Class {
	switch p {
	case drip.PhaseFinal:
		return drip.ClassAccepted
	case drip.PhaseData, drip.PhaseBody:
		return drip.ClassTransport
	default:
		return ""
	}
}

// temporary is the class of 4yz. Relays say that they are asked too much with
// 421 (RFC 5321 §3.8), with 4.3.2 for a system that takes no mail now, with
// 4.7.0 and 4.7.28 and 451 4.7.x for a rate, and with 4.2.1 for a mailbox that
// gets mail too fast. A login that fails for a time (454, RFC 4954 §6) is no
// fault of any delivery either.
func temporary(r drip.Reply) drip.Class {
	switch {
	case r.Code == 421,
		r.Code == 454 && beforeMail(r.Phase),
		r.Enhanced == "4.3.2", r.Enhanced == "4.7.0", r.Enhanced == "4.7.28",
		r.Code == 451 && strings.HasPrefix(r.Enhanced, "4.7."),
		r.Code == 450 && r.Enhanced == "4.2.1":
		return drip.ClassThrottled
	default:
		return drip.ClassDeferred
	}
}

// permanent is the class of 5yz.
func permanent(r drip.Reply) drip.Class {
	switch {
	case beforeMail(r.Phase):
		return drip.ClassSender
	case aboutSender(r):
		return drip.ClassSender
	case r.Phase == drip.PhaseMail && !aboutMessage(r):
		return drip.ClassSender
	case aboutRecipient(r):
		return drip.ClassRecipient
	default:
		return drip.ClassMessage
	}
}

// beforeMail says that no delivery was on the table yet.
func beforeMail(p drip.Phase) bool {
	return p == drip.PhaseDial || p == drip.PhaseAuth
}

// aboutSender says that a reply is about us in any phase: login needed or
// wrong (RFC 4954 §6), policy and security (RFC 3463 §3.8), our address
// (§3.2), or a command out of order, which no other recipient will cure.
func aboutSender(r drip.Reply) bool {
	switch r.Code {
	case 503, 530, 534, 535, 538:
		return true
	}
	switch r.Enhanced {
	case "5.1.7", "5.1.8", "5.5.1":
		return true
	}
	return strings.HasPrefix(r.Enhanced, "5.7.")
}

// aboutMessage says that a reply to MAIL is about the size or the form of the
// message and not about its sender (RFC 1870 §6.1, RFC 3463 §3.3, §3.4, §3.7).
func aboutMessage(r drip.Reply) bool {
	switch r.Enhanced {
	case "":
		return r.Code == 552
	case "5.3.4", "5.2.3":
		return true
	}
	return strings.HasPrefix(r.Enhanced, "5.6.")
}

// aboutRecipient says that a reply names the recipient's address or mailbox as
// one that does not exist (RFC 3463 §3.2, §3.3). After the final dot it can
// only be about the one recipient of the message.
func aboutRecipient(r drip.Reply) bool {
	if r.Phase != drip.PhaseRcpt && r.Phase != drip.PhaseFinal {
		return false
	}
	switch r.Enhanced {
	case "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1":
		return true
	}
	return false
}
