// Package outbox is a fixture.
package outbox

import (
	"math/rand/v2"
)

func jitter(r *rand.Rand) int { return r.IntN(10) + rand.IntN(10) }

var source = rand.New(rand.NewPCG(1, 2))

func shuffled(n int) []int { return rand.Perm(n) }
