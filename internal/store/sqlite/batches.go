package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

// Unfinished implements [store.Batches].
func (s *Store) Unfinished(ctx context.Context, file [32]byte, asked string) (store.ImportRecord, error) {
	var record store.ImportRecord
	err := error(sql.ErrNoRows)
	if file != [32]byte{} {
		err = s.one(ctx, append([]any{&record.Batch, toNumber[drip.ConsentID]{&record.Consent}, &record.Position}, toCounts(&record.Counts)...), `
			SELECT b.id, (SELECT c.id FROM consents c WHERE c.batch_id = b.id AND c.stated_id IS NULL), b.position, `+countColumns+` FROM batches b
			WHERE b.file_hash = $1 AND b.finished_at IS NULL AND b.undone_at IS NULL AND b.asked IS $2
			ORDER BY b.id DESC LIMIT 1`, file[:], text(asked))
	}
	if err != nil {
		return store.ImportRecord{}, fmt.Errorf("look for an unfinished import: %w", found(err))
	}
	return record, nil
}

const countColumns = `b.added, b.updated, b.unchanged, b.withheld, b.enrolled, b.pending, b.had_left, b.former, b.kept_out`

func toCounts(c *store.ImportCounts) []any {
	return []any{&c.New, &c.Updated, &c.Unchanged, &c.Suppressed, &c.Enrolled, &c.Pending, &c.Left, &c.Former, &c.KeptOut}
}

const batchColumns = `b.id, b.file, b.file_hash, b.who,
	COALESCE((SELECT c.statement FROM consents c WHERE c.batch_id = b.id AND c.stated_id IS NULL), ''), b.position, ` + countColumns + `,
	(SELECT COUNT(*) FROM rejects r WHERE r.batch_id = b.id), b.columns, COALESCE(b.asked, ''), b.report, b.started_at, b.finished_at, b.undone_at`

// readBatch scans batchColumns.
func readBatch(scan func(...any) error) (store.Batch, error) {
	var b store.Batch
	var columns, report sql.NullString
	dest := append([]any{&b.No, &b.File, toHash{b.Hash[:]}, &b.Who, &b.Consent, &b.Position}, toCounts(&b.Counts)...)
	err := scan(append(dest, &b.Rejects, &columns, &b.Asked, &report, toTime{&b.StartedAt}, toTime{&b.FinishedAt}, toTime{&b.UndoneAt})...)
	if err == nil && columns.Valid {
		err = json.Unmarshal([]byte(columns.String), &b.Columns)
	}
	if report.Valid {
		b.Report = []byte(report.String)
	}
	return b, err
}

// ImportList implements [store.Batches].
func (s *Store) ImportList(ctx context.Context, most int) ([]store.Batch, error) {
	var list []store.Batch
	err := s.read(ctx, func(r *snapshot) error {
		return r.each(func(rows *sql.Rows) error {
			b, err := readBatch(rows.Scan)
			list = append(list, b)
			return err
		}, `SELECT `+batchColumns+` FROM batches b WHERE b.file <> '' ORDER BY b.id DESC LIMIT $1`, limit(most))
	})
	if err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	return list, nil
}

// Batch implements [store.Batches].
func (s *Store) Batch(ctx context.Context, no int64) (store.Batch, error) {
	var b store.Batch
	err := s.read(ctx, func(r *snapshot) (err error) {
		b, err = readBatch(func(dest ...any) error {
			return r.row(dest, `SELECT `+batchColumns+` FROM batches b WHERE b.id = $1`, no)
		})
		return found(err)
	})
	if err != nil {
		return store.Batch{}, fmt.Errorf("read import %d: %w", no, err)
	}
	return b, nil
}

// EnrolledStarts implements [store.Batches].
func (s *Store) EnrolledStarts(ctx context.Context, no int64) (map[store.EnrolledStart]int, error) {
	starts := make(map[store.EnrolledStart]int)
	err := s.read(ctx, func(r *snapshot) error {
		return r.each(func(rows *sql.Rows) error {
			var start store.EnrolledStart
			var n int
			err := rows.Scan(&start.Zone, toTime{&start.Floor}, &n)
			starts[start] = n
			return err
		}, `
			SELECT s.timezone, e.floor, COUNT(*) FROM enrollments e JOIN subscribers s ON s.id = e.subscriber_id
			WHERE e.batch_id = $1 AND e.joined_at IS NOT NULL GROUP BY 1, 2`, no)
	})
	if err != nil {
		return nil, fmt.Errorf("count the starts of import %d: %w", no, err)
	}
	return starts, nil
}

// Rejects implements [store.Batches].
func (s *Store) Rejects(ctx context.Context, no int64, after, most int) ([]store.RejectedRow, error) {
	var list []store.RejectedRow
	err := s.read(ctx, func(r *snapshot) error {
		return r.each(func(rows *sql.Rows) error {
			var row store.RejectedRow
			var cells sql.NullString
			err := rows.Scan(&row.Line, &row.Reason, &cells)
			if err == nil && cells.Valid {
				err = json.Unmarshal([]byte(cells.String), &row.Cells)
			}
			list = append(list, row)
			return err
		}, `SELECT line, reason, cells FROM rejects WHERE batch_id = $1 AND line > $2 ORDER BY line LIMIT $3`, no, after, limit(most))
	})
	if err != nil {
		return nil, fmt.Errorf("list the rejected rows of import %d: %w", no, err)
	}
	return list, nil
}

// ForgetRejects implements [store.Batches].
func (s *Store) ForgetRejects(ctx context.Context, before time.Time) (n int, err error) {
	var old bool
	err = s.one(ctx, []any{&old}, `
		SELECT EXISTS (SELECT 1 FROM rejects r JOIN batches b ON b.id = r.batch_id WHERE b.started_at < $1)`, before.UnixMilli())
	if err == nil && old {
		err = s.write(ctx, func(t *tx) error {
			removed, err := t.exec(`
				DELETE FROM rejects WHERE batch_id IN (SELECT id FROM batches WHERE started_at < $1)`, before.UnixMilli())
			n = int(removed)
			return err
		})
	}
	if err != nil {
		return 0, fmt.Errorf("forget rejected rows: %w", err)
	}
	return n, nil
}

// progress notes how far a batch came.
func (i *importing) progress() error {
	c := &i.chunk
	if c.From == 0 && c.To == 0 {
		return nil
	}
	var counts store.ImportCounts
	for _, outcome := range i.outcomes {
		counts.Add(outcome)
	}
	if c.Enroll == nil {
		counts.Pending = i.unstated()
	}
	n, err := i.exec(`
		UPDATE batches SET position = $3, added = added + $4, updated = updated + $5, unchanged = unchanged + $6,
		       withheld = withheld + $7, enrolled = enrolled + $8, pending = pending + $9, had_left = had_left + $10,
		       former = former + $11, columns = COALESCE($12, columns), kept_out = kept_out + $13
		WHERE id = $1 AND position = $2 AND finished_at IS NULL AND undone_at IS NULL`,
		c.Batch, c.From, c.To, counts.New, counts.Updated, counts.Unchanged, counts.Suppressed, counts.Enrolled, counts.Pending, counts.Left, counts.Former, columnNames(c.Columns), counts.KeptOut)
	if err == nil && n == 0 {
		err = drip.ErrConflict
	}
	if err != nil {
		return err
	}
	for _, row := range c.Rejects {
		var cells any
		if row.Cells != nil {
			b, err := json.Marshal(row.Cells)
			if err != nil {
				return err
			}
			cells = string(b)
		}
		if _, err := i.exec(`INSERT INTO rejects (batch_id, line, reason, cells) VALUES ($1, $2, $3, $4)`,
			c.Batch, row.Line, row.Reason, cells); err != nil {
			return err
		}
	}
	return nil
}

// unstated counts those who were added without a consent.
func (i *importing) unstated() (n int) {
	for row, outcome := range i.outcomes {
		if outcome.Result == store.RowNew && i.consents[row] == 0 {
			n++
		}
	}
	return n
}

// columnNames writes the names of a list's columns; NULL if there are none.
func columnNames(names []string) any {
	if len(names) == 0 {
		return nil
	}
	b, _ := json.Marshal(names) // strings always can be
	return string(b)
}

// noteImport notes that the list of a batch is in. One without a file was typed.
func (t *tx) noteImport(batch int64, at time.Time) error {
	line := store.AuditLine{At: at, Act: store.ActImport, Batch: batch}
	var file string
	err := t.row([]any{&file, &line.Who, &line.People}, `
		SELECT file, who, added + updated + unchanged FROM batches WHERE id = $1`, batch)
	if err != nil || file == "" {
		return err
	}
	_, err = t.note(line)
	return err
}

// mentionWidth is the number of parameters of a mention.
const mentionWidth = 2

// mention notes that those who were known are in this batch as well.
func (i *importing) mention() error {
	if i.chunk.Batch == 0 {
		return nil
	}
	known := slices.DeleteFunc(i.rows, func(n int) bool { return i.outcomes[n].Subscriber == 0 })
	for rest := known; len(rest) > 0; {
		part := rest[:min(insertRows, len(rest))]
		if len(part) < insertRows {
			part = rest[:1]
		}
		rest = rest[len(part):]
		args := make([]any, 0, len(part)*mentionWidth)
		for _, n := range part {
			args = append(args, int64(i.outcomes[n].Subscriber), i.chunk.Batch)
		}
		_, err := i.exec(`INSERT INTO mentions (subscriber_id, batch_id) VALUES `+tuples(len(part), mentionWidth)+`
			ON CONFLICT (subscriber_id) DO UPDATE SET batch_id = MAX(batch_id, excluded.batch_id)`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}
