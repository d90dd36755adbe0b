package app

import "log/slog"

// cronLog lets cron write to the program's log.
type cronLog struct{ log *slog.Logger }

// Info implements cron.Logger.
func (c cronLog) Info(msg string, keysAndValues ...any) { c.log.Debug("cron: "+msg, keysAndValues...) }

// Error implements cron.Logger.
func (c cronLog) Error(err error, msg string, keysAndValues ...any) {
	c.log.Error("cron: "+msg, append([]any{"error", err}, keysAndValues...)...)
}
