package app

import (
	"context"
	"time"

	"partwork/internal/audience"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/web/public"
)

const (
	// signUpPace is how long the answer to a sign-up takes at least. A commit takes a few
	// milliseconds, a busy one some more.
	signUpPace = 250 * time.Millisecond
	// sweepEvery is how often requests that nobody confirmed are forgotten.
	sweepEvery = time.Minute
)

// signUpRules are those of a configuration.
func signUpRules(cfg *config.Config) audience.SignUpRules {
	c := cfg.SignUp
	return audience.SignUpRules{
		Expires: c.Expires, PerAddress: c.PerAddress, PerDomain: c.PerDomain, PerNetwork: c.PerNetwork, Total: c.Total,
		KeepNetwork: c.RecordNetwork,
	}
}

// sweepSignUps forgets the requests that nobody confirmed in time.
func (in *Instance) sweepSignUps(ctx context.Context) {
	swept, err := in.Audience.SweepSignUps(ctx)
	switch {
	case err != nil:
		in.log.Error("forget sign-ups that nobody confirmed", "error", err)
	case swept.Enrollments > 0:
		in.log.Info("forgot sign-ups that nobody confirmed", "enrollments", swept.Enrollments, "people", swept.People)
	}
}

// SignUpSnippet returns the HTML of a form, for other sites, with which people ask for a
// campaign, and the address of its sign-up page.
func (in *Instance) SignUpSnippet(c *drip.Campaign) (form, page string, err error) {
	form, err = public.Snippet(in.layouts, in.Config.PublicURL, c.Key, c.Language)
	return form, in.Config.PublicURL + "/s/" + c.Key, err
}
