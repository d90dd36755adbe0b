package calendar

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"partwork/internal/drip"
	"partwork/internal/segment"
	"partwork/internal/timing"
)

// example is a block of docs/SEMANTICS.md that was understood. The end of that
// page says what the lines mean.
type example struct {
	campaign drip.Campaign
	passage  Passage
	off      []Span // the server is off
	deaf     []Span // the relay accepts nothing
	events   []Event
	expect   []mailing
}

// errAsExpected ends an example whose schedule is refused, and should be.
var errAsExpected = errors.New("refused as expected")

// settings are the keys that are read first and in this order, because what
// comes later needs them. Each may stand once.
var settings = []string{
	"schedule", "zone", "first", "min_gap", "max_late", "late_hours", "quiet", "give_up", "reopen_within",
	"issues", "pace", "tags", "joins", "imported",
}

// readExample understands a block, or says which line it does not.
func readExample(text string) (*example, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("the example is empty")
	}
	once, others, err := splitLines(text)
	if err != nil {
		return nil, err
	}
	e := newExample()
	for _, key := range settings {
		value, ok := once[key]
		if !ok {
			continue
		}
		if err := e.set(key, value); key == "schedule" && strings.HasPrefix(once["expect"], "refused") {
			return nil, asExpected(err, once["expect"])
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	for _, line := range others {
		if err := e.line(line[0], line[1]); err != nil {
			return nil, fmt.Errorf("%s: %w", line[0], err)
		}
	}
	return e, e.complete(once)
}

// splitLines cuts a block into its settings, "expect" included, and the lines
// that may come several times.
func splitLines(text string) (once map[string]string, others [][2]string, err error) {
	once = make(map[string]string)
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		key, value, ok := strings.Cut(line, ": ")
		switch _, known := once[key]; {
		case !ok:
			return nil, nil, fmt.Errorf("%q is not of the form key: value", line)
		case known:
			return nil, nil, fmt.Errorf("%s stands there twice", key)
		case key == "expect" || slices.Contains(settings, key):
			once[key] = strings.TrimSpace(value)
		default:
			others = append(others, [2]string{key, strings.TrimSpace(value)})
		}
	}
	return once, others, nil
}

// asExpected compares a refusal with "refused, some words of it".
func asExpected(err error, expect string) error {
	_, words, ok := strings.Cut(expect, ", ")
	switch {
	case !ok:
		return errors.New("expect: write refused, and some words of the message")
	case err == nil:
		return fmt.Errorf("the schedule was taken, but should be refused: %s", words)
	case !strings.Contains(err.Error(), words):
		return fmt.Errorf("refused, but not with %q: %w", words, err)
	}
	return errAsExpected
}

// newExample returns what holds if nothing else is said.
func newExample() *example {
	hours, _ := timing.ParseHours("08:00-20:00")
	return &example{
		campaign: drip.Campaign{First: drip.FirstOnJoin, LateHours: hours, GiveUp: 3, ReopenWithin: 180 * 24 * time.Hour},
		passage:  Passage{State: drip.EnrollmentActive, Start: drip.StartOnJoin, Pace: 1},
	}
}

// complete reports what is missing, and reads what is expected.
func (e *example) complete(once map[string]string) error {
	for _, key := range []string{"schedule", "zone", "issues", "expect"} {
		if once[key] == "" {
			return fmt.Errorf("%s is missing", key)
		}
	}
	if e.passage.JoinedAt.IsZero() {
		return errors.New("joins or imported is missing")
	}
	if once["expect"] == "nothing" {
		return nil
	}
	for item := range strings.SplitSeq(once["expect"], ", ") {
		local, issue, _ := strings.Cut(item, " (")
		if _, err := time.Parse("2006-01-02 15:04", local); err != nil {
			return fmt.Errorf("expect: %q is not a time such as 2026-03-31 09:00", local)
		}
		e.expect = append(e.expect, mailing{local, strings.TrimSuffix(issue, ")")})
	}
	return nil
}

// set reads one setting.
func (e *example) set(key, value string) (err error) {
	c, p := &e.campaign, &e.passage
	switch key {
	case "schedule":
		return setSchedule(c, value)
	case "zone":
		p.Zone, err = timing.NewZones().Load(value)
	case "first":
		c.First, err = oneOf(value, drip.FirstOnJoin, drip.FirstNextSlot)
	case "min_gap":
		c.MinGap, err = readLength(value)
	case "max_late":
		c.MaxLate, err = readLength(value)
	case "late_hours":
		c.LateHours, err = timing.ParseHours(value)
	case "quiet":
		c.Quiet, err = timing.ParseDates(strings.Split(value, ","))
	case "give_up":
		c.GiveUp, err = strconv.Atoi(value)
	case "reopen_within":
		c.ReopenWithin, err = readLength(value)
	case "issues":
		return e.number(value)
	case "pace":
		p.Pace, err = strconv.Atoi(value)
	case "tags":
		p.Who = &segment.Facts{Tags: strings.Split(value, ", ")}
	case "joins", "imported":
		return e.join(key, value)
	}
	return err
}

// setSchedule sets the schedule, and what "auto" makes of it.
func setSchedule(c *drip.Campaign, expr string) error {
	s, err := timing.ParseSchedule(expr)
	if err != nil {
		return err
	}
	c.Schedule, c.MinGap, c.MaxLate = s, s.Interval()/2, s.Interval()/2
	return nil
}

// oneOf reads a word.
func oneOf[T ~string](value string, words ...T) (T, error) {
	if !slices.Contains(words, T(value)) {
		return "", fmt.Errorf("%q is none of %v", value, words)
	}
	return T(value), nil
}

// readLength reads "36h" or "3d".
func readLength(value string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(value, "d"); ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(value)
}

// number makes the issues 1, 2, 3 and so on.
func (e *example) number(value string) error {
	n, err := strconv.Atoi(value)
	for i := range n {
		e.campaign.Issues = append(e.campaign.Issues, drip.Issue{ID: strconv.Itoa(i + 1)})
	}
	return err
}

// join lets the reader in.
func (e *example) join(key, value string) error {
	at, err := e.when(value)
	if key == "imported" {
		e.passage.Start = drip.StartAtSlot
	}
	e.passage.JoinedAt, e.passage.Floor = at, at
	return err
}

// when reads a time on the clock of the example's zone.
func (e *example) when(value string) (time.Time, error) {
	if e.passage.Zone == nil {
		return time.Time{}, errors.New("zone is missing")
	}
	t, err := time.Parse("2006-01-02 15:04", value)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a time such as 2026-03-31 09:00", value)
	}
	return timing.Resolve(timing.WallAt(t), e.passage.Zone), nil
}

// span reads "FROM .. TO".
func (e *example) span(value string) (Span, error) {
	first, last, _ := strings.Cut(value, " .. ")
	from, err := e.when(first)
	if err != nil {
		return Span{}, err
	}
	to, err := e.when(last)
	if err == nil && !to.After(from) {
		err = errors.New("it ends before it begins")
	}
	return Span{from, to}, err
}

// line reads a line that may come several times.
func (e *example) line(key, value string) error {
	if id, ok := strings.CutPrefix(key, "issue "); ok {
		return e.issue(id, value)
	}
	switch key {
	case "outage", "relay down", "campaign paused", "reader paused":
		s, err := e.span(value)
		if err == nil {
			e.during(key, s)
		}
		return err
	}
	if len(value) < len("2026-03-31 09:00") {
		return fmt.Errorf("%q does not begin with a time", value)
	}
	at, err := e.when(value[:len("2026-03-31 09:00")])
	if err != nil {
		return err
	}
	do, err := readEvent(key, strings.TrimSpace(value[len("2026-03-31 09:00"):]))
	e.events = append(e.events, Event{at, do})
	return err
}

// during notes what lasts for a while.
func (e *example) during(key string, s Span) {
	switch key {
	case "outage":
		e.off = append(e.off, s)
	case "relay down":
		e.deaf = append(e.deaf, s)
	case "campaign paused":
		e.events = append(e.events, Event{s.From, Freeze()}, Event{s.To, Thaw()})
	case "reader paused":
		e.events = append(e.events, Event{s.From, PauseUntil(s.To)})
	}
}

// issue reads what an issue's front matter says.
func (e *example) issue(id, value string) error {
	i := e.campaign.Issue(id)
	if i < 0 {
		return fmt.Errorf("there is no issue %s", id)
	}
	for item := range strings.SplitSeq(value, ", ") {
		if err := setIssue(&e.campaign.Issues[i], item); err != nil {
			return err
		}
	}
	return nil
}

func setIssue(issue *drip.Issue, item string) (err error) {
	switch word, value, _ := strings.Cut(item, " "); word {
	case "draft":
		issue.Draft = true
	case "skip_slots":
		issue.SkipSlots, err = strconv.Atoi(value)
	case "only_if":
		issue.OnlyIf, err = segment.Parse(value)
	case "not_before":
		issue.NotBefore, err = timing.ParseDate(value)
	case "late":
		issue.Late, err = readLate(value)
	default:
		err = fmt.Errorf("%q says nothing about an issue", item)
	}
	return err
}

// readLate reads "skip", "next-slot" or "within 21d".
func readLate(value string) (drip.LatePolicy, error) {
	if length, ok := strings.CutPrefix(value, "within "); ok {
		within, err := readLength(length)
		return drip.LatePolicy{Kind: drip.LateWithin, Within: within}, err
	}
	kind, err := oneOf(value, drip.LateSkip, drip.LateNextSlot)
	return drip.LatePolicy{Kind: kind}, err
}

// readEvent reads what happens at an instant.
func readEvent(key, value string) (Change, error) {
	switch key {
	case "stopped", "leaves":
		return Leave(), nil
	case "comes back":
		if value != "to continue" && value != "to start again" {
			return nil, fmt.Errorf("%q is neither to continue nor to start again", value)
		}
		return Return(value == "to start again"), nil
	case "starts over":
		return StartOver(), nil
	case "asks":
		return Ask(), nil
	case "goes on":
		return Unpause(), nil
	case "paces":
		n, err := strconv.Atoi(value)
		return SetPace(n), err
	case "day full":
		return func(s *Stage) error { return Fill(timing.DateAt(s.now.In(s.reader.Zone)))(s) }, nil
	case "closed":
		return func(*Stage) error { return nil }, nil // who is in goes on: planning knows nothing of it
	case "moves":
		zone, err := timing.NewZones().Load(strings.TrimPrefix(value, "to "))
		return Move(zone), err
	case "reschedule":
		expr := strings.TrimPrefix(value, "to ")
		return reschedule(expr), setSchedule(&drip.Campaign{}, expr)
	case "insert":
		return readInsert(value)
	case "append":
		return insert(drip.Issue{ID: value}, ""), nil
	case "remove":
		return remove(value), nil
	case "shift":
		id, before, _ := strings.Cut(value, " before ")
		return shift(id, before), nil
	case "ready":
		return ready(value), nil
	}
	return nil, fmt.Errorf("%q is no key", key)
}

// readInsert reads "ID before ID" and what the new issue's front matter says.
func readInsert(value string) (Change, error) {
	place, items, _ := strings.Cut(value, ", ")
	id, before, ok := strings.Cut(place, " before ")
	if !ok {
		return nil, fmt.Errorf("%q is not of the form ID before ID", place)
	}
	issue := drip.Issue{ID: id}
	if items != "" {
		if err := setIssue(&issue, items); err != nil {
			return nil, err
		}
	}
	return insert(issue, before), nil
}
