package sqlite

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
)

// What comes before an enrollment is found by keys, whoever else is enrolled.
func TestHeritageIsFoundByKeys(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "partwork.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, query := range map[string]string{
		"heirs":      heritageOf(following + list(8)),
		"resumable":  heritageOf(`SELECT $1, $1, 1`),
		"latestLeft": latestLeft,
		// A row that is erased is looked for in follows_id.
		"erase": `DELETE FROM enrollments WHERE subscriber_id = $1`,
	} {
		t.Run(name, func(t *testing.T) {
			args := make([]any, strings.Count(query, "$")+strings.Count(query, "?"))
			rows, err := s.writer.conn.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+query, args...)
			err = drain(rows, err, func(rows *sql.Rows) error {
				var id, parent, unused int
				var detail string
				err := rows.Scan(&id, &parent, &unused, &detail)
				// The line itself is short, and read once. A campaign's enrollments
				// are many.
				scan := strings.HasPrefix(detail, "SCAN") && detail != "SCAN l" && detail != "SCAN CONSTANT ROW"
				if scan || strings.Contains(detail, "by_campaign") {
					t.Error(detail)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}
