package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

func newSuppression(e *env) *cobra.Command {
	return newNoun("suppression", "Keep addresses from ever being mailed",
		"  partwork suppression add anna@example.org\n  partwork suppression show anna@example.org\n  partwork suppression import bounced.csv --reason bounce",
		newSuppressionAdd(e), newSuppressionShow(e), newSuppressionList(e), newSuppressionLift(e), newSuppressionImport(e), newSuppressionExport(e))
}

func newSuppressionAdd(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "add ADDRESS",
		Short: "Never mail an address again",
		Long: "Suppresses an address, whether or not it belongs to somebody on the list. Their enrollments end, and\n" +
			"no import brings them back. Only a keyed hash of the address is kept.",
		Example: "  partwork suppression add anna@example.org",
		Args:    argCount(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			address, err := mailaddr.Parse(args[0])
			if err != nil {
				return err
			}
			return e.with(cmd.Context(), func(in *app.Instance) error {
				if err := in.Audience.Suppress(cmd.Context(), address, drip.SuppressedByAdmin); err != nil {
					return err
				}
				e.say("suppressed: %s", address)
				return e.audit(cmd.Context(), in, store.AuditLine{Act: store.ActSuppress, People: 1, Hash: in.Hasher.Sum(address)})
			})
		},
	}
}

// suppressionRow is the JSON of suppression show.
type suppressionRow struct {
	Suppressed bool                   `json:"suppressed"`
	Reason     drip.SuppressionReason `json:"reason"`
	At         stamp                  `json:"at"`
}

func newSuppressionShow(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "show ADDRESS",
		Short:   "Say whether an address is suppressed, since when and why",
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
			entry, err := in.Store.Suppressed(cmd.Context(), in.Hasher.Sum(address))
			if err != nil && !errors.Is(err, drip.ErrNotFound) {
				return err
			}
			row := suppressionRow{Suppressed: err == nil, Reason: entry.Reason, At: stamp(entry.At)}
			switch {
			case *asked:
				return e.document(row)
			case row.Suppressed:
				e.say("suppressed since %s: %s", utc(entry.At), entry.Reason)
			default:
				e.say("not suppressed")
			}
			return nil
		})
	}
	return cmd
}
