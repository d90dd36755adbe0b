// Package cli is the command line: one file a command. A command reads its
// flags, asks the packages below for facts, and shows them. What it found goes
// to standard output, as a table or with --json as one document; questions,
// progress and logs go to standard error.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// env is what a command has of the world.
type env struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	// environ is the environment as os.Environ gives it.
	environ []string
	// now is the machine's clock; instants are cut to whole milliseconds, as
	// the store keeps them.
	now func() time.Time
	// abort ends with the second signal: stop at once, whatever is on its way.
	abort context.Context
	// links is the world of check --links.
	links linkWorld
	// configFile is --config, and operator --operator.
	configFile, operator string
}

// Main runs the command that args (without the program's name) ask for, and
// returns the exit status: 0 done, 1 it failed, 2 wrong usage or configuration,
// 3 there are findings. The first SIGINT or SIGTERM asks the command to stop,
// the second to stop at once.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, abort, stop := signals()
	defer stop()
	e := &env{
		stdin: stdin, stdout: stdout, stderr: stderr, environ: os.Environ(), abort: abort,
		now: func() time.Time { return time.Now().UTC().Truncate(time.Millisecond) },
	}
	root := newRoot(e)
	root.SetArgs(args)
	return e.report(root.ExecuteContext(ctx))
}

// report says what went wrong, if anything, and returns the exit status.
func (e *env) report(err error) int {
	message, code := explain(err)
	if message != "" {
		e.note("partwork: %s", message)
	}
	return code
}

// signals returns a context that ends with the first SIGINT or SIGTERM and one
// that ends with the second. Both end when stop is called.
func signals() (ctx, abort context.Context, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	abort, cut := context.WithCancel(context.Background())
	received := make(chan os.Signal, 2)
	signal.Notify(received, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		for _, end := range []context.CancelFunc{cancel, cut} {
			select {
			case <-received:
				end()
			case <-abort.Done():
				return
			}
		}
	}()
	return ctx, abort, func() {
		signal.Stop(received)
		cancel()
		cut()
	}
}

// note writes a line for the person at the terminal, who may not be there.
func (e *env) note(format string, args ...any) {
	_, _ = fmt.Fprintf(e.stderr, format+"\n", args...)
}

// say writes a line of the result.
func (e *env) say(format string, args ...any) {
	_, _ = fmt.Fprintf(e.stdout, format+"\n", args...)
}
