package cli

import (
	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

func newSuppression(e *env) *cobra.Command {
	return newNoun("suppression", "Keep addresses from ever being mailed, or from one campaign",
		"  partwork suppression add anna@example.org\n  partwork suppression add anna@example.org --campaign garden-notes\n"+
			"  partwork suppression show anna@example.org\n  partwork suppression import bounced.csv --reason bounce",
		newSuppressionAdd(e), newSuppressionShow(e), newSuppressionList(e), newSuppressionLift(e), newSuppressionImport(e), newSuppressionExport(e))
}

func newSuppressionAdd(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "add ADDRESS",
		Short: "Never mail an address again, or never one campaign",
		Long: "Suppresses an address, whether or not it belongs to somebody on the list. Their enrollments end, and\n" +
			"no import brings them back. With --campaign that is so for one campaign: their part in it ends, no\n" +
			"import, form or confirmation brings them back to it, and whatever else they get goes on. Only a keyed\n" +
			"hash of the address is kept.",
		Example: "  partwork suppression add anna@example.org\n  partwork suppression add anna@example.org --campaign garden-notes",
		Args:    argCount(1, 1),
	}
	campaign := e.scopeFlag(cmd, "never mail it this `CAMPAIGN`, instead of never anything")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		address, err := mailaddr.Parse(args[0])
		if err != nil {
			return err
		}
		return e.with(cmd.Context(), func(in *app.Instance) error {
			s, err := scopeOf(cmd.Context(), in, *campaign)
			if err != nil {
				return err
			}
			if s.key == "" {
				err = in.Audience.Suppress(cmd.Context(), address, drip.SuppressedByAdmin)
			} else {
				err = in.Audience.KeepOut(cmd.Context(), address, s.key, drip.SuppressedByAdmin)
			}
			if err != nil {
				return err
			}
			e.say("suppressed%s: %s", s.behind(), address)
			line := store.AuditLine{Act: store.ActSuppress, Campaign: s.no, People: 1, Hash: in.Hasher.Sum(address)}
			return e.audit(cmd.Context(), in, line)
		})
	}
	return cmd
}

// suppressionRow is the JSON of suppression show: what holds for everything, and for
// campaigns besides.
type suppressionRow struct {
	Suppressed bool                   `json:"suppressed"`
	Reason     drip.SuppressionReason `json:"reason"`
	At         stamp                  `json:"at"`
	Campaigns  []keptOutRow           `json:"campaigns"`
}

func newSuppressionShow(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "show ADDRESS",
		Short:   "Say whether an address is suppressed, for what, since when and why",
		Example: "  partwork suppression show anna@example.org",
		Args:    argCount(1, 1),
	}
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		address, err := mailaddr.Parse(args[0])
		if err != nil {
			return err
		}
		return e.looking(cmd.Context(), app.LookAtRecords, func(in *app.Instance) error {
			entry, campaigns, err := suppressionsOf(cmd.Context(), in, address)
			if err != nil {
				return err
			}
			row := suppressionRow{Suppressed: entry != nil, Campaigns: campaigns}
			if entry != nil {
				row.Reason, row.At = entry.Reason, stamp(entry.At)
			}
			if *asked {
				return e.document(row)
			}
			if entry == nil && len(campaigns) == 0 {
				e.say("not suppressed")
			}
			if entry != nil {
				e.say("suppressed since %s: %s", utc(entry.At), entry.Reason)
			}
			for _, r := range campaigns {
				e.say("suppressed for %s since %s: %s", r.name(), utc(r.At.time()), r.Reason)
			}
			return nil
		})
	}
	return cmd
}
