package app

import (
	"context"
	"os"
	"time"
)

// checkedAtOnce is the size up to which a database is checked before anything is
// sent, in bytes: the check reads about 25 MB a second on two busy cores, and a
// start should take no two seconds.
const checkedAtOnce = 8 << 20

// endedUncleanly reports whether a database was not closed by whoever used it last:
// a clean end leaves no log. Another process that uses it now looks the same.
func endedUncleanly(path string) bool {
	info, err := os.Stat(path + "-wal")
	return err == nil && info.Size() > 0
}

// checkDatabase looks whether the file is sound. A small one is checked at once, a
// larger one only after an unclean end, beside the work; damaged then ends the
// work. The error says that a small one is damaged.
func (in *Instance) checkDatabase(ctx context.Context, beside func(func()), damaged func(error)) error {
	if databaseSize(in.Config.Database.Path()) <= checkedAtOnce {
		return in.check(ctx)
	}
	if !in.unclean {
		return nil
	}
	beside(func() {
		began := time.Now()
		in.log.Info("the database was not closed when it was last used: checking it beside the work")
		switch err := in.check(ctx); {
		case ctx.Err() != nil: // stopping
		case err != nil:
			damaged(err)
		default:
			in.log.Info("the database is sound", "took", time.Since(began).Round(time.Millisecond))
		}
	})
	return nil
}
