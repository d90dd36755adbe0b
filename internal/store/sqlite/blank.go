package sqlite

import (
	"context"
	"fmt"
)

// Blank reports whether there are no people in the database, nobody who must never
// be mailed, and nothing that was sent.
func (s *Store) Blank(ctx context.Context) (bool, error) {
	var used bool
	err := s.one(ctx, []any{&used}, `
		SELECT EXISTS (SELECT 1 FROM subscribers) OR EXISTS (SELECT 1 FROM suppressions) OR EXISTS (SELECT 1 FROM deliveries)`)
	if err != nil {
		return false, fmt.Errorf("look for people: %w", err)
	}
	return !used, nil
}
