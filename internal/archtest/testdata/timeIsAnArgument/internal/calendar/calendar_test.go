package calendar

import (
	"time"
)

var start = time.Now()
