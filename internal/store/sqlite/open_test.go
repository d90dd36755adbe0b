package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
	"partwork/internal/store/sqlite"
)

func TestOpenTakesAnyPath(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plain.db", "what?.db", "100%.db", "50%41.db", "a#b.db", "two words.db", "a&mode=memory.db", "ü;'\".db"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			openAt(t, filepath.Join(dir, name))
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if info.Size() == 0 && !exists(filepath.Join(dir, name+"-wal")) {
				t.Error("the file is empty")
			}
			if info.Mode().Perm() != 0o600 {
				t.Errorf("its mode is %v", info.Mode())
			}
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if !strings.HasPrefix(e.Name(), name) {
					t.Errorf("%s was made", e.Name())
				}
				if i, err := e.Info(); err == nil && i.Mode().Perm() != 0o600 {
					t.Errorf("the mode of %s is %v", e.Name(), i.Mode())
				}
			}
		})
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestOpenTwiceKeepsTheInstance(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	created := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{Now: func() time.Time { return created }})
	if err != nil {
		t.Fatal(err)
	}
	first, err := s.Instance(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !first.CreatedAt.Equal(created) {
		t.Errorf("it was created at %v", first.CreatedAt)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := openAt(t, path).Instance(t.Context())
	if err != nil || second != first {
		t.Errorf("the instance is %+v, was %+v (%v)", second, first, err)
	}
	other, err := open(t).Instance(t.Context())
	if err != nil || other.UUID == first.UUID {
		t.Errorf("another database has the uuid %s (%v)", other.UUID, err)
	}
}

func TestOpenAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func TestOpenReadOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	readOnly := sqlite.Options{ReadOnly: true}
	if _, err := sqlite.Open(t.Context(), path, readOnly); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file gives %v", err)
	}
	if exists(path) {
		t.Error("a file was made")
	}
	w := openAt(t, path)
	s, err := sqlite.Open(t.Context(), path, readOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Instance(t.Context()); err != nil {
		t.Error(err)
	}
	_, err = s.SaveContent(t.Context(), [32]byte{}, nil, time.UnixMilli(0))
	if !errors.Is(err, sqlite.ErrReadOnly) {
		t.Errorf("writing gives %v", err)
	}
	if _, err := s.Migrate(t.Context()); !errors.Is(err, sqlite.ErrReadOnly) {
		t.Errorf("migrating gives %v", err)
	}
	if _, err := w.SaveContent(t.Context(), [32]byte{}, nil, time.UnixMilli(0)); err != nil {
		t.Errorf("writing beside a reader gives %v", err)
	}
	if b, err := s.Content(t.Context(), 1); err != nil || len(b) != 0 {
		t.Errorf("the reader sees %q, %v", b, err)
	}
}

func TestOpenRefusesOtherSchemas(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	s := openAt(t, path)
	version, err := s.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if pending, err := s.Pending(t.Context()); err != nil || len(pending) != 0 {
		t.Errorf("pending are %v, %v", pending, err)
	}
	execute(t, path, fmt.Sprintf(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (%d, 1)`, version+3))
	for _, opts := range []sqlite.Options{{}, {ReadOnly: true}, {NoMigrate: true}} {
		_, err = sqlite.Open(t.Context(), path, opts)
		var newer *sqlite.NewerSchemaError
		if !errors.As(err, &newer) || newer.Have != version+3 || newer.Know != version {
			t.Errorf("%+v: a newer schema gives %v", opts, err)
		}
	}
	for _, want := range []string{fmt.Sprint(version + 3), fmt.Sprint(version), "newer", path} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the message does not say %q: %v", want, err)
		}
	}
}

func TestNoMigrateLeavesTheSchemaAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{NoMigrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if version, err := s.Schema(t.Context()); err != nil || version != 0 {
		t.Errorf("the schema is %d, %v", version, err)
	}
	var older *sqlite.OlderSchemaError
	if _, err := sqlite.Open(t.Context(), path, sqlite.Options{ReadOnly: true}); !errors.As(err, &older) {
		t.Errorf("reading an old schema gives %v", err)
	}
	pending, err := s.Pending(t.Context())
	if err != nil || len(pending) == 0 || pending[0] != "0001_first.sql" {
		t.Errorf("pending are %v, %v", pending, err)
	}
	applied, err := s.Migrate(t.Context())
	if err != nil || len(applied) != len(pending) {
		t.Errorf("applied were %v, %v", applied, err)
	}
	if again, err := s.Migrate(t.Context()); err != nil || len(again) != 0 {
		t.Errorf("applied again were %v, %v", again, err)
	}
	if _, err := s.Instance(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestOpenRefusesOtherFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "letter.txt")
	text := []byte(strings.Repeat("Dear reader, this is no database. ", 100))
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, opts := range []sqlite.Options{{}, {ReadOnly: true}} {
		_, err := sqlite.Open(t.Context(), path, opts)
		if err == nil || !strings.Contains(err.Error(), "not an SQLite database") {
			t.Errorf("the error is %v", err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != string(text) {
		t.Error("the file was changed")
	}
}

func TestCloseTwice(t *testing.T) {
	t.Parallel()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "partwork.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.SaveContent(t.Context(), [32]byte{}, nil, time.UnixMilli(0)); err == nil {
		t.Error("a closed store can be written")
	}
	if _, err := s.Instance(t.Context()); err == nil {
		t.Error("a closed store can be read")
	}
}

// A caller that gives up while it waits for its turn leaves nothing behind; a
// transaction that has begun is finished.
func TestCanceledBeforeItsTurn(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.SaveContent(ctx, [32]byte{}, nil, time.UnixMilli(0)); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if _, err := s.SaveContent(t.Context(), [32]byte{}, nil, time.UnixMilli(0)); err != nil {
		t.Error(err)
	}
}

func TestErasedPeopleLeaveNoTrace(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "partwork.db")
	s := openAt(t, path)
	var rows []store.Person
	for i := range 500 {
		a, err := mailaddr.Parse(fmt.Sprintf("person-%04d@example.org", i))
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, store.Person{
			Email: a, Hash: mailaddr.Hash{byte(i), byte(i >> 8), 1}, Name: fmt.Sprintf("Secret-%04d", i),
			Attributes: map[string]string{"illness": fmt.Sprintf("condition-%04d", i)},
		})
	}
	now := time.UnixMilli(1e12)
	// In no order, in parts, and changed once more: rows move between pages then,
	// and leave copies behind.
	order := rand.New(rand.NewPCG(1, 2)).Perm(len(rows))
	out := make([]store.RowOutcome, len(rows))
	for _, name := range []string{"", "A longer name, of which there was none before "} {
		for part := range slices.Chunk(order, 37) {
			chunk := store.ImportChunk{Now: now}
			for _, i := range part {
				person := rows[i]
				person.Name = name + person.Name
				chunk.Rows = append(chunk.Rows, person)
			}
			outcomes, err := s.ImportRows(t.Context(), chunk)
			if err != nil {
				t.Fatal(err)
			}
			for n, i := range part {
				out[i] = outcomes[n]
			}
		}
	}
	const from, to = 100, 400
	for i := from; i < to; i++ {
		err := s.Erase(t.Context(), out[i].Subscriber, drip.Suppression{Hash: rows[i].Hash, Reason: drip.SuppressedByErasure, At: now})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{path, path + "-wal"} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			for _, trace := range []string{"person-%04d", "Secret-%04d", "condition-%04d"} {
				trace = fmt.Sprintf(trace, i)
				erased := i >= from && i < to
				if got := strings.Contains(string(content), trace); got && erased || !got && !erased && file == path {
					t.Errorf("%s: %s is there: %v", filepath.Base(file), trace, got)
				}
			}
		}
	}
}
