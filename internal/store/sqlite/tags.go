package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// Tag implements [store.Tags].
func (s *Store) Tag(ctx context.Context, change store.TagChange) (int, error) {
	changed := make(map[drip.SubscriberID]bool)
	err := s.write(ctx, func(t *tx) error {
		for _, tag := range change.Add {
			if slices.Contains(change.Remove, tag) {
				continue
			}
			no, err := t.tag(tag)
			if err == nil {
				err = t.tagAll(no, change.People, changed)
			}
			if err == nil {
				err = t.sayTagged(tag, change.People)
			}
			if err != nil {
				return err
			}
		}
		for _, tag := range change.Remove {
			if err := t.untagAll(tag, change.People, changed); err != nil {
				return err
			}
			if err := t.sayTagged(tag, change.People); err != nil {
				return err
			}
		}
		return t.forgetTags()
	})
	if err != nil {
		return 0, fmt.Errorf("tag %d people: %w", len(change.People), err)
	}
	return len(changed), nil
}

// tag returns the number of a tag, and gives it one if it has none.
func (t *tx) tag(tag drip.Tag) (no int64, err error) {
	err = t.row([]any{&no}, `SELECT id FROM tags WHERE name = $1`, string(tag))
	if err == sql.ErrNoRows {
		err = t.row([]any{&no}, `INSERT INTO tags (name) VALUES ($1) RETURNING id`, string(tag))
	}
	return no, err
}

// tagAll gives people a tag and notes who did not have it.
func (t *tx) tagAll(no int64, people []drip.SubscriberID, changed map[drip.SubscriberID]bool) error {
	return t.everyone(people, changed, `
		INSERT INTO subscriber_tags (tag_id, subscriber_id) SELECT $1, id FROM subscribers WHERE id IN `, no,
		` ON CONFLICT DO NOTHING RETURNING subscriber_id`)
}

func (t *tx) untagAll(tag drip.Tag, people []drip.SubscriberID, changed map[drip.SubscriberID]bool) error {
	return t.everyone(people, changed, `
		DELETE FROM subscriber_tags WHERE tag_id = (SELECT id FROM tags WHERE name = $1) AND subscriber_id IN `, string(tag),
		` RETURNING subscriber_id`)
}

// everyone runs a statement for people, a part of them at a time, and notes whom it
// returns. Its first parameter is what.
func (t *tx) everyone(people []drip.SubscriberID, changed map[drip.SubscriberID]bool, before string, what any, after string) error {
	for part := range slices.Chunk(people, insertRows) {
		size := insertRows
		if len(part) == 1 {
			size = 1
		}
		args := []any{what}
		for i := range size {
			args = append(args, int64(part[min(i, len(part)-1)]))
		}
		err := t.each(func(rows *sql.Rows) error {
			var id drip.SubscriberID
			err := rows.Scan(toNumber[drip.SubscriberID]{&id})
			changed[id] = true
			return err
		}, before+list(size)+after, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// forgetTags forgets the tags that nobody has.
func (t *tx) forgetTags() error {
	_, err := t.exec(`
		DELETE FROM tags WHERE NOT EXISTS (SELECT 1 FROM subscriber_tags x WHERE x.tag_id = tags.id)`)
	return err
}

// TagsOf implements [store.Tags].
func (s *Store) TagsOf(ctx context.Context, id drip.SubscriberID) ([]drip.Tag, error) {
	var list []drip.Tag
	err := s.read(ctx, func(r *snapshot) error {
		var known int
		if err := r.row([]any{&known}, `SELECT 1 FROM subscribers WHERE id = $1`, int64(id)); err != nil {
			return found(err)
		}
		var err error
		list, err = tagsOf(r, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("tags of subscriber %d: %w", id, err)
	}
	return list, nil
}

func tagsOf(q querier, id drip.SubscriberID) (list []drip.Tag, err error) {
	err = q.each(func(rows *sql.Rows) error {
		var tag drip.Tag
		err := rows.Scan(toText[drip.Tag]{&tag})
		list = append(list, tag)
		return err
	}, `
		SELECT t.name FROM subscriber_tags x JOIN tags t ON t.id = x.tag_id
		WHERE x.subscriber_id = $1 ORDER BY t.name`, int64(id))
	return list, err
}

// AllTags implements [store.Tags].
func (s *Store) AllTags(ctx context.Context) ([]store.TagCount, error) {
	var list []store.TagCount
	err := s.read(ctx, func(r *snapshot) error {
		return r.each(func(rows *sql.Rows) error {
			var c store.TagCount
			err := rows.Scan(toText[drip.Tag]{&c.Tag}, &c.People)
			list = append(list, c)
			return err
		}, `
			SELECT t.name, COUNT(*) FROM tags t JOIN subscriber_tags x ON x.tag_id = t.id
			GROUP BY t.id ORDER BY t.name`)
	})
	if err != nil {
		return nil, fmt.Errorf("list the tags: %w", err)
	}
	return list, nil
}
