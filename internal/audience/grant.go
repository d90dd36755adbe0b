package audience

import (
	"context"
	"crypto/subtle"
	"fmt"
	"strings"

	"partwork/internal/drip"
	"partwork/internal/timing"
	"partwork/internal/token"
)

// WishKind is what a reader can ask for on the preferences page.
type WishKind string

// The wishes, each with the method that grants it.
const (
	WishPause   WishKind = "pause"   // PauseUntil Wish.Until
	WishResume  WishKind = "resume"  // Resume
	WishPace    WishKind = "pace"    // SetPace Wish.Pace
	WishZone    WishKind = "zone"    // Move to Wish.Zone
	WishNext    WishKind = "next"    // SendNext Wish.Issue
	WishRestart WishKind = "restart" // StartOver
)

// Wish is what a reader asks for.
type Wish struct {
	Kind  WishKind
	Until timing.Date
	Pace  int
	// Zone is an IANA name, or the city of one, in any case.
	Zone string
	// Issue is [Preferences.Ahead] of the page that the wish is from: asking for the
	// same issue twice brings one.
	Issue string
}

// Grant grants a wish of the holder of a preferences link. A wish that is granted
// twice has the effect of one. The error is drip.ErrNotFound in the cases of
// Preferences, or a Refusal.
func (a *Audience) Grant(ctx context.Context, link string, w Wish) error {
	e, err := a.wisher(ctx, link)
	if err == nil && w.Kind != WishRestart {
		err = checkGoing(e)
	}
	if err != nil {
		return fmt.Errorf("grant a wish: %w", err)
	}
	switch w.Kind {
	case WishPause:
		_, err = a.PauseUntil(ctx, e.ID, w.Until)
	case WishResume:
		_, err = a.Resume(ctx, e.ID)
	case WishPace:
		_, err = a.SetPace(ctx, e.ID, w.Pace)
	case WishZone:
		err = a.moveTo(ctx, e, w.Zone)
	case WishNext:
		err = a.sendNamed(ctx, e, w.Issue)
	case WishRestart:
		err = a.startOver(ctx, link)
	default:
		err = refuse("", "there is no wish %q", w.Kind)
	}
	if err != nil {
		return fmt.Errorf("grant a wish of enrollment %d: %w", e.ID, err)
	}
	return nil
}

// sendNamed sends the next issue if it is still the one that was asked for.
func (a *Audience) sendNamed(ctx context.Context, e drip.Enrollment, name string) error {
	issue, ok := a.named(e, name)
	if !ok {
		return refuse("", "the page they asked on is from before the series changed")
	}
	_, err := a.SendNext(ctx, e.ID, issue)
	return err
}

// startOver starts the very enrollment over that the link was signed for: the second
// click of a double click finds it over already.
func (a *Audience) startOver(ctx context.Context, link string) error {
	e, err := a.enrollment(ctx, token.Preferences, link)
	if err == nil {
		_, err = a.StartOver(ctx, e.ID)
	}
	return err
}

// moveTo gives the person of an enrollment another zone.
func (a *Audience) moveTo(ctx context.Context, e drip.Enrollment, written string) error {
	zone, ok := a.zoneOf(written)
	if !ok {
		return refuse("", "there is no time zone of that name")
	}
	_, err := a.Move(ctx, Who{ID: e.Subscriber}, zone)
	return err
}

// zoneOf reads a zone as people write it: "Europe/London", "america/new york", "Tokyo".
func (a *Audience) zoneOf(written string) (string, bool) {
	name := strings.Join(strings.Fields(written), "_")
	if _, err := a.zones.Load(name); err == nil {
		return name, true
	}
	for _, known := range timing.Names() {
		if strings.EqualFold(known, name) || strings.EqualFold(known[strings.LastIndexByte(known, '/')+1:], name) {
			return known, true
		}
	}
	return "", false
}

// same compares in constant time.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
