package cli

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"partwork/internal/sim"
)

// TestSimulateShowsWhatWasBroken gives the command a history that broke a promise.
func TestSimulateShowsWhatWasBroken(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	asked := false
	s := &simulate{env: &env{stdout: &out}, json: &asked}
	err := s.show(sim.Sum([]sim.Result{{Seed: 17, Days: 60, Lived: time.Hour, Violations: []sim.Violation{{
		Seed: 17, Rule: "one issue once", What: "i3 was accepted 2 times", Trace: []string{"the relay accepts i3"},
	}}}}))
	if !errors.Is(err, errFindings) {
		t.Errorf("the error is %v, want exit status 3", err)
	}
	for _, want := range []string{"the relay accepts i3", `seed 17 broke "one issue once"`, "partwork simulate --seed 17 --days 60 --trace"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("nothing says %q:\n%s", want, out.String())
		}
	}
}
