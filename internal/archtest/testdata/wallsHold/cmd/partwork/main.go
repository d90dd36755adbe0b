// Package main is a fixture.
package main

import (
	"partwork/internal/app"
	"partwork/internal/cli"
)
