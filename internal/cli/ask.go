package cli

import (
	"bufio"
	"context"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// askFirst adds --yes to a command.
func askFirst(cmd *cobra.Command) *bool {
	return cmd.Flags().Bool("yes", false, "do it without asking")
}

// ask puts a question and returns nil if the answer is yes. Without a terminal
// there is nobody to ask: then only --yes is an answer.
func (e *env) ask(ctx context.Context, yes bool, question string) error {
	if yes {
		return nil
	}
	if !isTerminal(e.stdin) {
		return usagef("add --yes to do it without a question", "this asks first, and there is no terminal to ask on: %s", question)
	}
	_, _ = e.stderr.Write([]byte("partwork: " + question + " [y/N] "))
	answers := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(e.stdin).ReadString('\n')
		answers <- line
	}()
	select {
	case <-ctx.Done():
		e.note("")
		return ctx.Err()
	case answer := <-answers:
		switch strings.ToLower(strings.TrimSpace(answer)) {
		case "y", "yes":
			return nil
		}
		return failf("", "nothing was done")
	}
}

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
