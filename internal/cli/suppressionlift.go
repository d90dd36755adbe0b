package cli

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

func newSuppressionLift(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lift ADDRESS",
		Short: "Let an address be mailed again (asks first)",
		Long: "Takes an address off the list, because its owner asked for that: what they said goes into the audit log.\n" +
			"It brings nobody back: series that ended go on only when their reader confirms. Who was erased stays\n" +
			"on the list for good. What was suppressed for one campaign is lifted with --campaign; neither lifts\n" +
			"the other.",
		Example: "  partwork suppression lift anna@example.org --reason 'asked on the phone, 3 March'\n" +
			"  partwork suppression lift anna@example.org --campaign garden-notes --reason 'it was her brother'",
		Args: argCount(1, 1),
	}
	reason := cmd.Flags().String("reason", "", "why, as a `TEXT` for the audit log (required)")
	campaign := e.scopeFlag(cmd, "what is lifted is the suppression for this `CAMPAIGN`, and not that for everything")
	yes := askFirst(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		address, err := mailaddr.Parse(args[0])
		if err != nil {
			return err
		}
		if strings.TrimSpace(*reason) == "" {
			return usagef("add --reason 'what its owner said'", "whoever must not be mailed is let in for a reason only, and none is given")
		}
		return e.with(cmd.Context(), func(in *app.Instance) error {
			return e.lift(cmd.Context(), in, address, lifting{*campaign, strings.TrimSpace(*reason), *yes})
		})
	}
	return cmd
}

// lifting is how suppression lift was given.
type lifting struct {
	campaign, reason string
	yes              bool
}

func (e *env) lift(ctx context.Context, in *app.Instance, address mailaddr.Address, l lifting) error {
	hash := in.Hasher.Sum(address)
	entries, err := in.Store.SuppressionsOf(ctx, hash)
	if err != nil {
		return err
	}
	s, err := scopeAmong(ctx, in, l.campaign, entries)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(entries, func(entry drip.Suppression) bool { return entry.Campaign == s.key })
	switch {
	case at < 0:
		return e.notLifted(ctx, in, address, s)
	case entries[at].Reason == drip.SuppressedByErasure:
		return failf("they can sign up with another address", "%s was erased, and stays on the list for good", address)
	}
	e.note("suppressed%s since %s: %s", s.behind(), utc(entries[at].At), entries[at].Reason)
	if err := e.ask(ctx, l.yes, strings.Join(strings.Fields("let "+address.String()+" be mailed "+s.name+" again?"), " ")); err != nil {
		return err
	}
	// Noted first: nobody is let in without a line, also if this ends in between.
	line := store.AuditLine{Act: store.ActLift, Campaign: s.no, People: 1, Hash: hash, Reason: printable(l.reason)}
	if err := e.audit(ctx, in, line); err != nil {
		return err
	}
	if _, err := in.Audience.Lift(ctx, address, s.key); err != nil {
		return err
	}
	e.say("not suppressed%s any more: %s", s.behind(), address)
	return e.noteOtherScopes(ctx, in, address)
}

// notLifted says that there is no such suppression, and which ones there are.
func (e *env) notLifted(ctx context.Context, in *app.Instance, address mailaddr.Address, s scope) error {
	if err := e.noteOtherScopes(ctx, in, address); err != nil {
		return err
	}
	return failf("", "%s is not suppressed%s", address, s.behind())
}

// noteOtherScopes says what an address is suppressed for.
func (e *env) noteOtherScopes(ctx context.Context, in *app.Instance, address mailaddr.Address) error {
	all, campaigns, err := suppressionsOf(ctx, in, address)
	if all != nil {
		e.note("it is suppressed for everything, since %s: %s", utc(all.At), all.Reason)
	}
	for _, row := range campaigns {
		e.note("it is suppressed for %s, since %s: %s; --campaign %s lifts that", row.name(), utc(row.At.time()), row.Reason, cmp.Or(row.Campaign, row.Key))
	}
	return err
}
