package app

import (
	"context"

	"partwork/internal/compose"
	"partwork/internal/web/public"
)

// viewer shows readers in a browser what they were sent, from the content and the
// merge values that the mark pinned, by the functions that made the message.
type viewer struct{ in *Instance }

// Letter implements [public.Letters].
func (v viewer) Letter(ctx context.Context, link string) (public.Letter, error) {
	letter, err := v.in.Audience.Letter(ctx, link)
	if err != nil {
		return public.Letter{}, err
	}
	c := v.in.composer
	edition, err := c.edition(ctx, letter.Delivery.Content)
	if err != nil {
		return public.Letter{}, err
	}
	pin, err := compose.ReadPin(letter.Delivery.Merge)
	if err != nil {
		return public.Letter{}, err
	}
	reader, err := v.in.Store.Subscriber(ctx, letter.Enrollment.Subscriber)
	if err != nil {
		return public.Letter{}, err
	}
	page, err := edition.Browser(reader.Email, pin.Values, c.links(edition, letter.Enrollment, letter.Delivery.DeliveryKey))
	if err != nil {
		return public.Letter{}, err
	}
	return public.Letter{HTML: page, Images: compose.ImageSources(page)}, nil
}
