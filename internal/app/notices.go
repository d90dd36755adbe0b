package app

import (
	"context"
	"errors"
	"time"

	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/smtpsend"
	"partwork/internal/token"
)

const (
	// noticesEvery is how often the messenger looks by itself; whoever asks on a page
	// of this process need not wait for it.
	noticesEvery = 20 * time.Second
	// noticesAtOnce are sent over one connection.
	noticesAtOnce = 20
	// noticesKept is how long notices are counted against the limits.
	noticesKept = 24 * time.Hour
	// noticesApart is the least between two looks, however much is posted.
	noticesApart = 200 * time.Millisecond
)

// noticeRetries are the waits after a refusal that is not for good. Nobody waits
// longer in front of a page.
var noticeRetries = []time.Duration{time.Minute, 3 * time.Minute, 10 * time.Minute}

// messenger sends the mails that people ask for on their own page: a few a day, over a
// connection of their own to the first relay, without the ledger. One that may have
// been sent is not sent again; whoever misses it asks once more.
type messenger struct {
	in    *Instance
	relay smtpsend.Relay
	kicks chan struct{}
}

func (in *Instance) newMessenger(opts ServeOptions) *messenger {
	relays := instead(relaysOf(in.Config), opts.Relay)
	return &messenger{in: in, relay: relays[0].relay, kicks: make(chan struct{}, 1)}
}

// kick has it look now.
func (m *messenger) kick() {
	select {
	case m.kicks <- struct{}{}:
	default:
	}
}

func (m *messenger) run(ctx context.Context) {
	tick := time.NewTicker(noticesEvery)
	defer tick.Stop()
	for {
		if err := m.round(ctx); err != nil && ctx.Err() == nil {
			m.in.log.Error("send what was asked for on a page", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(noticesApart):
		}
		select {
		case <-ctx.Done():
			return
		case <-m.kicks:
		case <-tick.C:
		}
	}
}

// round sends what is to be sent now. A database that is held sends this no more than
// anything else.
func (m *messenger) round(ctx context.Context) error {
	now := m.in.machine()
	if err := m.in.Store.ForgetNotices(ctx, now.Add(-noticesKept)); err != nil {
		return err
	}
	fence, err := m.in.Store.FenceState(ctx)
	if err != nil || fence.Held() {
		return err
	}
	list, err := m.in.Store.TakeNotices(ctx, now, noticesAtOnce)
	if err != nil || len(list) == 0 {
		return err
	}
	layouts, err := compose.LoadLayouts(m.in.layouts)
	if err != nil {
		return errors.Join(err, m.again(ctx, list))
	}
	var letters []compose.Letter
	var ready []drip.Notice
	for _, n := range list {
		letter, ok, err := m.letter(ctx, n, layouts, now)
		if err != nil {
			m.in.log.Error("compose a notice; it is not sent", "notice", int64(n.ID), "error", err)
		}
		if ok && err == nil {
			letters, ready = append(letters, letter), append(ready, n)
		}
	}
	return m.send(ctx, ready, letters)
}

// letter composes a notice; false says that it is not to be sent.
func (m *messenger) letter(ctx context.Context, n drip.Notice, layouts *compose.Layouts, now time.Time) (compose.Letter, bool, error) {
	in := m.in
	to, ok, err := in.Audience.NoticeTo(ctx, n)
	if err != nil || !ok {
		return compose.Letter{}, false, err
	}
	e, err := in.Store.Enrollment(ctx, n.Enrollment)
	if err != nil {
		return compose.Letter{}, false, err
	}
	program, ok := in.Library.Program(e.Campaign)
	if !ok {
		return compose.Letter{}, false, errors.New("the campaign whose sender it would have is not in force")
	}
	edition, _ := compose.Compile(compose.NewNotice(program.Campaign, layouts, n.Kind))
	link := in.Audience.NoticeURL(in.Config.PublicURL, n)
	links := compose.Links{Confirm: link, Unsubscribe: link, Images: imagesURL(in.Config.PublicURL)}
	if n.Kind == drip.NoticePrivate {
		links.Unsubscribe = in.Audience.UnsubscribeURL(in.Config.PublicURL, e)
	}
	from := edition.Bundle().From.Address
	letter, err := edition.AppendTo(nil, mailaddr.Mailbox{Address: to}, compose.Values{}, links, compose.Stamp{
		MessageID: in.Keys.Opaque("notice", token.Subject{A: int64(n.ID), B: int64(n.Tries)}) + "@" + from.Domain(),
		Date:      now.UTC().Truncate(time.Second),
		Signer:    in.composer.signer(0),
	})
	return letter, err == nil, err
}

// send hands letters over. What is refused for good is not tried again, and nobody is
// suppressed for it: it is not the ledger's business.
func (m *messenger) send(ctx context.Context, list []drip.Notice, letters []compose.Letter) error {
	if len(list) == 0 {
		return nil
	}
	conn, err := smtpsend.Dial(ctx, m.relay)
	if err != nil {
		return errors.Join(err, m.again(ctx, list))
	}
	defer conn.Abort()
	for i, n := range list {
		if !conn.Usable() {
			return m.again(ctx, list[i:])
		}
		reply := conn.Offer(ctx, envelope(letters[i]))
		if reply.Code/100 == 2 {
			reply = conn.Data(ctx, letters[i].Bytes)
		}
		class := smtpsend.Classify(reply)
		m.in.log.Info("notice", "notice", int64(n.ID), "class", string(class), "code", reply.Code)
		if class == drip.ClassDeferred || class == drip.ClassThrottled || class == drip.ClassTransport {
			if err := m.again(ctx, list[i:i+1]); err != nil {
				return err
			}
		}
	}
	_ = conn.Quit() // whatever the relay says to it
	return nil
}

// again has notices tried later, unless they were often enough.
func (m *messenger) again(ctx context.Context, list []drip.Notice) error {
	var errs []error
	for _, n := range list {
		if n.Tries <= len(noticeRetries) {
			errs = append(errs, m.in.Store.RetryNotice(ctx, n.ID, m.in.machine().Add(noticeRetries[n.Tries-1])))
		}
	}
	return errors.Join(errs...)
}
