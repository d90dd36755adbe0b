package store

import (
	"encoding/binary"
	"time"

	"partwork/internal/mailaddr"
)

// spreadSteps is how many starts a spread has at most. They are an hour apart, or more.
const spreadSteps = 168

// SpreadStep returns what lies between two starts of a spread; zero if it is not one.
func SpreadStep(spread time.Duration) time.Duration {
	if spread <= 0 {
		return 0
	}
	return max(time.Hour, spread/spreadSteps)
}

// SpreadOf returns how long after the first start a person begins: always the same for
// the same address, and about as many people at every step.
func SpreadOf(spread time.Duration, hash mailaddr.Hash) time.Duration {
	step := SpreadStep(spread)
	if step == 0 {
		return 0
	}
	steps := uint64(max(1, spread/step))
	return step * time.Duration(uint64(binary.BigEndian.Uint32(hash[:4]))*steps>>32)
}

// FloorOf returns the instant after which a person's first slot must lie.
func (r *EnrollRule) FloorOf(hash mailaddr.Hash) time.Time {
	return r.Floor.Add(SpreadOf(r.Spread, hash))
}
