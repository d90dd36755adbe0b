package sqlite

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/segment"
	"partwork/internal/store"
)

// crowd are made-up people, in a database and as facts.
type crowd struct {
	*testing.T
	rnd    *rand.Rand
	store  *Store
	people []segment.Facts // by number, from 1
}

// whenAsked is when the filters are asked; people did everything before and after it.
var whenAsked = time.Date(2026, 11, 29, 22, 30, 0, 0, time.UTC)

// The database and package segment say the same about everybody: whatever the filter,
// whatever is known.
func TestQueriesSelectWhomFiltersMatch(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, 4, 120)
	c.sameFacts()
	zones := []*time.Location{nil, time.FixedZone("east", 11*3600), time.FixedZone("west", -7*3600)}
	matched, some := 0, 0
	for range 300 {
		text := c.filter(3)
		f, err := segment.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		view := segment.View{Now: whenAsked, Zone: zones[c.rnd.IntN(3)], Campaign: c.pick("", "", "garden", "letters", "nowhere")}
		var want []drip.SubscriberID
		for i := range c.people {
			if f.Match(&c.people[i], view) {
				want = append(want, drip.SubscriberID(i+1))
			}
		}
		filter := store.SubscriberFilter{Where: f, View: view}
		var got []drip.SubscriberID
		query, args := subscriberQuery(`s.id`, filter, true, map[string]int{"vip": c.rnd.IntN(2) * 2 * fewTagged, "2026": fewTagged + 1})
		if err := c.store.read(t.Context(), func(r *snapshot) error {
			return r.each(func(rows *sql.Rows) error {
				var id drip.SubscriberID
				err := rows.Scan(toNumber[drip.SubscriberID]{&id})
				got = append(got, id)
				return err
			}, query, args...)
		}); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s in view of %+v selects %v, matches %v", f, view, got, want)
		}
		if n, err := c.store.CountSegment(t.Context(), filter); err != nil || n != len(want) {
			t.Fatalf("%s counts %d, want %d (%v)", f, n, len(want), err)
		}
		matched += len(want)
		if len(want) > 0 && len(want) < len(c.people) {
			some++
		}
	}
	if some < 140 {
		t.Errorf("only %d filters divide the people; %d matches in all", some, matched)
	}
}

func newCrowd(t *testing.T, seed uint64, n int) *crowd {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "partwork.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c := &crowd{T: t, rnd: rand.New(rand.NewPCG(seed, 1)), store: s}
	err = s.write(t.Context(), func(tx *tx) error {
		for i, name := range []string{"garden", "letters"} {
			if _, err := tx.exec(`INSERT INTO campaigns (id, name, public_key, timetable, outline, created_at) VALUES ($1, $2, $2, '', '', 0)`, i+1, name); err != nil {
				return err
			}
			for j, issue := range []string{"welcome", "second", drip.ConfirmationID} {
				if _, err := tx.exec(`INSERT INTO issues (id, campaign_id, name, created_at) VALUES ($1, $2, $3, 0)`, 10*(i+1)+j, i+1, issue); err != nil {
					return err
				}
			}
		}
		for i, tag := range tagPool {
			if _, err := tx.exec(`INSERT INTO tags (id, name) VALUES ($1, $2)`, i+1, tag); err != nil {
				return err
			}
		}
		if _, err := tx.exec(`INSERT INTO batches (id, file, file_hash, started_at) VALUES (1, '', x'', 0), (2, '', x'', 0), (3, '', x'', 0)`); err != nil {
			return err
		}
		for id := 1; id <= n; id++ {
			if err := c.insert(tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var (
	tagPool   = []string{"vip", "newly-diagnosed", "two words", "größe", "2026"}
	textPool  = []string{"DE", "de", "AT", "Ärzte", "42", "-3.5", "042", "4.", "true", "FALSE", "2026-11-29", "2026-11-30T10:00:00Z", "2026-11-01 08:00", "2026-11-1", "x'; DROP TABLE tags; --", "%", "", "-", "--1", "1.2.3", "123456789012345", "1234567890123456"}
	numbers   = []float64{0, 42, -3.5, 17, 1e15, 123456789012345}
	zonePool  = []string{"", "Europe/Berlin", "Asia/Tokyo"}
	namePool  = []string{"", "Anna", "ANNA", "Åsa", `O"Neil \ Co`}
	keyPool   = []string{"country", "age", "donor", "visit", "joined"}
	statePool = []string{"pending", "active", "finished", "left"}
)

func (c *crowd) pick(words ...string) string { return words[c.rnd.IntN(len(words))] }

// moment returns an instant near to those that filters ask for.
func (c *crowd) moment() time.Time {
	at := whenAsked.Add(-time.Duration(c.rnd.IntN(45*24)) * time.Hour)
	switch c.rnd.IntN(4) {
	case 0:
		return at.Add(-30 * time.Minute) // where days begin
	case 1:
		return whenAsked.Add(-30 * 24 * time.Hour).Add(time.Duration(c.rnd.IntN(3)-1) * time.Millisecond)
	}
	return at.Add(time.Duration(c.rnd.IntN(3)-1) * time.Millisecond)
}

// insert makes a person.
func (c *crowd) insert(tx *tx, id int) error {
	who := segment.Facts{
		Email: fmt.Sprintf("Reader%d@example.%s", id, c.pick("org", "net")), Name: c.pick(namePool...), Zone: c.pick(zonePool...),
		Added: c.moment(), Batch: int64(c.rnd.IntN(4)), Suppressed: c.rnd.IntN(5) == 0,
	}
	kept := "{}"
	if c.rnd.IntN(4) > 0 {
		who.Attributes = map[string]any{}
		for _, key := range keyPool {
			if v := c.attribute(); c.rnd.IntN(2) == 0 {
				who.Attributes[key] = v
			}
		}
		if len(who.Attributes) == 0 {
			who.Attributes = nil
		} else {
			b, err := json.Marshal(who.Attributes)
			if err != nil {
				return err
			}
			kept = string(b)
		}
	}
	var suppressed any
	byHash := who.Suppressed && c.rnd.IntN(2) == 0
	if who.Suppressed && !byHash {
		suppressed = 1
	}
	hash := fmt.Sprintf("%016d", id)
	if byHash {
		if _, err := tx.exec(`INSERT INTO suppressions (hash, reason, suppressed_at) VALUES ($1, 'admin', 0)`, []byte(hash)); err != nil {
			return err
		}
	}
	if _, err := tx.exec(`
		INSERT INTO subscribers (id, email, email_key, email_hash, name, timezone, attributes, batch_id, suppressed_at, created_at, updated_at)
		VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, 0)`, id, who.Email, []byte(hash), who.Name, who.Zone, kept, number(who.Batch), suppressed, ms(who.Added)); err != nil {
		return err
	}
	for i, tag := range tagPool {
		if c.rnd.IntN(4) > 0 {
			continue
		}
		who.Tags = append(who.Tags, tag)
		if _, err := tx.exec(`INSERT INTO subscriber_tags (tag_id, subscriber_id) VALUES ($1, $2)`, i+1, id); err != nil {
			return err
		}
	}
	for i, campaign := range []string{"garden", "letters"} {
		if c.rnd.IntN(3) == 0 {
			continue
		}
		if c.rnd.IntN(3) == 0 { // an earlier passage, which counts for what was sent only
			if err := c.enroll(tx, &who, id, i+1, campaign, "left"); err != nil {
				return err
			}
			who.Parts = who.Parts[:len(who.Parts)-1]
		}
		if err := c.enroll(tx, &who, id, i+1, campaign, c.pick(statePool...)); err != nil {
			return err
		}
	}
	c.people = append(c.people, who)
	return nil
}

// attribute returns something that an attribute may be.
func (c *crowd) attribute() any {
	switch c.rnd.IntN(5) {
	case 0:
		return numbers[c.rnd.IntN(len(numbers))]
	case 1:
		return c.rnd.IntN(2) == 0
	case 2:
		return nil
	}
	return c.pick(textPool...)
}

// enroll makes an enrollment with what was sent in it.
func (c *crowd) enroll(tx *tx, who *segment.Facts, id, campaign int, name, state string) error {
	part := segment.Part{Campaign: name, State: state}
	if state != "pending" && (state != "left" || c.rnd.IntN(3) > 0) {
		part.JoinedAt = c.moment()
	}
	var left, reason, finished any
	if state == "left" {
		left, reason = 1, "reader"
	}
	if state == "finished" {
		finished = 1
	}
	var e int64
	if err := tx.row([]any{&e}, `
		INSERT INTO enrollments (subscriber_id, campaign_id, state, start, joined_at, left_at, left_reason, finished_at)
		VALUES ($1, $2, $3, 'at-slot', $4, $5, $6, $7) RETURNING id`, id, campaign, state, ms(part.JoinedAt), left, reason, finished); err != nil {
		return err
	}
	who.Parts = append(who.Parts, part)
	for j, issue := range []string{"welcome", "second", drip.ConfirmationID} {
		sent := segment.Sent{Campaign: name, Issue: issue, At: c.moment()}
		switch c.rnd.IntN(3) {
		case 0:
			if _, err := tx.exec(`INSERT INTO deliveries (enrollment_id, issue_id, state, marked_at, sent_at) VALUES ($1, $2, 'sent', 1, $3)`, e, 10*campaign+j, ms(sent.At)); err != nil {
				return err
			}
			if issue != drip.ConfirmationID {
				who.Sent = append(who.Sent, sent)
			}
		case 1:
			if _, err := tx.exec(`INSERT INTO deliveries (enrollment_id, issue_id, state, reason) VALUES ($1, $2, 'skipped', 'behind')`, e, 10*campaign+j); err != nil {
				return err
			}
		}
	}
	return nil
}

// sameFacts compares what the database tells with what was put in.
func (c *crowd) sameFacts() {
	c.Helper()
	ids := []drip.SubscriberID{9999}
	for i := range c.people {
		ids = append(ids, drip.SubscriberID(i+1))
	}
	list, err := c.store.Facts(c.Context(), ids, true)
	if err != nil || !reflect.DeepEqual(list[0], segment.Facts{}) {
		c.Fatal(err, list[0])
	}
	for i, got := range list[1:] {
		want := c.people[i]
		want.Added = whole(want.Added)
		for j := range want.Sent {
			want.Sent[j].At = whole(want.Sent[j].At)
		}
		byText := func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
		for _, f := range []*segment.Facts{&got, &want} {
			slices.Sort(f.Tags)
			slices.SortFunc(f.Parts, func(a, b segment.Part) int { return byText(a, b) })
			slices.SortFunc(f.Sent, func(a, b segment.Sent) int { return byText(a, b) })
		}
		if !reflect.DeepEqual(got, want) {
			c.Fatalf("person %d is\n%+v, want\n%+v", i+1, got, want)
		}
	}
}

// filter returns a random filter with groups so deep.
func (c *crowd) filter(depth int) string {
	if depth == 0 || c.rnd.IntN(3) == 0 {
		return c.test()
	}
	switch c.rnd.IntN(4) {
	case 0:
		return "not (" + c.filter(depth-1) + ")"
	case 1:
		return "(" + c.filter(depth-1) + ") and (" + c.filter(depth-1) + ")"
	}
	return "(" + c.filter(depth-1) + ") or (" + c.filter(depth-1) + ")"
}

func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// test returns a random test.
func (c *crowd) test() string {
	when := c.pick("2026-11-29", "2026-11-30", "2026-10-30", "today", "1969-01-01")
	ordered := c.pick("<", "<=", ">", ">=")
	any := c.pick(ordered, "=", "!=")
	if c.rnd.IntN(8) == 0 {
		return c.pick("has ", "missing ") + c.pick("tag", "email", "name", "zone", "added", "batch", "status", "joined", "enrolled", "pending", "active", "finished", "left", "had", "last_sent", "country", "age", "nothing")
	}
	switch c.rnd.IntN(12) {
	case 0:
		return "tag:" + quoted(c.pick(append(tagPool, "nobody")...))
	case 1:
		return "tag in (vip, " + quoted(c.pick(tagPool...)) + ")"
	case 2:
		return c.pick("email", "name", "zone") + c.pick(" = ", " != ", " contains ") + quoted(c.pick("anna", "Reader1@example.org", "example.net", "europe/BERLIN", "å", "Å", `"n`, "\\"))
	case 3:
		return "batch " + c.pick(any+" "+c.pick("1", "2", "99999"), "in (1, 3, 99999)", "not in (2, 3)")
	case 4, 5:
		field := c.pick("joined", "joined", "added", "last_sent")
		if c.rnd.IntN(2) == 0 {
			return field + " " + ordered + c.pick(" 30d ago", " 2w ago", " 0d ago")
		}
		return field + " " + any + " " + when
	case 6:
		return "status " + c.pick("= ", "!= ") + c.pick("suppressed", "left", "active", "pending")
	case 7:
		return c.pick("status in (suppressed, active)", "enrolled in (garden, letters)", "enrolled in nowhere", "not active in garden", "left in letters", "finished in garden")
	case 8:
		return "had " + c.pick("= ", "!= ") + c.pick("welcome", "garden/second", "letters/welcome", "none")
	}
	key := "attr:" + c.pick(keyPool...)
	switch c.rnd.IntN(6) {
	case 0:
		return key + " " + any + " " + c.pick("42", "-3.5", "0", "17", "123456789012345")
	case 1:
		return key + " " + c.pick("= ", "!= ") + c.pick("true", "false")
	case 2:
		return key + " " + any + " " + when
	case 3:
		return key + " " + ordered + c.pick(" 28d ago", " 0d ago")
	case 4:
		return key + " in (DE, 42, 17, -3.5, true, 2026-10-30, 2026-11-30, today, " + quoted("x"+c.pick(textPool...)) + ")"
	}
	return key + c.pick(" = ", " != ", " contains ") + quoted(cmp.Or(c.pick(textPool...), "d"))
}
