// Package timing is a fixture.
package timing

import (
	"github.com/robfig/cron/v3"
)
