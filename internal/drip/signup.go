package drip

import "time"

// SignUp says whether people can join a campaign by themselves, on its sign-up page.
// The zero value is that of a campaign that they can not.
type SignUp struct {
	Open bool
	// Form is what the page has people say. It is not empty if Open is true.
	Form Form
}

// Form is the text with which somebody asks for a campaign on a sign-up page.
type Form struct {
	// Version is the organizer's name for the text, or one that is made of it.
	Version string
	Text    string
}

// Request is that a campaign was asked for on its sign-up page. The zero value is
// that there was none.
type Request struct {
	Form Form
	At   time.Time // calendar
	// Network is the one the page was sent in from, cut short so that it names no
	// single household, such as "203.0.113.0/24"; empty if it is not kept.
	Network string
}
