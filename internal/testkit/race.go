//go:build race

package testkit

// Race says whether the race detector watches this process. It makes a program
// several times as slow, so that tests which repeat one thing with other numbers
// repeat it less often then; the run without the detector does all of them.
const Race = true
