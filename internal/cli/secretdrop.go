package cli

import (
	"strconv"

	"github.com/spf13/cobra"

	"partwork/internal/config"
)

func newSecretDrop(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "drop NUMBER",
		Short: "Have a key verify nothing any more: every link that it signed is dead",
		Long: "Takes a key out of secret_file, for the case that somebody knows it who must not: with it they can make\n" +
			"up links that open preferences, leave a series, or confirm in the name of others.\n\n" +
			"Every link that the key signed dies with it, in letters that were sent years ago as well: readers who press\n" +
			"\"leave\" there see that the link does not work, and the one-click button of their mail program does nothing.\n" +
			"Laws ask that these work for a month or two at least, and people complain of spam when they do not. So rotate\n" +
			"first, and drop a key that is not known to anybody only when it is years old. There is no way back but a\n" +
			"copy of secret_file.\n\n" +
			"The last key of the file names the messages, and goes on doing that. A serve that is running takes the change\n" +
			"within 10 seconds. It asks first; --yes is the answer for scripts.",
		Example: "  partwork secret rotate\n  partwork secret drop 1",
		Args:    argCount(1, 1),
	}
	asked, yes := asJSON(cmd), askFirst(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		id, err := strconv.ParseUint(args[0], 10, 8)
		if err != nil {
			return usagef("`partwork secret show` lists the numbers", "%q is no number of a key", args[0])
		}
		return e.dropSecret(cmd, byte(id), *yes, *asked)
	}
	return cmd
}

func (e *env) dropSecret(cmd *cobra.Command, id byte, yes, asJSON bool) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	question := "drop key " + strconv.Itoa(int(id)) + "? every link that it signed is dead then, for good: in all letters sent while it signed, nobody can leave"
	if err := e.ask(cmd.Context(), yes, question); err != nil {
		return err
	}
	keys, err := config.Drop(cfg.SecretFile, id)
	if err != nil {
		return noSecrets(cfg, err)
	}
	report := reportOf(cfg.SecretFile, keys)
	if asJSON {
		return e.document(report)
	}
	e.say("key %d verifies nothing any more; %s left, and %d signs", id, count(len(report.Keys), "key"), report.Signing)
	e.note("a serve that is running takes it within 10 seconds; copies of %s from before still have the key", relative(report.File))
	return nil
}
