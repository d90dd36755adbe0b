// Package report is how series go, as numbers for whoever answers for them, and as
// one page with pictures that can be mailed, printed or kept. There is nobody in it:
// neither names nor addresses, only counts and, of those who are stuck, numbers of
// subscribers that mean nothing without the database.
//
// The package computes no numbers; it draws them.
package report
