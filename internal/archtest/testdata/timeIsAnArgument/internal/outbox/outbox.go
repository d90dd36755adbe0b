// Package outbox is a fixture.
package outbox

import (
	clock "time"
)

func wait() { clock.Sleep(clock.Second) }
