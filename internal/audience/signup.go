package audience

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
	"partwork/internal/token"
)

// SignUpForm is what a sign-up page may show.
type SignUpForm struct {
	// Title and Sender are the campaign's, empty if it is discreet.
	Title, Sender string
	// Statement is what people say who send it in.
	Statement string
	// AsksZone tells that the series goes by each reader's own clock.
	AsksZone bool
	// Stamp is to come back with the form.
	Stamp string
}

// Application is a form that was sent in, as it was typed.
type Application struct {
	Email, Name, Zone string
	// Stamp is that of the form; empty if it stood on a page that is not ours.
	Stamp string
	// Trap is a field that people do not see, and leave empty.
	Trap string
	// From is where it came from; zero if unknown.
	From netip.Addr
}

// SignUpAnswer is what to say to a form. It tells nothing about the address: whatever
// is known of it, the answer is the same.
type SignUpAnswer struct {
	Kind SignUpKind
	// Form is to be shown again, with what was typed, for [SignUpAgain] and
	// [SignUpMend].
	Form SignUpForm
	// Wrong names the fields to mend.
	Wrong SignUpFields
}

// SignUpKind says what becomes of a form.
type SignUpKind string

// The kinds of answer.
const (
	// SignUpTaken: if a mail can be sent to the address, it is.
	SignUpTaken SignUpKind = "taken"
	// SignUpAgain: the form has to be sent in once more. It came from another page,
	// it lay about for too long, or it came back sooner than a person types.
	SignUpAgain SignUpKind = "again"
	// SignUpMend: some fields cannot be meant so.
	SignUpMend SignUpKind = "mend"
	// SignUpBusy: there are too many of them at the moment.
	SignUpBusy SignUpKind = "busy"
)

// SignUpFields are the fields of a form, each true if it has to be mended.
type SignUpFields struct{ Email, Name, Zone bool }

// How long a form takes to come back: longer than a program that fills in everything
// at once, and shorter than a program that was shown one a while ago.
const (
	stampRipe = 2 * time.Second
	stampOver = day
)

// SignUpForm returns what the sign-up page of the campaign with that key shows. It
// changes nothing. drip.ErrNotFound is the one answer if there is no such page: no such
// campaign, not open for sign-up, or closed.
func (a *Audience) SignUpForm(ctx context.Context, key string) (SignUpForm, error) {
	s, err := a.joinable(ctx, key)
	if err != nil {
		return SignUpForm{}, fmt.Errorf("show a sign-up form: %w", err)
	}
	return a.signUpForm(s, a.stamp(s)), nil
}

// SignUpLanguage returns the language of the campaign with that key, a BCP 47 tag; empty
// if it has none, or if there is no sign-up page.
func (a *Audience) SignUpLanguage(ctx context.Context, key string) string {
	s, err := a.joinable(ctx, key)
	if err != nil {
		return ""
	}
	return s.Language
}

// joinable is a campaign that people can join by themselves.
type joinable struct {
	*drip.Campaign
	no drip.CampaignNo
}

// joinable finds a campaign by its key, or returns drip.ErrNotFound.
func (a *Audience) joinable(ctx context.Context, key string) (joinable, error) {
	records, err := a.stores.Campaigns(ctx)
	if err != nil {
		return joinable{}, err
	}
	for _, r := range records {
		if r.Key != key || !r.ClosedAt.IsZero() || !r.StoppedAt.IsZero() {
			continue
		}
		if series, ok := a.series(r.No); ok && series.Campaign.SignUp.Open {
			return joinable{series.Campaign, r.No}, nil
		}
	}
	return joinable{}, drip.ErrNotFound
}

func (a *Audience) signUpForm(s joinable, stamp string) SignUpForm {
	form := SignUpForm{Statement: s.SignUp.Form.Text, AsksZone: s.Zone("theirs", "") == "theirs", Stamp: stamp}
	if !s.Discreet {
		form.Title, form.Sender = s.Title, s.From.Name
	}
	return form
}

// stamp says that a form of the campaign was shown now.
func (a *Audience) stamp(s joinable) string {
	return a.keyring.Sign(token.Stamp, token.Subject{A: a.now().UnixMilli(), B: int64(s.no)})
}

// checkStamp reports whether a form comes back in time, and returns the stamp with
// which to show it again if it does not. One that came back too soon keeps its stamp:
// who sends it in once more is late enough.
func (a *Audience) checkStamp(s joinable, stamp string) (again string, ok bool) {
	subject, err := a.keyring.Verify(token.Stamp, stamp)
	age := a.now().Sub(time.UnixMilli(subject.A))
	switch {
	case err != nil, subject.B != int64(s.no), age < 0, age > stampOver:
		return a.stamp(s), false
	case age < stampRipe:
		return stamp, false
	}
	return stamp, true
}

// SignUp takes a form that was sent in for the campaign with that key. If a mail may
// go to the address and none did too often, it asks the person there to confirm, in the
// words of the campaign and of nobody else; until they do, nothing else is sent to
// them, and what was typed is not theirs. The error is drip.ErrNotFound in the cases of
// SignUpForm.
func (a *Audience) SignUp(ctx context.Context, key string, f Application) (SignUpAnswer, error) {
	s, err := a.joinable(ctx, key)
	if err != nil {
		return SignUpAnswer{}, fmt.Errorf("sign up: %w", err)
	}
	if f.Trap != "" {
		return SignUpAnswer{Kind: SignUpTaken}, nil
	}
	stamp, ripe := a.checkStamp(s, f.Stamp)
	answer := SignUpAnswer{Kind: SignUpAgain, Form: a.signUpForm(s, stamp)}
	email, wrong := mailaddr.Parse(f.Email)
	name, named := typedName(f.Name)
	zone, placed := a.typedZone(s, f.Zone)
	answer.Wrong = SignUpFields{Email: wrong != nil, Name: !named, Zone: !placed}
	switch {
	case answer.Wrong != SignUpFields{}:
		answer.Kind = SignUpMend
		return answer, nil
	case !ripe:
		return answer, nil
	}
	now := a.now()
	out, err := a.stores.SignUp(ctx, store.NewSignUp{
		Campaign: s.no, Email: email, Hash: a.hasher.Sum(email), Others: a.others(email), Name: name, Timezone: zone,
		Request: drip.Request{Form: s.SignUp.Form, At: now, Network: a.keptNetwork(f.From)},
		Unfit:   unfit(email, s.Campaign), Names: a.signUpNames(email, f.From), Limits: a.signUps.limits(), Now: now,
	})
	switch {
	case errors.Is(err, drip.ErrClosed):
		return SignUpAnswer{}, fmt.Errorf("sign up: %w", drip.ErrNotFound) // it closed between the look and the call
	case err != nil:
		return SignUpAnswer{}, fmt.Errorf("sign up: %w", err)
	case out.Result == store.SignUpBusy:
		return SignUpAnswer{Kind: SignUpBusy}, nil
	}
	return SignUpAnswer{Kind: SignUpTaken}, nil
}

// maxTypedName is the most of a name on a form, in characters.
const maxTypedName = 80

// typedName returns a name as it will greet its owner; false if it is none. Whoever
// signs a stranger up could leave them a message there, and the stranger might
// confirm.
func typedName(typed string) (string, bool) {
	name := mailaddr.CleanName(typed)
	lower := strings.ToLower(name)
	for _, sign := range []string{"://", "www.", "@", "<", ">", "{", "}"} {
		if strings.Contains(lower, sign) {
			return "", false
		}
	}
	return name, utf8.RuneCountInString(name) <= maxTypedName && len(typed) <= 4*maxTypedName
}

// typedZone returns the zone that was typed; empty if none was, or if nobody asked.
func (a *Audience) typedZone(s joinable, typed string) (string, bool) {
	if strings.TrimSpace(typed) == "" || s.Zone("theirs", "") != "theirs" {
		return "", true
	}
	return a.zoneOf(typed)
}

// SweepSignUps forgets the requests that nobody confirmed in time, and what was counted
// too long ago to matter. It returns how many enrollments and people it removed.
func (a *Audience) SweepSignUps(ctx context.Context) (store.SignUpsSwept, error) {
	now, rules := a.now(), a.signUps
	swept, err := a.stores.SweepSignUps(ctx, store.SignUpSweep{
		Unanswered: now.Add(-rules.Expires), Counted: now.Add(-rules.addressWindow()), Refused: now.Add(-UndoTime - time.Millisecond),
	})
	if err != nil {
		return swept, fmt.Errorf("forget sign-ups that nobody confirmed: %w", err)
	}
	return swept, nil
}

// invited returns the enrollment that a confirmation link is about. Who asked for a
// second mail has two links, and either is good: the one in the first mail is for the
// request that took the place of its own.
func (a *Audience) invited(ctx context.Context, link string) (drip.Enrollment, error) {
	e, err := a.enrollment(ctx, token.Confirm, link)
	if err != nil || e.LeftReason != drip.LeftToRestart || !e.JoinedAt.IsZero() {
		return e, err
	}
	all, err := a.stores.EnrollmentsOf(ctx, e.Subscriber)
	if err != nil {
		return drip.Enrollment{}, err
	}
	for _, other := range all {
		if other.Campaign == e.Campaign && other.State != drip.EnrollmentLeft {
			return other, nil
		}
	}
	return e, nil
}
