package sim

import (
	"encoding/json"
	"fmt"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// letter is a message as the relay sees it.
type letter struct {
	fence  store.Fence
	reader *reader
	// id is the Message-ID, and text all the bytes.
	id, text string
}

// pinned is what a mark pins besides the content.
type pinned struct {
	Date int64  `json:"date"`
	Zone string `json:"zone"`
}

// compose makes the message of a claim, as the program's composer does: of the
// pinned content, with the merge values that an earlier mark pinned, or else with
// those of today.
func (p *process) compose(item *store.Claimed) (letter, string, error) {
	w, d := p.world, &item.Delivery
	text, err := p.content(d.Content)
	if err != nil {
		return letter{}, "", err
	}
	merge := d.Merge
	if merge == "" {
		b, err := json.Marshal(pinned{w.calendar().Unix(), item.Subscriber.Timezone})
		if err != nil {
			return letter{}, "", fmt.Errorf("pin merge values: %w", err)
		}
		merge = string(b)
	}
	return letter{
		fence:  store.Fence{DeliveryKey: d.DeliveryKey, Attempt: d.Attempt},
		reader: w.model.passages[d.Enrollment].reader,
		id:     fmt.Sprintf("<%d.%d@sim>", d.Enrollment, d.Issue),
		text:   text + "\n" + merge,
	}, merge, nil
}

// content reads a content once.
func (p *process) content(id drip.ContentID) (string, error) {
	if text, ok := p.shelf.texts[id]; ok {
		return text, nil
	}
	b, err := p.vault.Content(p.world.ctx, id)
	if err != nil {
		return "", fmt.Errorf("compose: %w", err)
	}
	p.shelf.texts[id] = string(b)
	return string(b), nil
}
