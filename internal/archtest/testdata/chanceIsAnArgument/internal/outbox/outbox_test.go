package outbox

import (
	"math/rand/v2"
)

var any = rand.Int()
