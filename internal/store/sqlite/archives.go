package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"partwork/internal/drip"
)

// SavedAt implements [store.Archives].
func (s *Store) SavedAt(ctx context.Context, contents []drip.ContentID) (map[drip.ContentID]time.Time, error) {
	saved := make(map[drip.ContentID]time.Time, len(contents))
	err := s.read(ctx, func(r *snapshot) error {
		value := func(id drip.ContentID) any { return int64(id) }
		return inLists(contents, value, func(in string, args []any) error {
			return r.each(func(rows *sql.Rows) error {
				var id drip.ContentID
				var at time.Time
				err := rows.Scan(toNumber[drip.ContentID]{&id}, toTime{&at})
				saved[id] = at
				return err
			}, `SELECT id, created_at FROM contents WHERE id IN `+in, args...)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("look when contents were stored: %w", err)
	}
	return saved, nil
}
