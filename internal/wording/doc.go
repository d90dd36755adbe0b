// Package wording has the texts of the readers' pages and of what stands around the
// text of an email, in every language that there is: one file per language, below
// text/ of the templates. English and German ship with the program. A file of an
// operator's says what is different from the file that ships, or adds a language.
//
// A text may have places to fill in, such as {number}, and **words** in bold. It is no
// markup: whatever else is in it, or filled in, is shown as it is.
package wording
