// Package timing is a fixture.
package timing

import (
	"github.com/robfig/cron/v3"
	"golang.org/x/net/idna"
)
