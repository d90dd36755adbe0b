// Package testkit holds what the tests of several packages share: a scripted
// SMTP server that remembers every byte, golden files, a small HTML reader and
// a headless browser.
//
// It is for tests only. Code that is not a test must not import it.
package testkit
