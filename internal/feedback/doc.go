// Package feedback ties what comes back from the world to what was sent. A bounce is
// evidence only if it is: anybody can write one, and a forged bounce must not have a
// reader suppressed.
//
// Every letter leaves with an envelope sender of its own, a [ReturnPath] with a signed
// tag, and a bounce goes to the envelope sender (RFC 5321 §6.1). So its recipient says
// which delivery it is about, whatever the rest of it says.
package feedback
