package app

import (
	"context"
	"errors"
	"fmt"

	"partwork/internal/config"
	"partwork/internal/mailaddr"
	"partwork/internal/store/sqlite"
	"partwork/internal/token"
)

// openKeys reads the keys, or makes them for a database in which nothing is yet.
// They are made after the database, so that keys without a database always mean that
// it was lost.
func (in *Instance) openKeys(ctx context.Context, secretFile string, db *sqlite.Store) error {
	in.secretSeen = glimpseOf(secretFile)
	keyring, suppression, err := config.LoadSecrets(secretFile)
	if errors.Is(err, config.ErrNoSecrets) {
		blank, look := db.Blank(ctx)
		if look != nil {
			return look
		}
		if !blank {
			return fmt.Errorf("the keys %s and %s do not exist, but there is a database with people in it. With new keys every link that was "+
				"sent would be dead, and nobody on the suppression list recognized: restore both files from your backups",
				secretFile, config.SuppressionFile(secretFile))
		}
		keyring, suppression, err = config.LoadOrCreateSecrets(secretFile)
		in.secretSeen = glimpseOf(secretFile)
	}
	if err != nil {
		return err
	}
	keys, err := token.ParseKeyring(keyring)
	if err != nil {
		return fmt.Errorf("%s: %w", secretFile, err)
	}
	if in.Keys, err = token.NewKeyring(keys...); err != nil {
		return fmt.Errorf("%s: %w", secretFile, err)
	}
	in.Hasher = mailaddr.NewHasher(suppression)
	return nil
}
