// Package times is misspelled.
package timing
