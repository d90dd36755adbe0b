package audience

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// SuppressionColumns are those of the list of suppressions that is exported, and taken in
// by SuppressHashes.
func SuppressionColumns() []string { return []string{"hash", "reason", "suppressed_at", "scope"} }

// The scopes of an exported list: everything, or a campaign by its key. Lists that were
// written before there were scopes have no such column; what they hold is for everything.
const (
	scopeEverything = "everything"
	scopeCampaign   = "campaign:"
)

// SuppressionRow returns the cells of an entry under SuppressionColumns.
func SuppressionRow(s drip.Suppression) []string {
	scope := scopeEverything
	if s.Campaign != "" {
		scope = scopeCampaign + s.Campaign
	}
	return []string{s.Hash.String(), string(s.Reason), s.At.UTC().Format(time.RFC3339), scope}
}

// suppressAtOnce is how many hashes one transaction suppresses.
const suppressAtOnce = 10_000

// Lift has an address be mailed again what it was suppressed for, a campaign by its key or
// everything if that is empty, if its person wants that: whatever ended stays
// ended until they confirm, and other scopes hold on. The errors are those of [store.Suppressions].
func (a *Audience) Lift(ctx context.Context, address mailaddr.Address, campaign string) (drip.Suppression, error) {
	entry, err := a.stores.Lift(ctx, a.hasher.Sum(address), campaign, address)
	if err != nil {
		return entry, fmt.Errorf("lift a suppression: %w", err)
	}
	return entry, nil
}

// HasHashes reports whether a list is one of hashes, by its first line.
func HasHashes(r *bufio.Reader) bool {
	first, _ := r.Peek(64)
	first = bytes.TrimPrefix(first, []byte("\xef\xbb\xbf"))
	return bytes.HasPrefix(first, []byte("hash,")) || bytes.HasPrefix(first, []byte("\"hash\","))
}

// SuppressHashes suppresses the addresses of a list that another instance with the same
// key exported, and returns how many rows it had and how many of them were not suppressed
// yet. Who was erased there is not erased here. A row that cannot be read is a *ListError;
// what stands above it may be done.
func (a *Audience) SuppressHashes(ctx context.Context, r *bufio.Reader) (rows, added int, err error) {
	header, err := r.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, 0, fmt.Errorf("read the list: %w", err)
	}
	list := csv.NewReader(r)
	list.FieldsPerRecord = 1 + strings.Count(header, ",")
	if n := len(SuppressionColumns()); list.FieldsPerRecord != n && list.FieldsPerRecord != n-1 {
		return 0, 0, &ListError{Line: 1, Problem: "the columns are not those that `partwork suppression export` writes: " + strings.Join(SuppressionColumns(), ", ")}
	}
	var part []drip.Suppression
	for {
		cells, err := list.Read()
		last := errors.Is(err, io.EOF)
		if err == nil {
			rows++
			var entry drip.Suppression
			entry, err = a.hashRow(cells)
			part = append(part, entry)
		}
		if err != nil && !last {
			return rows, added, &ListError{Line: rows + 1, Problem: err.Error()}
		}
		if len(part) == suppressAtOnce || last && len(part) > 0 {
			n, err := a.suppressPart(ctx, part)
			added, part = added+n, part[:0]
			if err != nil {
				return rows, added, err
			}
		}
		if last {
			return rows, added, nil
		}
	}
}

// suppressPart suppresses some hashes, and lets others write before the next ones. Each part
// looks at everybody, so with fewer at a time others would wait longer in all.
func (a *Audience) suppressPart(ctx context.Context, part []drip.Suppression) (added int, err error) {
	if added, err = a.stores.SuppressAll(ctx, part); err != nil {
		return 0, fmt.Errorf("suppress a list: %w", err)
	}
	if len(part) == suppressAtOnce {
		_, err = a.stores.Room(ctx, suppressAtOnce)
	}
	return added, err
}

// hashRow reads a row of an exported list.
func (a *Audience) hashRow(cells []string) (drip.Suppression, error) {
	hash, err := mailaddr.ParseHash(cells[0])
	if err != nil {
		return drip.Suppression{}, errors.New("the first cell is no keyed hash as `partwork suppression export` writes it")
	}
	at, err := time.Parse(time.RFC3339, cells[2])
	if err != nil || at.After(a.now()) {
		at = a.now()
	}
	reason := drip.SuppressionReason(cells[1])
	switch reason {
	case drip.SuppressedByReader, drip.SuppressedByAdmin, drip.SuppressedByBounce, drip.SuppressedByComplaint:
	case drip.SuppressedByErasure:
		reason = drip.SuppressedByReader // that they are forgotten here is not what the list asks for
	default:
		return drip.Suppression{}, fmt.Errorf("%s is no reason; expected reader, admin, bounce, complaint or erased", quoteShort(cells[1]))
	}
	entry := drip.Suppression{Hash: hash, Reason: reason, At: at}
	if len(cells) == len(SuppressionColumns()) && cells[3] != scopeEverything {
		key, ok := strings.CutPrefix(cells[3], scopeCampaign)
		if !ok || key == "" || strings.ContainsFunc(key, unicode.IsSpace) {
			return drip.Suppression{}, fmt.Errorf("%s is no scope; expected everything, or campaign: and the key of one", quoteShort(cells[3]))
		}
		entry.Campaign = key
	}
	return entry, nil
}
