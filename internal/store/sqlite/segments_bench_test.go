package sqlite

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"partwork/internal/segment"
	"partwork/internal/store"
)

// BenchmarkSegments finds people among a million (or PARTWORK_PEOPLE): nine in ten are
// active in a series, half have one tag, one in a thousand has another.
func BenchmarkSegments(b *testing.B) {
	people := 1_000_000
	if n, err := strconv.Atoi(os.Getenv("PARTWORK_PEOPLE")); err == nil {
		people = n
	}
	s := million(b, people)
	for _, text := range []string{
		"", "tag:common", "tag:rare", "tag:rare and country = DE", "tag:common and country = DE", "tag:common and tag:rare", "not tag:common",
		"active in garden", "pending in garden", "enrolled in garden and joined < 30d ago", "missing enrolled", "status = suppressed",
		"country = DE", "age > 50", "country = XX", "email contains reader777777@", "last_sent > 300d ago",
	} {
		filter := store.SubscriberFilter{View: segment.View{Now: time.UnixMilli(1_800_000_000_000)}}
		if text != "" {
			f, err := segment.Parse(text)
			if err != nil {
				b.Fatal(err)
			}
			filter.Where = f
		}
		name := strings.ReplaceAll(text, " ", "_")
		b.Run("page/"+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Subscribers(b.Context(), filter); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("count/"+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.CountSegment(b.Context(), filter); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// million makes a database of so many people.
func million(b *testing.B, people int) *Store {
	b.Helper()
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "partwork.db"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	err = s.write(b.Context(), func(t *tx) error {
		for _, query := range []string{
			`INSERT INTO campaigns (id, name, public_key, timetable, outline, created_at) VALUES (1, 'garden', 'k', '', '', 0)`,
			`INSERT INTO issues (id, campaign_id, name, created_at) VALUES (1, 1, 'welcome', 0)`,
			`INSERT INTO tags (id, name) VALUES (1, 'common'), (2, 'rare')`,
			`INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, created_at, updated_at, suppressed_at)
			 WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ` + strconv.Itoa(people) + `)
			 SELECT i, 'reader' || i || '@example.org', 'reader' || i || '@example.org', CAST(PRINTF('%016d', i) AS BLOB), 'Reader ' || i, 'Europe/Berlin',
			        JSON_OBJECT('country', CASE i % 7 WHEN 0 THEN 'DE' ELSE 'GB' END, 'age', i % 90, 'source', 'fair'), 1700000000000 + i, 0, CASE WHEN i % 50 = 0 THEN 1 END FROM n`,
			`INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, joined_at)
			 SELECT s.id, s.id, 1, CASE WHEN s.id % 100 = 0 THEN 'pending' ELSE 'active' END, 'at-slot', 1797000000000 + s.id * 5000 FROM subscribers s WHERE s.id % 10 > 0 OR s.id % 100 = 0`,
			`INSERT INTO deliveries (enrollment_id, issue_id, state, marked_at, sent_at) SELECT id, 1, 'sent', 1, 1780000000000 FROM enrollments WHERE state = 'active'`,
			`INSERT INTO subscriber_tags (tag_id, subscriber_id) SELECT 1, id FROM subscribers WHERE id % 2 = 0`,
			`INSERT INTO subscriber_tags (tag_id, subscriber_id) SELECT 2, id FROM subscribers WHERE id % 1000 = 4`,
		} {
			if _, err := t.exec(query); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return s
}
