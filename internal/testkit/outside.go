package testkit

import "testing"

// Outside skips a test under the race detector whose work is done by other programs: a
// browser, a filter, a parser in another language. The detector sees nothing of them,
// and the run without it, which CI makes as well, has the test.
func Outside(t testing.TB) {
	t.Helper()
	if Race {
		t.Skip("other programs do the work here; the run without the race detector does it")
	}
}
