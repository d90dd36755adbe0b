// Package preview is the writing desk: local pages that show campaigns the way readers
// will get them, for any of the campaign's personas or for a subscriber, with what
// check finds beside the lines it is about, and with the calendar.
//
// What it shows is a message that was composed by the function that also makes test
// sends; only the view of it in the browser is changed, where links are to lead nowhere
// and images that came along are to be seen. The files are read when they have changed.
// A campaign that can no longer be read, or an issue that can no longer be composed,
// stays on the page as it last was, below the errors.
//
// What is shown was written by people who are not trusted with the page itself. The
// message sits in a frame whose sandbox runs no scripts, submits no forms and opens no
// windows, under a policy of its own that loads nothing from anywhere. The frame keeps
// the page's origin, because the page's own script sets its height and puts a new
// version in its place without a flicker; without scripts in the frame there is nobody
// to make use of that. The handler answers only requests that name this machine, so that
// a web site cannot reach it by rebinding its name, and takes forms from its own pages
// only. It has no way to change what is sent to anybody: a test send is outside the
// ledger, and the database is only looked at.
package preview
