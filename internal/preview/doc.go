// Package preview shows campaigns on a local page the way readers will get them:
// as HTML, as plain text, with all headers and as the bytes for the wire, for any
// of the campaign's personas.
//
// Nothing is kept between requests. Every page is made from the files as they are
// at that moment, so saving a file and refreshing the browser is all it takes.
//
// What it shows was written by people who are not trusted with the page itself. The
// message sits in a sandboxed frame without scripts and without the page's origin;
// its links lead nowhere, except for the reader's own links, which lead to a page
// that says what they would do. The handler answers only requests that name this
// machine, so that a web site cannot reach it by rebinding its name.
package preview
