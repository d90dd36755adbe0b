// Package storetest is the exam that every store must pass: one subtest for
// each law in the doc comments of package store, named like the law. Every
// subtest ends with a look at the invariants, which must hold whatever it did.
package storetest

import (
	"fmt"
	"testing"

	"partwork/internal/store"
)

// law is one sentence of the contract and its proof.
type law struct {
	name string
	exam func(*world)
}

// Run examines the stores that open returns. Each call of open must return an
// empty database of its own and arrange for its closing.
func Run(t *testing.T, open func(*testing.T) store.Store) {
	t.Helper()
	for _, laws := range [][]law{
		catalogLaws(), imageLaws(), peopleLaws(), importLaws(), carriedLaws(), tagLaws(), segmentLaws(), enrollmentLaws(), readerLaws(), heritageLaws(), suppressionLaws(), suppressionListLaws(), scopeLaws(), signUpLaws(),
		batchLaws(), auditLaws(), departureLaws(), noticeLaws(), dossierLaws(),
		planningLaws(), decisionLaws(), premiseLaws(), markLaws(), outcomeLaws(), limitLaws(), holdingLaws(), reportLaws(), censusLaws(), courseLaws(), togetherLaws(), fencingLaws(), withdrawalLaws(),
	} {
		for _, l := range laws {
			t.Run(l.name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, open(t))
				l.exam(w)
				w.invariantsHold()
			})
		}
	}
}

// invariantsHold fails the test if a row breaks an invariant.
func (w *world) invariantsHold() {
	w.Helper()
	results, err := w.store.Verify(w.ctx)
	w.must(err)
	if len(results) == 0 {
		w.Error("there are no invariants")
	}
	for _, r := range results {
		if r.Rows != 0 {
			w.Errorf("%s: broken by %d rows: %v", r.Name, r.Rows, r.Sample)
		}
	}
}

// must ends the test on an error.
func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// same compares two values that can be compared with ==.
func same[T comparable](w *world, what string, got, want T) {
	w.Helper()
	if got != want {
		w.Errorf("%s is %s, want %s", what, show(got), show(want))
	}
}

func show(v any) string {
	if s, ok := v.(fmt.Stringer); ok {
		return s.String()
	}
	return fmt.Sprintf("%#v", v)
}
