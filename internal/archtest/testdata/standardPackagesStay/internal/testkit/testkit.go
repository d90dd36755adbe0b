// Package testkit is a fixture.
package testkit

import (
	"net/http"
)
