package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// Note implements [store.Audit].
func (s *Store) Note(ctx context.Context, line store.AuditLine) (store.AuditLine, error) {
	err := s.write(ctx, func(t *tx) (err error) {
		line.No, err = t.note(line)
		return err
	})
	if err != nil {
		return store.AuditLine{}, fmt.Errorf("note %q in the audit log: %w", line.Act, err)
	}
	line.At = whole(line.At)
	return line, nil
}

// note adds a line and returns its number.
func (t *tx) note(line store.AuditLine) (no int64, err error) {
	err = t.row([]any{&no}, `
		INSERT INTO audit (at, who, what, batch_id, campaign_id, subscriber_id, people, detail)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		line.At.UnixMilli(), line.Who, string(line.Act), number(line.Batch), number(line.Campaign),
		number(line.Subscriber), number(line.People), text(line.Detail))
	if err != nil || line.Hash == (mailaddr.Hash{}) {
		return no, err
	}
	_, err = t.exec(`INSERT INTO audit_notes (audit_id, hash, reason) VALUES ($1, $2, $3)`, no, line.Hash[:], line.Reason)
	return no, err
}

// forgetNotes removes what the log says of a person's addresses.
func (t *tx) forgetNotes(id drip.SubscriberID) error {
	_, err := t.exec(`DELETE FROM audit_notes WHERE hash IN (`+hashesOf+`)`, int64(id))
	return err
}

// hashesOf are the keyed hashes of the addresses that a person has and had.
const hashesOf = `
	SELECT email_hash FROM subscribers WHERE id = $1
	UNION SELECT hash FROM former_addresses WHERE subscriber_id = $1`

// auditInvariants are what shows when somebody else than Partwork wrote into the audit
// log. Its numbers have no gaps, and the engine knows the last one that it gave.
func auditInvariants() []invariant {
	return []invariant{
		always("the audit log only grows", `
			SELECT 'a trigger that keeps the audit log is gone' WHERE (
			  SELECT COUNT(*) FROM sqlite_schema
			  WHERE type = 'trigger' AND name IN ('audit_is_never_changed', 'audit_is_never_shortened', 'audit_is_never_replaced')) < 3
			UNION ALL
			SELECT 'the audit log lacks ' || (q.seq - (SELECT COUNT(*) FROM audit)) || ' of ' || q.seq || ' lines'
			FROM sqlite_sequence q WHERE q.name = 'audit' AND q.seq <> (SELECT COUNT(*) FROM audit)`),
		always("imports are in the audit log", `
			SELECT 'import ' || b.id FROM batches b
			WHERE b.position > 0 AND b.finished_at IS NOT NULL AND b.file <> ''
			  AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.batch_id = b.id AND a.what = '`+string(store.ActImport)+`')
			UNION ALL
			SELECT 'undoing import ' || b.id FROM batches b
			WHERE b.undone_at IS NOT NULL
			  AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.batch_id = b.id AND a.what = '`+string(store.ActUndo)+`')`),
	}
}

// AuditLines implements [store.Audit].
func (s *Store) AuditLines(ctx context.Context, filter store.AuditFilter) ([]store.AuditLine, error) {
	var lines []store.AuditLine
	var since int64
	if !filter.Since.IsZero() {
		since = filter.Since.UnixMilli()
	}
	err := s.read(ctx, func(r *snapshot) error {
		return r.each(func(rows *sql.Rows) error {
			var l store.AuditLine
			var hash []byte
			err := rows.Scan(&l.No, toTime{&l.At}, &l.Who, toText[store.Act]{&l.Act}, toNumber[int64]{&l.Batch},
				toNumber[drip.CampaignNo]{&l.Campaign}, toNumber[drip.SubscriberID]{&l.Subscriber},
				toNumber[int]{&l.People}, toText[string]{&l.Detail}, &hash, toText[string]{&l.Reason})
			copy(l.Hash[:], hash)
			lines = append(lines, l)
			return err
		}, `
			SELECT a.id, a.at, a.who, a.what, a.batch_id, a.campaign_id, a.subscriber_id, a.people, a.detail, n.hash, n.reason
			FROM audit a LEFT JOIN audit_notes n ON n.audit_id = a.id
			WHERE a.id > $1 AND a.at >= $2 ORDER BY a.id LIMIT $3`, filter.After, since, limit(filter.Limit))
	})
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	return lines, nil
}
