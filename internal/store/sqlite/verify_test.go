package sqlite_test

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"
)

// healthy is a small ledger that breaks no invariant. Times count from 1000.
const healthy = `
INSERT INTO campaigns (id, name, public_key, timetable, outline, floor, created_at) VALUES
  (1, 'letters', 'k1', '', '', 0, 1000), (2, 'other', 'k2', '', '', 0, 1000);
INSERT INTO issues (id, campaign_id, name, created_at) VALUES
  (1, 1, '_confirmation', 1000), (2, 1, 'a', 1000), (3, 1, 'b', 1000), (4, 1, 'c', 1000), (5, 2, 'x', 1000);
INSERT INTO subscribers (id, email, email_key, email_hash, created_at, updated_at, suppressed_at) VALUES
  (1, 'a@example.org', 'a@example.org', x'00000000000000000000000000000001', 1000, 1000, NULL),
  (2, 'b@example.org', 'b@example.org', x'00000000000000000000000000000002', 1000, 1000, NULL),
  (3, 'c@example.org', 'c@example.org', x'00000000000000000000000000000003', 1000, 1000, 5000),
  (4, 'd@example.org', 'd@example.org', x'00000000000000000000000000000004', 1000, 1000, NULL);
INSERT INTO suppressions (hash, reason, suppressed_at) VALUES (x'00000000000000000000000000000003', 'reader', 5000);
INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, invited_at, joined_at, next_at, held_at, left_at, left_reason) VALUES
  (1, 1, 1, 'active',  'on-join', NULL, 1000, 9000, NULL, NULL, NULL),
  (2, 2, 1, 'pending', 'on-join', 1000, NULL, NULL, 4000, NULL, NULL),
  (3, 3, 1, 'left',    'on-join', NULL, 1000, NULL, NULL, 5000, 'suppressed'),
  (4, 4, 1, 'active',  'on-join', NULL, 1000, NULL, NULL, NULL, NULL);
INSERT INTO departures (enrollment_id, campaign_id, issue_id) VALUES (3, 1, 2);
INSERT INTO zones (id, name) VALUES (1, 'UTC');
INSERT INTO deliveries (enrollment_id, issue_id, state, reason, slot_wall, slot_zone, slot_offset, send_by, attempt, owner, wake_at, marked_at, sent_at) VALUES
  (1, 2, 'sent',    NULL,   2, 1, 0, 2500, 1, NULL, NULL, 2000, 2100),
  (1, 3, 'sent',    NULL,   3, 1, 0, 3500, 1, NULL, NULL, 3000, 3100),
  (2, 1, 'sent',    NULL,   1, 1, 0, 9000, 1, NULL, NULL, 1500, 1600),
  (3, 2, 'sent',    NULL,   2, 1, 0, 2500, 1, NULL, NULL, 2000, 2100),
  (3, 3, 'skipped', 'left', 3, 1, 0, 3500, 1, NULL, NULL, NULL, NULL),
  (4, 2, 'claimed', NULL,   2, 1, 0, 2500, 1, 7,    9000, NULL, NULL);
INSERT INTO phrases (code, text) VALUES ('~!', '250 2.0.0 queued as *');
UPDATE deliveries SET reply = '~!4F1A' WHERE enrollment_id = 1 AND issue_id = 2;
UPDATE deliveries SET reply = '~ ~4F1A' WHERE enrollment_id = 1 AND issue_id = 3;
`

func TestVerifyFindsWhatIsBroken(t *testing.T) {
	t.Parallel()
	tested := make(map[string]bool)
	for _, test := range []struct{ invariant, damage string }{
		{"no issue twice", `
			CREATE TABLE d AS SELECT * FROM deliveries; DROP TRIGGER note_departure; DROP TABLE deliveries;
			ALTER TABLE d RENAME TO deliveries;
			INSERT INTO deliveries SELECT * FROM deliveries WHERE enrollment_id = 2;
			UPDATE issue_tallies SET sent = 2 WHERE issue_id = 1`},
		{"no issue by two enrollments at once", `
			UPDATE subscribers SET suppressed_at = NULL; DELETE FROM suppressions;
			INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, joined_at, next_at)
			VALUES (5, 3, 1, 'active', 'on-join', 1000, 9000);
			UPDATE enrollments SET left_at = 3000 WHERE id = 3;
			INSERT INTO deliveries (enrollment_id, issue_id, state, marked_at, sent_at) VALUES (5, 2, 'sent', 2200, 2300)`},
		{"no issue twice along a line of enrollments that continue each other", `
			UPDATE enrollments SET state = 'left', left_at = 3500, left_reason = 'reader', next_at = NULL WHERE id = 1;
			INSERT INTO enrollments (id, subscriber_id, campaign_id, state, start, joined_at, next_at, follows_id, continues, left_at, left_reason)
			VALUES (5, 1, 1, 'left', 'at-slot', 3600, NULL, 1, 1, 3700, 'reader'), (6, 1, 1, 'active', 'at-slot', 3800, 9000, 5, 1, NULL, NULL);
			INSERT INTO departures (enrollment_id, campaign_id) VALUES (5, 1);
			INSERT INTO deliveries (enrollment_id, issue_id, state, marked_at, sent_at) VALUES (6, 2, 'sent', 3900, 3950)`},
		{"enrollments follow an earlier one of the same person and campaign", `
			UPDATE enrollments SET follows_id = 3 WHERE id = 4`},
		{"enrollments follow an earlier one of the same person and campaign", `
			UPDATE enrollments SET continues = 1 WHERE id = 4`},
		{"none silently lost", `UPDATE enrollments SET next_at = NULL WHERE id = 1`},
		{"none silently lost", `UPDATE enrollments SET held_at = NULL WHERE id = 2`},
		{"none silently lost", `UPDATE deliveries SET state = 'planned', owner = NULL, wake_at = NULL WHERE enrollment_id = 4`},
		{"none out of order", `UPDATE deliveries SET marked_at = 1900, sent_at = 1950 WHERE enrollment_id = 1 AND issue_id = 3`},
		{"no two issues for one slot", `UPDATE deliveries SET slot_wall = 3 WHERE enrollment_id = 1 AND issue_id = 2`},
		{"no mark after leaving", `
			UPDATE subscribers SET suppressed_at = NULL; DELETE FROM suppressions;
			UPDATE deliveries SET remarked_at = 5001, send_by = NULL, sent_at = 5002 WHERE enrollment_id = 3 AND issue_id = 2;
			UPDATE issue_tallies SET latest = 5002`},
		{"no mark after suppression", `UPDATE subscribers SET suppressed_at = 1999 WHERE id = 3`},
		{"no mark while paused", `UPDATE campaigns SET paused_at = -20000 WHERE id = 1`},
		{"no mark while paused", `UPDATE enrollments SET paused_at = -20000, paused_until = 2500 WHERE id = 1`},
		{"nothing but the confirmation before joining", `UPDATE enrollments SET joined_at = 2001 WHERE id = 1`},
		{"nothing but the confirmation without joining", `
			INSERT INTO deliveries (enrollment_id, issue_id, state, marked_at, sent_at) VALUES (2, 2, 'sent', 2000, 2100)`},
		{"none outside its window", `UPDATE deliveries SET remarked_at = 3501, sent_at = 3600 WHERE enrollment_id = 1 AND issue_id = 3;
			UPDATE issue_tallies SET latest = 3600`},
		{"one open enrollment a person and campaign", `
			DROP INDEX enrollments_open;
			INSERT INTO enrollments (subscriber_id, campaign_id, state, start, joined_at, next_at)
			VALUES (1, 1, 'active', 'on-join', 4000, 9000)`},
		{"one open delivery an enrollment", `
			DROP INDEX deliveries_open;
			INSERT INTO deliveries (enrollment_id, issue_id, state) VALUES (4, 3, 'planned')`},
		{"nothing to send to those who left", `
			UPDATE deliveries SET state = 'planned', reason = NULL WHERE enrollment_id = 3 AND issue_id = 3`},
		{"nothing to send to those who left", `UPDATE enrollments SET next_at = 9000 WHERE id = 3`},
		{"nothing to send to those who finished", `
			UPDATE enrollments SET state = 'finished', finished_at = 4000 WHERE id = 4`},
		{"suppressed people are out", `DELETE FROM suppressions`},
		{"suppressed people are out", `
			INSERT INTO suppressions (hash, reason, suppressed_at) VALUES (x'00000000000000000000000000000001', 'bounce', 5000)`},
		{"suppressed people are out", `
			INSERT INTO suppressions (hash, reason, suppressed_at) VALUES (x'00000000000000000000000000000001', 'bounce', 5000);
			UPDATE subscribers SET suppressed_at = 5000 WHERE id = 1`},
		{"people who are kept out of a campaign are out of it", `
			INSERT INTO campaign_suppressions (hash, campaign, reason, suppressed_at)
			VALUES (x'00000000000000000000000000000001', 'k1', 'admin', 5000), (x'00000000000000000000000000000002', 'k2', 'admin', 5000)`},
		{"deliveries in flight have an owner and a lease", `UPDATE deliveries SET owner = NULL WHERE enrollment_id = 4`},
		{"deliveries in flight have an owner and a lease", `UPDATE deliveries SET owner = 7 WHERE enrollment_id = 2`},
		{"deliveries in flight have an owner and a lease", `
			UPDATE deliveries SET wake_at = NULL WHERE enrollment_id = 4; UPDATE enrollments SET next_at = 9000 WHERE id = 4`},
		{"what was sent is dated", `UPDATE deliveries SET marked_at = NULL WHERE enrollment_id = 1 AND issue_id = 2`},
		{"what was sent is dated", `UPDATE deliveries SET sent_at = NULL WHERE enrollment_id = 1 AND issue_id = 3`},
		{"nothing was accepted before its mark", `UPDATE deliveries SET sent_at = 2999 WHERE enrollment_id = 1 AND issue_id = 3`},
		{"what was not sent says why", `UPDATE deliveries SET reason = NULL WHERE enrollment_id = 3 AND issue_id = 3`},
		{"what was not sent says why", `UPDATE enrollments SET left_reason = NULL WHERE id = 3; DELETE FROM departures`},
		{"issues belong to the enrollment's campaign", `UPDATE deliveries SET issue_id = 5 WHERE enrollment_id = 1 AND issue_id = 3;
			UPDATE issue_tallies SET sent = 0 WHERE issue_id = 3;
			INSERT INTO issue_tallies (issue_id, block, sent, late, refused, skipped, latest) VALUES (5, 0, 1, 0, 0, 0, 3100)`},
		{"issues are counted as the ledger has them", `UPDATE issue_tallies SET sent = 1 WHERE issue_id = 2`},
		{"issues are counted as the ledger has them", `UPDATE issue_tallies SET late = 1 WHERE issue_id = 2`},
		{"issues are counted as the ledger has them", `UPDATE issue_tallies SET refused = 1 WHERE issue_id = 2`},
		{"issues are counted as the ledger has them", `UPDATE issue_tallies SET skipped = 0 WHERE issue_id = 3`},
		{"issues are counted as the ledger has them", `UPDATE issue_tallies SET latest = 2099 WHERE issue_id = 2`},
		{"issues are counted as the ledger has them", `UPDATE issue_tallies SET block = 1 WHERE issue_id = 2`},
		{"issues are counted as the ledger has them", `DELETE FROM issue_tallies WHERE issue_id = 1`},
		{"readers are counted as they are", `UPDATE reader_tallies SET readers = 1 WHERE state = 'active'`},
		{"readers are counted as they are", `UPDATE reader_tallies SET timezone = 'Asia/Tokyo' WHERE state = 'left'`},
		{"readers are counted as they are", `UPDATE reader_tallies SET left_reason = 'reader' WHERE state = 'left'`},
		{"readers are counted as they are", `DELETE FROM reader_tallies WHERE state = 'pending'`},
		{"whoever left by themselves is counted", `DELETE FROM departures`},
		{"whoever left by themselves is counted", `INSERT INTO departures (enrollment_id, campaign_id) VALUES (1, 1)`},
		{"nothing refers to what is gone", `DELETE FROM issues WHERE id = 5; DELETE FROM campaigns WHERE id = 2;
			UPDATE enrollments SET consent_id = 99 WHERE id = 1`},
		{"nothing refers to what is gone", `
			INSERT INTO attempts (enrollment_id, issue_id, attempt, class, phase, code, enhanced, reply, tried_at)
			VALUES (1, 4, 1, 'deferred', 'rcpt', 451, '', '', 2000)`},
		{"nothing refers to what is gone", `
			UPDATE deliveries SET reply = '~!4F1A' WHERE enrollment_id = 1; DELETE FROM phrases`},
		{"the audit log only grows", `DROP TRIGGER audit_is_never_changed`},
		{"the audit log only grows", `
			INSERT INTO audit (at, who, what) VALUES (1000, 'ada', 'pause'), (1000, 'ada', 'resume');
			DROP TRIGGER audit_is_never_shortened; DELETE FROM audit WHERE id = 2;
			CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, ''); END`},
		{"imports are in the audit log", `
			INSERT INTO batches (id, file, file_hash, position, started_at, finished_at) VALUES (1, 'list.csv', x'00', 3, 1000, 1000)`},
		{"imports are in the audit log", `
			INSERT INTO batches (id, file, file_hash, started_at, undone_at) VALUES (1, 'list.csv', x'00', 1000, 1000)`},
	} {
		tested[test.invariant] = true
		t.Run(test.invariant, func(t *testing.T) {
			t.Parallel()
			broken := verify(t, test.damage)
			if len(broken) != 1 || broken[test.invariant] == 0 {
				t.Errorf("broken are %v, want only %q", broken, test.invariant)
			}
		})
	}
	t.Run("healthy", func(t *testing.T) {
		t.Parallel()
		if broken := verify(t, ""); len(broken) != 0 {
			t.Errorf("broken are %v", broken)
		}
	})
	t.Run("every invariant can fail", func(t *testing.T) {
		t.Parallel()
		results, err := open(t).Verify(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			if !tested[r.Name] {
				t.Errorf("%s is never broken by this test", r.Name)
			}
		}
	})
}

// verify damages a healthy ledger behind the store's back and returns how many
// rows break which invariants.
func verify(t *testing.T, damage string) map[string]int {
	t.Helper()
	path := filepath.Join(t.TempDir(), "partwork.db")
	s := openAt(t, path)
	execute(t, path, healthy)
	execute(t, path, damage)
	results, err := s.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	broken := make(map[string]int)
	for _, r := range results {
		if r.Rows != 0 {
			broken[r.Name] = r.Rows
		}
		if min(r.Rows, 5) != len(r.Sample) {
			t.Errorf("%s: %d rows, but the sample is %q", r.Name, r.Rows, r.Sample)
		}
	}
	return broken
}

// execute runs SQL on a database without any of its guards.
func execute(t *testing.T, path, script string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_pragma=ignore_check_constraints(1)&_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), script); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
