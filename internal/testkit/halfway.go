package testkit

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"partwork/internal/timing"
)

// Halfway describes the readers of a campaign that is half-way through: every
// one had its first Issues issues, the last of them at Slot or up to a day
// earlier or later, as their zones have it.
type Halfway struct {
	Campaign int64
	// Issues are the ids of the issues that everybody had, in order.
	Issues []string
	People int
	// Slot is the wall time of the last issue's slot; slots are a week apart.
	Slot timing.Wall
	// Rate is the number of messages a second at which they left.
	Rate int
}

// halfwayZones are where the readers live, equally many in each.
var halfwayZones = [...]string{
	"Pacific/Auckland", "Australia/Sydney", "Asia/Tokyo", "Asia/Shanghai", "Asia/Kolkata", "Asia/Dubai", "Europe/Moscow",
	"Africa/Nairobi", "Europe/Athens", "Europe/Berlin", "Europe/Paris", "Europe/London", "America/Sao_Paulo",
	"America/Halifax", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
	"America/Anchorage", "Pacific/Honolulu",
}

// Fill writes the readers with their deliveries right into the tables: by way of
// the store it would take minutes. Every second one joined at a minute of their
// own; the others were imported. Nobody's hint is before the next slot.
func (h Halfway) Fill(t testing.TB, db *sql.DB) {
	t.Helper()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := tx.ExecContext(context.Background(), query, args...); err != nil {
			t.Fatalf("%v\n%s", err, query)
		}
	}
	slots, err := json.Marshal(h.slots(t))
	if err != nil {
		t.Fatal(err)
	}
	exec(`CREATE TEMP TABLE slots AS SELECT value ->> 'z' z, value ->> 'zone' zone, value ->> 'n' n, value ->> 'issue' issue,
	        value ->> 'wall' wall, value ->> 'at' at, value ->> 'next' next FROM json_each($1)`, string(slots))
	exec(`CREATE INDEX temp.slots_by_place ON slots (z, n)`)
	exec(`INSERT INTO zones (name) SELECT DISTINCT zone FROM slots WHERE true ON CONFLICT DO NOTHING`)
	exec(`INSERT INTO consents (id, source, statement, given_at) VALUES (900, 'import', 'a list', 0)`)
	exec(`INSERT INTO subscribers (email, email_key, email_hash, name, timezone, consent_id, created_at, updated_at)
	      WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < $1 - 1)
	      SELECT printf('reader%08d@example.org', i), printf('reader%08d@example.org', i), randomblob(16), 'Anna Example',
	             (SELECT zone FROM slots WHERE z = i % $2 AND n = 1), 900, 0, 0 FROM n`, h.People, len(halfwayZones))
	exec(`INSERT INTO enrollments (subscriber_id, campaign_id, state, start, joined_at, floor, next_at, consent_id)
	      SELECT s.id, $1, 'active', iif(s.id % 2, 'on-join', 'at-slot'),
	             o.at - 86400000 * 4 - (s.id % 2) * (s.id % 4000) * 61000, o.at - 86400000 * 4, o.next, 900
	      FROM subscribers s JOIN slots o ON o.n = 1 AND o.zone = s.timezone WHERE s.consent_id = 900`, h.Campaign)
	exec(`INSERT INTO deliveries (enrollment_id, issue_id, state, slot_wall, slot_zone, slot_offset, attempt, marked_at,
	        local_date, sent_at, reply)
	      SELECT e.id, i.id, 'sent', o.wall, z.id, o.wall * 1000 - o.at, 1,
	             o.at + e.id % $2 * 1000 / $3, o.wall / 86400 + 719163, o.at + e.id % $2 * 1000 / $3 + 40, '250 2.0.0 queued'
	      FROM enrollments e JOIN subscribers s ON s.id = e.subscriber_id JOIN slots o ON o.zone = s.timezone
	      JOIN zones z ON z.name = o.zone JOIN issues i ON i.campaign_id = e.campaign_id AND i.name = o.issue
	      WHERE e.campaign_id = $1 ORDER BY e.id, i.id`, h.Campaign, h.People, max(h.Rate, 1))
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// halfwaySlot is the slot of an issue in a zone.
type halfwaySlot struct {
	Z     int    `json:"z"`
	Zone  string `json:"zone"`
	N     int    `json:"n"`
	Issue string `json:"issue"`
	Wall  int64  `json:"wall"`
	At    int64  `json:"at"`
	Next  int64  `json:"next"` // the instant of the slot after the last
}

func (h Halfway) slots(t testing.TB) []halfwaySlot {
	t.Helper()
	const week = 7 * 24 * time.Hour
	var slots []halfwaySlot
	for z, name := range halfwayZones {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(fmt.Errorf("zone %s: %w", name, err))
		}
		for n, issue := range h.Issues {
			wall := h.Slot.Add(-week * time.Duration(len(h.Issues)-1-n))
			slots = append(slots, halfwaySlot{
				Z: z, Zone: name, N: n + 1, Issue: issue, Wall: int64(wall), At: timing.Resolve(wall, loc).UnixMilli(),
				Next: timing.Resolve(h.Slot.Add(week), loc).UnixMilli(),
			})
		}
	}
	return slots
}
