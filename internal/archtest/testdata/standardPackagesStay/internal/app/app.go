// Package app is a fixture.
package app

import (
	"log"
	"log/slog"
)
