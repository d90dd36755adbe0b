package sqlite

import (
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"partwork/internal/drip"
)

// told is what a list said of somebody who was there, where nothing was known of it.
type told struct {
	Name       string            `json:"name,omitempty"`
	Timezone   string            `json:"timezone,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
}

// toldOf compares a person before and after a row.
func toldOf(before, after drip.Subscriber) told {
	var news told
	if before.Name == "" {
		news.Name = after.Name
	}
	if before.Timezone == "" {
		news.Timezone = after.Timezone
	}
	for key, value := range after.Attributes {
		if _, known := before.Attributes[key]; known {
			continue
		}
		if news.Attributes == nil {
			news.Attributes = make(map[string]string)
		}
		news.Attributes[key] = value
	}
	return news
}

func (v told) empty() bool { return v.Name == "" && v.Timezone == "" && len(v.Attributes) == 0 }

// holds reports whether all of it is as the list said still, and not the person's own word.
func (v told) holds(p drip.Subscriber) bool {
	if v.Name != "" && (p.Name != v.Name || p.Chosen.Has(drip.ChoseName)) ||
		v.Timezone != "" && (p.Timezone != v.Timezone || p.Chosen.Has(drip.ChoseTimezone)) {
		return false
	}
	for key, value := range v.Attributes {
		if p.Attributes[key] != value {
			return false
		}
	}
	return true
}

// without returns the person as they were before the list.
func (v told) without(p drip.Subscriber) drip.Subscriber {
	if v.Name != "" {
		p.Name = ""
	}
	if v.Timezone != "" {
		p.Timezone = ""
	}
	p.Attributes, p.Types = maps.Clone(p.Attributes), maps.Clone(p.Types)
	for key := range v.Attributes {
		delete(p.Attributes, key)
		delete(p.Types, key)
	}
	return p
}

// isList reports whether the batch is of a list: only these are undone.
func (i *importing) isList() (yes bool, err error) {
	if i.chunk.Batch == 0 {
		return false, nil
	}
	err = i.row([]any{&yes}, `SELECT file <> '' FROM batches WHERE id = $1`, i.chunk.Batch)
	return yes, found(err)
}

// noteTold keeps what the batch told of a person who was there.
func (i *importing) noteTold(before, after drip.Subscriber) error {
	news := toldOf(before, after)
	if news.empty() {
		return nil
	}
	if yes, err := i.isList(); err != nil || !yes {
		return err
	}
	text, err := json.Marshal(news)
	if err != nil {
		return err
	}
	_, err = i.exec(`INSERT INTO told_values (subscriber_id, batch_id, told) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		int64(before.ID), i.chunk.Batch, string(text))
	return err
}

// noteTags keeps that the batch gave a tag to people who were there.
func (i *importing) noteTags(tag int64, people map[drip.SubscriberID]bool) error {
	if len(people) == 0 {
		return nil
	}
	if yes, err := i.isList(); err != nil || !yes {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(people)) {
		_, err := i.exec(`
			INSERT INTO told_tags (subscriber_id, tag_id, batch_id) VALUES ($1, $2, $3)
			ON CONFLICT (subscriber_id, tag_id) DO UPDATE SET batch_id = excluded.batch_id`, int64(id), tag, i.chunk.Batch)
		if err != nil {
			return err
		}
	}
	return nil
}

// sayTagged forgets which batch gave people a tag: somebody else says that they have it,
// or that they have not.
func (t *tx) sayTagged(tag drip.Tag, people []drip.SubscriberID) error {
	return t.everyone(people, make(map[drip.SubscriberID]bool), `
		DELETE FROM told_tags WHERE tag_id = (SELECT id FROM tags WHERE name = $1) AND subscriber_id IN `, string(tag),
		` RETURNING subscriber_id`)
}

// takeBackTold removes what the batch told of somebody, unless it has been changed since;
// it reports false then, and nothing is removed.
func (u *undoing) takeBackTold(id drip.SubscriberID) (bool, error) {
	var text string
	err := u.row([]any{&text}, `SELECT told FROM told_values WHERE subscriber_id = $1 AND batch_id = $2`, int64(id), u.Batch)
	if errors.Is(err, sql.ErrNoRows) {
		return true, u.takeBackTags(id)
	}
	if err != nil {
		return false, err
	}
	var news told
	if err := json.Unmarshal([]byte(text), &news); err != nil {
		return false, err
	}
	var p drip.Subscriber
	if err := u.row(toSubscriber(&p), `SELECT `+subscriberColumns+` FROM subscribers s WHERE s.id = $1`, int64(id)); err != nil {
		return false, err
	}
	if !news.holds(p) {
		return false, nil
	}
	if err := u.forgetTold(p, news); err != nil {
		return false, err
	}
	u.undone.Told++
	return true, u.takeBackTags(id)
}

func (u *undoing) forgetTold(p drip.Subscriber, news told) error {
	before := news.without(p)
	attrs, err := attributes(before.Attributes, before.Types)
	if err != nil {
		return err
	}
	_, err = u.exec(`
		UPDATE subscribers SET name = $2, timezone = $3, attributes = $4, updated_at = $5, revision = revision + 1 WHERE id = $1`,
		int64(p.ID), before.Name, before.Timezone, attrs, u.Now.UnixMilli())
	if err == nil && before.Timezone != p.Timezone {
		err = u.moved(p.ID, u.Now)
	}
	if err == nil {
		_, err = u.exec(`DELETE FROM told_values WHERE subscriber_id = $1 AND batch_id = $2`, int64(p.ID), u.Batch)
	}
	return err
}

// takeBackTags removes the tags that the batch gave somebody who was there.
func (u *undoing) takeBackTags(id drip.SubscriberID) error {
	n, err := u.exec(`
		DELETE FROM subscriber_tags WHERE subscriber_id = $1
		  AND tag_id IN (SELECT t.tag_id FROM told_tags t WHERE t.subscriber_id = $1 AND t.batch_id = $2)`, int64(id), u.Batch)
	if err != nil || n == 0 {
		return err
	}
	u.undone.Tags += int(n)
	_, err = u.exec(`DELETE FROM told_tags WHERE subscriber_id = $1 AND batch_id = $2`, int64(id), u.Batch)
	return err
}
