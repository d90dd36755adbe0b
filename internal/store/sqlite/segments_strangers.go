package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"partwork/internal/drip"
	"partwork/internal/segment"
	"partwork/internal/store"
)

// mostKnown bounds the names that are offered in place of a stranger.
const mostKnown = 500

// namesOf says for a kind of name how to ask whether one exists, and for all.
type namesOf struct{ exists, all string }

var (
	tagNames = namesOf{
		`SELECT EXISTS (SELECT 1 FROM tags x JOIN subscriber_tags g ON g.tag_id = x.id WHERE x.name = ?)`,
		`SELECT x.name FROM tags x ORDER BY x.name LIMIT ?`,
	}
	seriesNames = namesOf{
		`SELECT EXISTS (SELECT 1 FROM campaigns k WHERE k.name = ?)`,
		`SELECT k.name FROM campaigns k ORDER BY k.name LIMIT ?`,
	}
	issueNames = namesOf{
		`SELECT EXISTS (SELECT 1 FROM issues i JOIN campaigns k ON k.id = i.campaign_id
		 WHERE i.name <> '` + drip.ConfirmationID + `' AND ? IN (i.name, k.name || '/' || i.name))`,
		`SELECT DISTINCT i.name FROM issues i WHERE i.name <> '` + drip.ConfirmationID + `' ORDER BY i.name LIMIT ?`,
	}
	// Attributes have no table of their own: the names that there are, are those of the
	// first people who have any.
	attributeNames = namesOf{
		`SELECT EXISTS (SELECT 1 FROM subscribers s WHERE s.attributes <> '` + noAttributes + `' AND JSON_TYPE(s.attributes, '$."' || ? || '"') IS NOT NULL)`,
		`SELECT DISTINCT j.key FROM (SELECT s.attributes FROM subscribers s WHERE s.attributes <> '` + noAttributes + `' LIMIT 2000) p, JSON_EACH(p.attributes) j
		 ORDER BY j.key LIMIT ?`,
	}
)

// Strangers implements [store.Segments].
func (s *Store) Strangers(ctx context.Context, filter segment.Filter) ([]store.Stranger, error) {
	var list []store.Stranger
	err := s.read(ctx, func(r *snapshot) error {
		for _, t := range filter.Tests() {
			found, err := r.strangers(t)
			if err != nil {
				return err
			}
			list = append(list, found...)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look up the names in a filter: %w", err)
	}
	return list, nil
}

// strangers returns those of one test.
func (r *snapshot) strangers(t segment.Test) (list []store.Stranger, err error) {
	var names namesOf
	texts := make([]string, 0, len(t.Values))
	for _, v := range t.Values {
		texts = append(texts, v.Text)
	}
	switch {
	case t.Field.Kind == segment.Attribute:
		names, texts = attributeNames, []string{t.Field.Name}
	case t.Field.Kind == segment.Series:
		names = seriesNames
	case t.Field.Name == segment.FieldTag:
		names = tagNames
	case t.Field.Name == segment.FieldHad:
		names = issueNames
	default:
		return nil, nil
	}
	for _, name := range texts {
		var exists bool
		if err := r.row([]any{&exists}, names.exists, name); err != nil {
			return nil, err
		}
		if exists {
			continue
		}
		stranger := store.Stranger{Field: t.Field, Name: name}
		if err := r.each(func(rows *sql.Rows) error {
			var known string
			err := rows.Scan(&known)
			stranger.Known = append(stranger.Known, known)
			return err
		}, names.all, mostKnown); err != nil {
			return nil, err
		}
		list = append(list, stranger)
	}
	return list, nil
}
