// Package compose turns an issue, a reader and their links into a message: the
// subject, the HTML and text parts, the headers and the bytes for the wire.
// Sending, test sends, rendering on the command line and the preview all go
// through it, so what an organizer sees is what a reader gets.
//
// The work is cut in two. [Compile] runs once for each version of an issue: it
// parses the Markdown, lays it out, inlines the CSS and leaves literal text with
// slots between. [Edition.Compose] runs once for each reader and only fills the
// slots. A reader's data is therefore never parsed, neither as Markdown nor as a
// template: it is spliced in as the last step, escaped for the place it lands in.
//
// The merge language for authors has fields, {{.Path | default "text"}}, and
// conditions, {{if .Path}} … {{else}} … {{end}}, and a parser of its own. Both are cut
// out of the Markdown before it is parsed and travel through it as a pair of
// private-use characters around a number, which no Markdown rule touches, so that a
// field means the same in a sentence, a table cell, a code span and the target of a
// link. Conditions choose between texts that are compiled already; they cannot be
// nested, and end among the same neighbors among which they begin. The layouts, which
// only the operator can write, go through text/template: html/template would drop the
// conditional comments that Outlook needs, and everything the layouts are given is
// already escaped or a slot.
//
// A [Bundle] is all that a version of an issue is made of, the bytes of its images and
// the colors of the operator's theme among them.
//
// The package is pure: no clock, and no files beyond the fs.FS it is handed.
package compose
