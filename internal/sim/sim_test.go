package sim_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	_ "time/tzdata"

	"partwork/internal/sim"
)

func TestScratch(t *testing.T) {
	from, _ := strconv.Atoi(os.Getenv("FROM"))
	n, _ := strconv.Atoi(os.Getenv("N"))
	opts := sim.Options{Dir: t.TempDir()}
	if os.Getenv("TRACE") != "" {
		opts.Trace = func(s string) { os.Stdout.WriteString(s + "\n") }
	}
	s, err := sim.New(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	for seed := from; seed < from+n; seed++ {
		r, err := s.Run(t.Context(), uint64(seed))
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		t.Logf("seed %d lived %v sent %d conf %d unknown %d crashes %d power %d steps %d readers %d %s viol %d", seed, r.Lived, r.Sent, r.Confirmations, r.Unknown, r.Crashes, r.PowerLosses, r.Steps, r.Readers, r.Hash, len(r.Violations))
		for _, v := range r.Violations {
			t.Errorf("  %s: reader %d: %s", v.Rule, v.Reader, v.What)
			if os.Getenv("V") != "" {
				t.Log(strings.Join(v.Trace, "\n"))
			}
		}
	}
}
