// Package archtest holds the walls of the house: which room may import which,
// which outside library belongs to whom, and what is done in one place only. It
// is nothing but tests; the tables are in house_test.go and landlord_test.go,
// docs/ARCHITECTURE.md explains them.
package archtest
