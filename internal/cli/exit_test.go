package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"partwork/internal/audience"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	_, badAddress := mailaddr.Parse("nobody")
	wrapped := func(err error) error { return fmt.Errorf("enroll subscriber 7: %w", fmt.Errorf("commit: %w", err)) }
	for _, c := range []struct {
		name string
		err  error
		code int
		says string // part of the message
	}{
		{"Nothing", nil, exitDone, ""},
		{"Usage", usagef("do this", "that is wrong"), exitUsage, "that is wrong\ndo this"},
		{"Failure", wrapped(failf("", "it broke")), exitFailed, "it broke"},
		{"Findings", errFindings, exitFindings, ""},
		{"Configuration", config.Findings{{File: "partwork.yaml", Line: 3, Message: "no"}}, exitUsage, "partwork.yaml:3: no"},
		{"Address", wrapped(badAddress), exitUsage, ""},
		{"List", wrapped(&audience.ListError{Line: 1, Problem: "no header"}), exitFailed, "nothing was imported: line 1: no header"},
		{"NotFound", wrapped(drip.ErrNotFound), exitFailed, "does not exist"},
		{"Suppressed", wrapped(drip.ErrSuppressed), exitFailed, "is suppressed: it must never"},
		{"KeptOut", wrapped(drip.ErrKeptOut), exitFailed, "is suppressed for this campaign"},
		{"Closed", wrapped(drip.ErrClosed), exitFailed, "campaign open"},
		{"Enrolled", wrapped(drip.ErrEnrolled), exitFailed, "in this campaign already"},
		{"Conflict", wrapped(drip.ErrConflict), exitFailed, "try again"},
		{"Interrupted", wrapped(context.Canceled), exitFailed, "interrupted"},
		{"Other", errors.New("disk full"), exitFailed, "disk full"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			message, code := explain(c.err)
			if code != c.code || !strings.Contains(message, c.says) {
				t.Errorf("explain gave %d %q, expected %d and %q", code, message, c.code, c.says)
			}
			if strings.Contains(message, "enroll subscriber 7") {
				t.Errorf("the message is a chain of causes: %q", message)
			}
		})
	}
}

// testEnv is an environment without a terminal.
func testEnv() (e *env, stdout, stderr *bytes.Buffer) {
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	return &env{stdin: strings.NewReader("y\n"), stdout: stdout, stderr: stderr}, stdout, stderr
}

func TestAskWithoutATerminal(t *testing.T) {
	t.Parallel()
	e, _, _ := testEnv()
	if err := e.ask(t.Context(), true, "sure?"); err != nil {
		t.Errorf("--yes is an answer, but ask returned %v", err)
	}
	if _, code := explain(e.ask(t.Context(), false, "sure?")); code != exitUsage {
		t.Errorf("nobody could answer: exit status %d, expected %d", code, exitUsage)
	}
}

func TestBrokenInvariantsAreFindings(t *testing.T) {
	t.Parallel()
	const clock, evidence = "was the machine's clock set back", "that no clock breaks; stop serve"
	for _, c := range []struct {
		order, twice int
		say, not     string
	}{{2, 0, clock, evidence}, {2, 1, clock, ""}, {2, 1, evidence, ""}, {0, 1, evidence, clock}} {
		invariants := []store.Invariant{
			{Name: "no issue twice", Rows: c.twice},
			{Name: "none out of order", Rows: c.order, Dated: true, Sample: []string{"enrollment 3 issue 4"}},
		}
		for _, asJSON := range []bool{false, true} {
			e, stdout, _ := testEnv()
			if _, code := explain(e.showInvariants(invariants, asJSON)); code != exitFindings {
				t.Errorf("exit status %d, expected %d", code, exitFindings)
			}
			for _, part := range []string{"none out of order", "enrollment 3 issue 4"} {
				if !strings.Contains(stdout.String(), part) {
					t.Errorf("%q is missing in:\n%s", part, stdout)
				}
			}
			if text := stdout.String(); !asJSON && (!strings.Contains(text, c.say) || c.not != "" && strings.Contains(text, c.not)) {
				t.Errorf("expected %q and not %q in:\n%s", c.say, c.not, text)
			}
		}
	}
}
