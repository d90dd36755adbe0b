package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/timing"
)

// This file is the border between Go values and columns: zero values are NULL,
// instants are milliseconds.

// ms returns the column's value for an instant.
func ms(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// whole returns the instant as it will be read back.
func whole(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.UnixMilli(t.UnixMilli()).UTC()
}

// text returns NULL for the empty string.
func text[T ~string](s T) any {
	if s == "" {
		return nil
	}
	return string(s)
}

// number returns NULL for zero.
func number[T ~int | ~int32 | ~int64](n T) any {
	if n == 0 {
		return nil
	}
	return int64(n)
}

// toTime scans an instant; NULL is the zero time.
type toTime struct{ to *time.Time }

// Scan implements sql.Scanner.
func (d toTime) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d.to = time.Time{}
	case int64:
		*d.to = time.UnixMilli(v).UTC()
	default:
		return fmt.Errorf("an instant is stored as %T", src)
	}
	return nil
}

// toText scans a text; NULL is empty.
type toText[T ~string] struct{ to *T }

// Scan implements sql.Scanner.
func (d toText[T]) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d.to = ""
	case string:
		*d.to = T(v)
	default:
		return fmt.Errorf("a text is stored as %T", src)
	}
	return nil
}

// toNumber scans a number; NULL is zero.
type toNumber[T ~int | ~int32 | ~int64] struct{ to *T }

// Scan implements sql.Scanner.
func (d toNumber[T]) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d.to = 0
	case int64:
		*d.to = T(v)
	default:
		return fmt.Errorf("a number is stored as %T", src)
	}
	return nil
}

// toAddress scans an address.
type toAddress struct{ to *mailaddr.Address }

// Scan implements sql.Scanner.
func (d toAddress) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return fmt.Errorf("an address is stored as %T", src)
	}
	a, err := mailaddr.Parse(s)
	*d.to = a
	return err
}

// toHash scans a hash of either length.
type toHash struct{ to []byte }

// Scan implements sql.Scanner.
func (d toHash) Scan(src any) error {
	b, ok := src.([]byte)
	if !ok || len(b) != len(d.to) {
		return fmt.Errorf("a hash of %d bytes is stored as %T", len(d.to), src)
	}
	copy(d.to, b)
	return nil
}

// toSlot scans a slot's wall time, zone and instant, which are NULL together.
func toSlot(s *timing.Slot) []any {
	return []any{toNumber[timing.Wall]{&s.Wall}, toText[string]{&s.Zone}, toTime{&s.At}}
}

// slot returns the columns slot_wall, slot_zone and slot_offset.
func (t *tx) slot(s timing.Slot) (wall, zone, offset any, err error) {
	if s.IsZero() {
		return nil, nil, nil, nil
	}
	no, err := t.zone(s.Zone)
	return int64(s.Wall), no, int64(s.Wall)*1000 - s.At.UnixMilli(), err
}

// zone returns the number of a zone.
func (t *tx) zone(name string) (int64, error) {
	if no := t.writer.zones[name]; no != 0 {
		return no, nil
	}
	if _, err := t.exec(`INSERT INTO zones (name) VALUES ($1) ON CONFLICT (name) DO NOTHING`, name); err != nil {
		return 0, err
	}
	var no int64
	if err := t.row([]any{&no}, `SELECT id FROM zones WHERE name = $1`, name); err != nil {
		return 0, err
	}
	t.writer.zones[name] = no
	return no, nil
}

// found turns the absence of a row into the domain's error.
func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return drip.ErrNotFound
	}
	return err
}

// list returns "(?, ?, …)" with n parameters. They have no numbers, because
// SQLite would keep those as names, and look through all names for each: that
// is nothing for ten parameters and most of the work for five hundred.
func list(n int) string {
	return "(" + strings.Repeat("?, ", n-1) + "?)"
}

// tuples returns n lists of width parameters, for VALUES.
func tuples(n, width int) string {
	return strings.Repeat(list(width)+", ", n-1) + list(width)
}

// listSizes are the lengths of IN lists, so that there are few different
// statements: shorter lists repeat their last item.
var listSizes = [...]int{1, 8, 64, 256}

// inLists calls do for parts of items, with the parameter list for the SQL text
// and the arguments.
func inLists[T any](items []T, value func(T) any, do func(list string, args []any) error) error {
	for len(items) > 0 {
		size := listSizes[len(listSizes)-1]
		for _, s := range listSizes {
			if s >= len(items) {
				size = s
				break
			}
		}
		n := min(size, len(items))
		args := make([]any, size)
		for i := range args {
			args[i] = value(items[min(i, n-1)])
		}
		if err := do(list(size), args); err != nil {
			return err
		}
		items = items[n:]
	}
	return nil
}
