// Package cli is a fixture.
package cli

import (
	"log"
	"os"
	"syscall"
)

func fail() { os.Exit(1) }

func worse() { log.Fatalf("no") }

func worst() { syscall.Exit(2) }

var exit = os.Exit

var name = os.Args[0]
