package app

import (
	"context"
	"regexp"
	"slices"

	"partwork/internal/compose"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
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
	former, err := v.formerIn(ctx, reader.ID, pin)
	if err != nil {
		return public.Letter{}, err
	}
	page, err := edition.Browser(reader.Email, pin.Values, c.links(edition, letter.Enrollment, letter.Delivery.DeliveryKey), former...)
	if err != nil {
		return public.Letter{}, err
	}
	return public.Letter{HTML: page, Images: compose.ImageSources(page)}, nil
}

// likeAddress finds what may be an address in a text.
var likeAddress = regexp.MustCompile(`[^\s<>()\[\],;:"]+@[^\s<>()\[\],;:"]+`)

// formerIn returns the addresses in what is pinned that the reader had before, of which
// only hashes are kept.
func (v viewer) formerIn(ctx context.Context, id drip.SubscriberID, pin compose.Pin) ([]mailaddr.Address, error) {
	hashes, err := v.in.Store.Former(ctx, id)
	if err != nil || len(hashes) == 0 {
		return nil, err
	}
	var found []mailaddr.Address
	for _, f := range pin.Values.Fields {
		for _, text := range likeAddress.FindAllString(f.Value, -1) {
			if a, err := mailaddr.Parse(text); err == nil && slices.Contains(hashes, v.in.Hasher.Sum(a)) {
				found = append(found, a)
			}
		}
	}
	return found, nil
}
