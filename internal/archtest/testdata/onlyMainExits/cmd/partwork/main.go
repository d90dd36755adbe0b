// Package main is a fixture.
package main

import (
	"os"
)

func main() { os.Exit(0) }
