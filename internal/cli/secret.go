package cli

import (
	"context"
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/config"
	"partwork/internal/store"
	"partwork/internal/token"
)

func newSecret(e *env) *cobra.Command {
	return newNoun("secret", "The keys that sign the links in letters",
		"  partwork secret show\n  partwork secret rotate\n  partwork secret drop 1", newSecretShow(e), newSecretRotate(e), newSecretDrop(e))
}

func newSecretShow(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Say which keys there are, and which one signs",
		Long: "Lists the keys of secret_file by their numbers, the one that signs first. The keys themselves are never\n" +
			"shown. All of them verify: a link works for as long as its key is there.",
		Example: "  partwork secret show\n  partwork secret show --json | jq '.keys | length'",
		Args:    argCount(0, 0),
	}
	asked := asJSON(cmd)
	cmd.RunE = func(*cobra.Command, []string) error { return e.showSecret(*asked) }
	return cmd
}

func newSecretRotate(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Have a new key sign from now on; links already sent go on working",
		Long: "Puts a new key in front of those in secret_file, in one step. Do it when somebody who knew the keys\n" +
			"leaves, or once a year. A serve that is running takes it within 10 seconds. The old keys stay and\n" +
			"verify what they signed: keep each for two years at least, and the last one, which names the messages,\n" +
			"for ever. If a key has become known, links can be made up with it until you drop it.\n\n" +
			"The key of the suppression list lies in a file of its own and never changes: with another one, nobody\n" +
			"who must not be mailed would be recognized. Copy secret_file into your backups afterwards.",
		Example: "  partwork secret rotate\n  partwork secret rotate --json | jq -r .signing",
		Args:    argCount(0, 0),
	}
	asked := asJSON(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return e.rotateSecret(cmd.Context(), *asked) }
	return cmd
}

// secretReport is what there is to say of the keys.
type secretReport struct {
	File    string `json:"file"`
	Signing byte   `json:"signing"`
	Keys    []int  `json:"keys"`
	// Names is a key that was dropped and goes on naming the messages; 0 if there is none,
	// for the last of Keys does then.
	Names int `json:"only_names"`
	// Suppression is the file of the key of the suppression list.
	Suppression string `json:"suppression_file"`
}

func reportOf(file string, keys []token.Key) secretReport {
	r := secretReport{File: file, Signing: keys[0].ID, Suppression: config.SuppressionFile(file)}
	for _, key := range keys {
		if key.Retired {
			r.Names = int(key.ID)
			continue
		}
		r.Keys = append(r.Keys, int(key.ID))
	}
	return r
}

func (e *env) showSecret(asJSON bool) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	text, _, err := config.LoadSecrets(cfg.SecretFile)
	if err != nil {
		return noSecrets(cfg, err)
	}
	keys, err := token.ParseKeyring(text)
	if err != nil {
		return failf("", "%s: %v", cfg.SecretFile, err)
	}
	report := reportOf(cfg.SecretFile, keys)
	if asJSON {
		return e.document(report)
	}
	e.say("%s has %s: %d signs, and all verify what they signed", relative(report.File), count(len(report.Keys), "key"), report.Signing)
	for i, id := range report.Keys {
		switch {
		case report.Names != 0 && i == 0:
			e.say("  %d  signs", id)
		case report.Names != 0:
			e.say("  %d  verifies", id)
		case i == 0 && len(keys) == 1:
			e.say("  %d  signs, and names the messages", id)
		case i == 0:
			e.say("  %d  signs", id)
		case i == len(keys)-1:
			e.say("  %d  verifies, and names the messages: keep it for ever", id)
		default:
			e.say("  %d  verifies", id)
		}
	}
	if report.Names != 0 {
		e.say("  %d  was dropped, and only names the messages: keep it for ever", report.Names)
	}
	e.say("the key of the suppression list, which never changes, is in %s", relative(report.Suppression))
	return nil
}

func (e *env) rotateSecret(ctx context.Context, asJSON bool) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	keys, err := config.Rotate(cfg.SecretFile)
	if err != nil {
		return noSecrets(cfg, err)
	}
	report := reportOf(cfg.SecretFile, keys)
	if exists(cfg.Database.Path()) {
		line := store.AuditLine{Act: store.ActRotate, Detail: "key " + strconv.Itoa(int(report.Signing))}
		if err := e.with(ctx, func(in *app.Instance) error { return e.audit(ctx, in, line) }); err != nil {
			return err
		}
	}
	if asJSON {
		return e.document(report)
	}
	e.say("key %d signs from now on; what was signed before goes on working (%s in all)", report.Signing, count(len(keys), "key"))
	e.note("a serve that is running takes it within 10 seconds; copy %s into your backups", relative(report.File))
	return nil
}

// noSecrets says what to do about keys that there are not.
func noSecrets(cfg *config.Config, err error) error {
	if errors.Is(err, config.ErrNoSecrets) {
		return failf("the first command that opens the database makes them", "there are no keys in %s yet", relative(cfg.SecretFile))
	}
	return err
}
