package sqlite

import (
	"context"
	"fmt"
	"time"

	"partwork/internal/store"
)

// SaveImages implements [store.Catalog].
func (s *Store) SaveImages(ctx context.Context, images []store.Image, at time.Time) error {
	if len(images) == 0 {
		return nil
	}
	err := s.write(ctx, func(t *tx) error {
		for _, img := range images {
			_, err := t.exec(`
				INSERT INTO images (name, type, bytes, created_at) VALUES ($1, $2, $3, $4)
				ON CONFLICT (name) DO NOTHING`,
				img.Name, img.Type, blob(img.Data), at.UnixMilli())
			if err != nil {
				return fmt.Errorf("%s: %w", img.Name, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save images: %w", err)
	}
	return nil
}

// Image implements [store.Catalog].
func (s *Store) Image(ctx context.Context, name string) (store.Image, error) {
	img := store.Image{Name: name}
	err := s.one(ctx, []any{&img.Type, &img.Data}, `SELECT type, bytes FROM images WHERE name = $1`, name)
	if err != nil {
		return store.Image{}, fmt.Errorf("read image %s: %w", name, found(err))
	}
	return img, nil
}
