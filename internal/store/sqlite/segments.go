package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"partwork/internal/drip"
	"partwork/internal/segment"
	"partwork/internal/store"
)

// subscriberQuery returns the query for the columns of the subscribers s that a filter
// selects; paged says that they come in pages by number.
func (r *snapshot) subscriberQuery(columns string, filter store.SubscriberFilter, paged bool) (string, []any, error) {
	tagged, err := r.tagged(filter.Where)
	query, args := subscriberQuery(columns, filter, paged, tagged)
	return query, args, err
}

// fewTagged is how many people with a tag are listed, to look at nobody else.
const fewTagged = 20_000

// asksTag reports whether a test is about tags, and not about an attribute of that name.
func asksTag(t segment.Test) bool {
	return t.Field.Kind == segment.Words && t.Field.Name == segment.FieldTag
}

// tagged returns how many people have the tags of a filter, up to one more than few.
func (r *snapshot) tagged(filter segment.Filter) (map[string]int, error) {
	tagged := map[string]int{}
	for _, t := range filter.Tests() {
		if !asksTag(t) {
			continue
		}
		for _, v := range t.Values {
			var n int
			if err := r.row([]any{&n}, `
				SELECT COUNT(*) FROM (SELECT 1 FROM tags x CROSS JOIN subscriber_tags g ON g.tag_id = x.id WHERE x.name = $1 LIMIT $2) c`,
				v.Text, fewTagged+1); err != nil {
				return nil, err
			}
			tagged[v.Text] = n
		}
	}
	return tagged, nil
}

func subscriberQuery(columns string, filter store.SubscriberFilter, paged bool, tagged map[string]int) (string, []any) {
	c := condition{view: filter.View, tagged: tagged}
	lead, rest := c.lead(filter.Where)
	number := `s.id`
	if lead == "" {
		c.add(`SELECT ` + columns + ` FROM subscribers s WHERE `)
	} else {
		number = `led.subscriber_id`
		c.add(`SELECT `+columns+` FROM subscriber_tags led CROSS JOIN subscribers s ON s.id = led.subscriber_id
			WHERE led.tag_id = (SELECT x.id FROM tags x WHERE x.name = ?) AND `, lead)
	}
	if paged {
		c.add(number+` > ? AND `, int64(filter.After))
	}
	if filter.Campaign != 0 {
		c.add(`EXISTS (SELECT 1 FROM enrollments e WHERE e.subscriber_id = s.id AND +e.campaign_id = ?) AND `, int64(filter.Campaign))
	}
	c.all(rest)
	if paged {
		c.add(` ORDER BY `+number+` LIMIT ?`, limit(filter.Limit))
	}
	return c.sql.String(), c.args
}

// lead returns the rarest tag that everybody has whom the filter selects, and what the
// filter asks besides; no tag if it asks for none. The people of a tag are kept in the order
// of their numbers.
func (c *condition) lead(f segment.Filter) (tag string, rest []segment.Node) {
	if f.Empty() {
		return "", nil
	}
	rest = []segment.Node{f.Root()}
	if and, ok := f.Root().(segment.And); ok {
		rest = slices.Clone(and.Terms)
	}
	at := -1
	for i, n := range rest {
		t, ok := n.(segment.Test)
		if !ok || !asksTag(t) || t.Op != segment.Eq && t.Op != segment.In || len(t.Values) > 1 {
			continue
		}
		if name := t.Values[0].Text; at < 0 || c.tagged[name] < c.tagged[tag] {
			tag, at = name, i
		}
	}
	if at >= 0 {
		rest = slices.Delete(rest, at, at+1)
	}
	return tag, rest
}

// CountSegment implements [store.Segments].
func (s *Store) CountSegment(ctx context.Context, filter store.SubscriberFilter) (int, error) {
	var n int
	err := s.read(ctx, func(r *snapshot) error {
		query, args, err := r.subscriberQuery(`COUNT(*)`, filter, false)
		if err != nil {
			return err
		}
		return r.row([]any{&n}, query, args...)
	})
	if err != nil {
		return 0, fmt.Errorf("count a segment: %w", err)
	}
	return n, nil
}

// ExplainSegment implements [store.Segments].
func (s *Store) ExplainSegment(ctx context.Context, filter store.SubscriberFilter) ([]string, error) {
	var lines []string
	depth := map[int]int{}
	err := s.read(ctx, func(r *snapshot) error {
		query, args, err := r.subscriberQuery(`s.id`, filter, true)
		if err != nil {
			return err
		}
		return r.each(func(rows *sql.Rows) error {
			var id, parent, unused int
			var detail string
			err := rows.Scan(&id, &parent, &unused, &detail)
			depth[id] = depth[parent] + 1
			lines = append(lines, fmt.Sprintf("%*s%s", 2*(depth[id]-1), "", detail))
			return err
		}, `EXPLAIN QUERY PLAN `+query, args...)
	})
	if err != nil {
		return nil, fmt.Errorf("explain a segment: %w", err)
	}
	return lines, nil
}

// SegmentAttributes implements [store.Segments].
func (s *Store) SegmentAttributes(ctx context.Context, filter store.SubscriberFilter) ([]string, error) {
	var names []string
	err := s.read(ctx, func(r *snapshot) error {
		query, args, err := r.subscriberQuery(`s.id`, filter, false)
		if err != nil {
			return err
		}
		return r.each(func(rows *sql.Rows) error {
			var name string
			err := rows.Scan(&name)
			names = append(names, name)
			return err
		}, `
			SELECT DISTINCT j.key FROM subscribers p, JSON_EACH(p.attributes) j
			WHERE p.attributes <> '`+noAttributes+`' AND p.id IN (`+query+`) ORDER BY j.key`, args...)
	})
	if err != nil {
		return nil, fmt.Errorf("list the attributes of a segment: %w", err)
	}
	return names, nil
}

// Facts implements [store.Segments].
func (s *Store) Facts(ctx context.Context, ids []drip.SubscriberID, sent bool) ([]segment.Facts, error) {
	var list []segment.Facts
	err := s.read(ctx, func(r *snapshot) (err error) {
		list, err = facts(r, ids, sent)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what is known of %d people: %w", len(ids), err)
	}
	return list, nil
}

// Texts that a test explains; each is followed by a list.
const (
	factsPeople = `
		SELECT s.id, s.email, s.name, s.timezone, s.created_at, s.batch_id, ` + suppressedNow + `, s.attributes
		FROM subscribers s WHERE s.id IN `
	factsTags = `
		SELECT g.subscriber_id, x.name FROM subscriber_tags g JOIN tags x ON x.id = g.tag_id WHERE g.subscriber_id IN `
	factsParts = `
		SELECT e.subscriber_id, k.name, e.state, e.joined_at
		FROM enrollments e CROSS JOIN campaigns k ON k.id = e.campaign_id WHERE ` + latestPart + ` AND e.subscriber_id IN `
	factsSent = `
		SELECT e.subscriber_id, k.name, i.name, d.sent_at
		FROM enrollments e CROSS JOIN deliveries d ON d.enrollment_id = e.id AND d.state = 'sent'
		JOIN issues i ON i.id = d.issue_id AND i.name <> '` + drip.ConfirmationID + `'
		JOIN campaigns k ON k.id = e.campaign_id WHERE e.subscriber_id IN `
)

// facts reads what is known of people.
func facts(q querier, ids []drip.SubscriberID, sent bool) ([]segment.Facts, error) {
	list := make([]segment.Facts, len(ids))
	at := make(map[drip.SubscriberID][]int, len(ids))
	for i, id := range ids {
		at[id] = append(at[id], i)
	}
	value := func(id drip.SubscriberID) any { return int64(id) }
	return list, inLists(ids, value, func(in string, args []any) error {
		var id drip.SubscriberID
		each := func(query string, add func(*segment.Facts), dest ...any) error {
			dest = append([]any{toNumber[drip.SubscriberID]{&id}}, dest...)
			return q.each(func(rows *sql.Rows) error {
				err := rows.Scan(dest...)
				for _, i := range at[id] {
					add(&list[i])
				}
				return err
			}, query+in, args...)
		}
		var who segment.Facts
		if err := each(factsPeople, func(f *segment.Facts) { *f = who },
			&who.Email, &who.Name, &who.Zone, toTime{&who.Added}, toNumber[int64]{&who.Batch}, &who.Suppressed, toValues{&who.Attributes}); err != nil {
			return err
		}
		var tag string
		if err := each(factsTags, func(f *segment.Facts) { f.Tags = append(f.Tags, tag) }, &tag); err != nil {
			return err
		}
		var part segment.Part
		if err := each(factsParts, func(f *segment.Facts) { f.Parts = append(f.Parts, part) },
			&part.Campaign, &part.State, toTime{&part.JoinedAt}); err != nil || !sent {
			return err
		}
		var got segment.Sent
		return each(factsSent, func(f *segment.Facts) { f.Sent = append(f.Sent, got) }, &got.Campaign, &got.Issue, toTime{&got.At})
	})
}

// toValues scans a JSON object.
type toValues struct{ to *map[string]any }

// Scan implements sql.Scanner.
func (d toValues) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return fmt.Errorf("attributes are stored as %T", src)
	}
	*d.to = nil
	if s == noAttributes {
		return nil
	}
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	if err := dec.Decode(d.to); err != nil {
		return err
	}
	for key, value := range *d.to {
		if n, ok := value.(json.Number); ok {
			(*d.to)[key] = exactNumber(n)
		}
	}
	return nil
}

// exactNumber returns a float64, if that says the same digits as the number; else the
// number as it is written, such as 12345678901234567890, 1.50, or 1e400, for which a
// float64 has no room at all.
func exactNumber(n json.Number) any {
	if f, err := n.Float64(); err == nil && strconv.FormatFloat(f, 'f', -1, 64) == n.String() {
		return f
	}
	return n
}
