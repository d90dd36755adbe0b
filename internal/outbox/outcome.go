package outbox

import (
	"hash/fnv"
	"strconv"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// Back-off of deferred deliveries (RFC 5321 §4.5.4.1, RFC 6647 §4): the first
// retry comes after 5 to 10 minutes, which suits greylisting, each further one
// waits twice as long, and none longer than four hours.
const (
	firstRetry = 5 * time.Minute
	maxRetry   = 4 * time.Hour
	// uncomposedRetry is for messages that could not be composed: only an edit
	// can help, so there is no hurry.
	uncomposedRetry = time.Hour
	// storeRetry is the pause after the store failed.
	storeRetry = time.Second
)

// outcomeOf decides what a reply makes of a delivery.
func (o *Outbox) outcomeOf(item *store.Claimed, reply drip.Reply, class drip.Class, uncomposed bool) store.Outcome {
	out := store.Outcome{Fence: fenceOf(item), Class: class, Reply: reply}
	switch {
	case uncomposed && class == drip.ClassMessage:
		out.State = drip.DeliveryDeferred
		out.RetryAt = o.now.Machine.Add(uncomposedRetry)
	case class == drip.ClassAccepted:
		out.State = drip.DeliverySent
	case class == drip.ClassRecipient:
		out.State, out.Reason = drip.DeliveryRefused, drip.ReasonRecipient
		out.Suppress = drip.SuppressedByBounce
	case class == drip.ClassMessage:
		out.State, out.Reason = drip.DeliveryRefused, drip.ReasonMessage
	case class == drip.ClassUnknown:
		out.State = drip.DeliveryUnknown
	case class == drip.ClassSender && refusesUs(reply):
		out.State = drip.DeliveryPlanned // it is about us, whoever it is for: keep it
	default:
		out.State = drip.DeliveryDeferred
		out.RetryAt = o.now.Machine.Add(backoff(out.Fence, item.Tries))
	}
	o.forget(item)
	return out
}

// judge draws the conclusions that go beyond the one delivery.
func (o *Outbox) judge(i int, item *store.Claimed, reply drip.Reply, class drip.Class, uncomposed bool) {
	if uncomposed || reply.Local {
		return
	}
	r := o.relayOf(i)
	switch class {
	case drip.ClassAccepted:
		o.domains.accepted()
		o.weigh(item.Campaign, reply, class)
		o.relayWell(r)
	case drip.ClassRecipient, drip.ClassMessage:
		o.weigh(item.Campaign, reply, class)
	case drip.ClassSender:
		if refusesUs(reply) {
			o.relayFailed(r, reply, class)
		} else {
			o.weigh(item.Campaign, reply, class)
		}
	case drip.ClassThrottled:
		o.throttled(r, item, reply)
	case drip.ClassTransport, drip.ClassUnknown:
		o.relayFailed(r, reply, class)
	case drip.ClassDeferred:
		if reply.Phase == drip.PhaseMail {
			o.relayFailed(r, reply, class)
		}
	}
}

// refusesUs reports whether a refusal of the sender is about us, whoever the message is
// for: at MAIL it is, and a login that is missing or wrong is at any time (RFC 4954 §6).
// Else, from RCPT on, a policy may be one recipient's own, and must not hold up the
// others.
func refusesUs(reply drip.Reply) bool {
	switch reply.Code {
	case 530, 534, 535, 538:
		return true
	}
	return reply.Phase == drip.PhaseMail
}

// throttled slows down whoever asks for it.
func (o *Outbox) throttled(r *relay, item *store.Claimed, reply drip.Reply) {
	switch throttledBy(reply) {
	case byRelay:
		o.relayFailed(r, reply, drip.ClassThrottled)
	case byDomain:
		if o.domains.slower(item.Subscriber.Email.Domain(), o.now.Machine) {
			o.relayFailed(r, reply, drip.ClassThrottled)
		}
	}
}

// backoff returns the pause after another try came to nothing: doubled with each
// one before it and stretched by up to its own length, the same for the same
// attempt.
func backoff(f store.Fence, before int) time.Duration {
	wait := firstRetry
	for n := 0; n < before && wait < maxRetry; n++ {
		wait *= 2
	}
	wait = min(wait, maxRetry)
	h := fnv.New32a()
	for _, n := range []int64{int64(f.Enrollment), int64(f.Issue), int64(f.Attempt)} {
		h.Write(strconv.AppendInt(nil, n, 10))
		h.Write([]byte{0})
	}
	stretch := float64(h.Sum32()) / (1 << 32)
	return wait + time.Duration(stretch*float64(wait))
}
