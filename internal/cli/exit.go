package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"partwork/internal/app"
	"partwork/internal/audience"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// The exit statuses.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2 // wrong usage or configuration, or a question nobody could answer
	exitFindings = 3 // check or verify found something
)

// problem is an error in words for a person: what is wrong and, on lines of its
// own, what to do next.
type problem struct {
	code    int
	message string
	advice  string // may be empty
}

// Error returns the message and the advice.
func (p *problem) Error() string {
	if p.advice == "" {
		return p.message
	}
	return p.message + "\n" + p.advice
}

// usagef returns an error about how the command was given.
func usagef(advice, format string, args ...any) error {
	return &problem{exitUsage, fmt.Sprintf(format, args...), advice}
}

// failf returns an error about what could not be done.
func failf(advice, format string, args ...any) error {
	return &problem{exitFailed, fmt.Sprintf(format, args...), advice}
}

// errFindings ends a command that has shown its findings already.
var errFindings = &problem{code: exitFindings}

// errUnhealthy ends status, which has said why already.
var errUnhealthy = &problem{code: exitFailed}

// verdicts maps errors to exit statuses and words. The first one that fits is
// taken; commands that know more say it themselves with a problem.
var verdicts = []struct {
	err    error
	code   int
	say    string
	advice string
}{
	{drip.ErrNotFound, exitFailed, "what you named does not exist",
		"`partwork campaign list` and `partwork subscriber list` show what there is"},
	{drip.ErrKeptOut, exitFailed, "the address is suppressed for this campaign: it must not be mailed it, whatever else it is mailed",
		"`partwork suppression show ADDRESS` says since when and why, `partwork suppression lift ADDRESS --campaign NAME` ends it"},
	{drip.ErrSuppressed, exitFailed, "the address is suppressed: it must never be mailed by this instance",
		"`partwork suppression show ADDRESS` says since when and why"},
	{drip.ErrClosed, exitFailed, "the campaign lets nobody new in",
		"`partwork campaign open NAME` lets people in again, unless the campaign was stopped"},
	{drip.ErrEnrolled, exitFailed, "the person is in this campaign already", ""},
	{drip.ErrConflict, exitFailed, "it was changed meanwhile", "try again"},
	{context.Canceled, exitFailed, "interrupted", ""},
	{context.DeadlineExceeded, exitFailed, "it took too long", "try again"},
}

// explain returns what to tell a person about an error, without "partwork:",
// and the exit status.
func explain(err error) (message string, code int) {
	var (
		told     *problem
		findings config.Findings
		address  *mailaddr.Error
		list     *audience.ListError
		fault    *store.Fault
		lost     *app.LostDatabaseError
	)
	switch {
	case err == nil:
		return "", exitDone
	case errors.As(err, &told):
		return told.Error(), told.code
	case errors.As(err, &findings):
		return "the configuration has errors:\n" + findings.Error(), exitUsage
	case errors.As(err, &address):
		return address.Error(), exitUsage
	case errors.As(err, &list):
		return "nothing was imported: " + list.Error(), exitFailed
	case errors.As(err, &fault):
		return fault.Error(), exitFailed
	case errors.As(err, &lost):
		return lost.Error(), exitFailed
	}
	for _, v := range verdicts {
		if errors.Is(err, v.err) {
			return (&problem{message: v.say, advice: v.advice}).Error(), v.code
		}
	}
	return strings.TrimSpace(err.Error()), exitFailed
}
