// Package calendar is a fixture.
package calendar

import (
	"time"
)

var clock = time.Now

func age(t time.Time) time.Duration { return time.Since(t) }

func old(t, now time.Time) bool { return now.Sub(t) > time.Hour }
