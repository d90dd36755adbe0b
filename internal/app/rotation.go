package app

import (
	"time"

	"partwork/internal/config"
	"partwork/internal/token"
)

// keysEvery is how often a running serve looks whether its keys were rotated.
const keysEvery = 10 * time.Second

// followKeys reads the keys that sign links again if their file has changed. Keys that
// cannot be used leave those in use that were. The key of the suppression list is read once
// and never again: it never changes.
func (in *Instance) followKeys() {
	file := in.Config.SecretFile
	seen := glimpseOf(file)
	if seen == in.secretSeen {
		return
	}
	in.secretSeen = seen
	text, _, err := config.LoadSecrets(file)
	var keys []token.Key
	if err == nil {
		keys, err = token.ParseKeyring(text)
	}
	if err == nil {
		err = in.Keys.Adopt(keys...)
	}
	if err != nil {
		in.log.Error("the keys that sign links have changed and cannot be used, so those before stay", "file", file, "error", err)
		return
	}
	in.log.Info("the keys that sign links have changed", "keys", len(keys), "signing", keys[0].ID)
}
