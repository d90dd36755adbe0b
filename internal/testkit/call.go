package testkit

// Call calls f, and goes on when it has returned. It is how a test hears that a
// connection has come to a moment, and does something then: the relay waits for it,
// and the client for the relay.
func Call(f func()) Step {
	return Step{do: func(*session) error { f(); return nil }}
}
