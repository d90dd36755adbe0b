// Package outbox is a fixture.
package outbox

import (
	"example.org/fancy/queue"
	"github.com/google/go-cmp/cmp"
)
