// Package drip is a fixture.
package drip

// must panics if the caller was careless.
func must(ok bool) {
	if !ok {
		panic("careless")
	}
}

// bare does not say what it does.
func bare() {
	panic("why?")
}

func sameLine() {
	panic("no") // a constant that always parses
}

func lineBefore() {
	// The loop above cannot end.
	panic("no")
}

func farAway() {
	// This comment is about something else.

	panic("no")
}

var later = func() { panic("no") }

type door struct{}

func (door) panic() {}

func fine(d door) { d.panic() }
