// Command partwork is a fixture.
package main
