package app

import (
	"context"
	"strings"
	"time"

	"partwork/internal/compose"
	"partwork/internal/store"
)

// imagesURL returns the address below which the readers' pages have the hosted
// images. base is the public URL, with or without a final slash.
func imagesURL(base string) string { return strings.TrimRight(base, "/") + "/i" }

// host stores the images of a bundle whose readers fetch them. They stay for good:
// a mail that was sent goes on naming them when the files are other ones, or gone.
func (l *Library) host(ctx context.Context, b compose.Bundle, now time.Time) error {
	if !b.HostedImages {
		return nil
	}
	var images []store.Image
	for _, img := range b.Images {
		if name := img.Name(); !l.hosted[name] {
			images = append(images, store.Image{Name: name, Type: img.Type, Data: img.Data})
		}
	}
	if len(images) == 0 {
		return nil
	}
	if err := l.store.SaveImages(ctx, images, now); err != nil {
		return err
	}
	for _, img := range images {
		l.hosted[img.Name] = true
	}
	return nil
}
