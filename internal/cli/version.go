package cli

import (
	"runtime"

	"github.com/spf13/cobra"

	"partwork/internal/app"
)

func newVersion(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  partwork version\n  partwork version --json",
		Args:    argCount(0, 0),
	}
	asked := asJSON(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		if *asked {
			return e.document(map[string]string{
				"version": app.Version(), "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH,
			})
		}
		e.say("partwork %s (%s, %s/%s)", app.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return nil
	}
	return cmd
}
