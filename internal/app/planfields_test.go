package app

import (
	"reflect"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/segment"
	"partwork/internal/timing"
)

// TestPlanTellsOfEveryKey changes what campaign.yaml and the front matter can say, a field
// at a time: an edit of which plan knows nothing would be no edit to it.
func TestPlanTellsOfEveryKey(t *testing.T) {
	t.Parallel()
	others := make(map[reflect.Type]reflect.Value)
	for _, other := range []any{
		true, 7, "other", 5 * time.Hour, drip.FirstNextSlot, drip.ReviewRequired, drip.ResendUnknown, drip.Archive("readers"),
		drip.SignUp{Open: true}, drip.LatePolicy{Kind: drip.LateNextSlot},
		must(t, mailaddr.ParseMailbox, "Other <other@example.org>"), must(t, timing.ParseSchedule, "0 8 * * SUN"),
		must(t, timing.ParseHours, "09:00-10:00"), must(t, timing.ParseDates, []string{"12-24"}),
		must(t, timing.ParseDate, "2026-12-24"), must(t, segment.Parse, "tag:other"),
	} {
		others[reflect.TypeOf(other)] = reflect.ValueOf(other)
	}
	weekly := must(t, timing.ParseSchedule, "0 9 * * TUE")
	// What identifies something does not change, and texts and pictures are compared by
	// what is made of them.
	eachField(t, others, []string{"ID", "Issues", "Images", "Personas"}, func() drip.Campaign { return drip.Campaign{Schedule: weekly} },
		func(was, is *drip.Campaign) []Change { return campaignChanges(was, is) })
	eachField(t, others, []string{"ID", "Body", "Attachments", "BodyLine"}, func() drip.Issue { return drip.Issue{} },
		func(was, is *drip.Issue) []Change { return issueChanges(was, is) })
}

// eachField changes the fields one by one, but for some, and asks for the changes.
func eachField[T any](t *testing.T, others map[reflect.Type]reflect.Value, but []string, value func() T, changes func(was, is *T) []Change) {
	t.Helper()
	left := make(map[string]bool)
	for _, name := range but {
		left[name] = true
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if left[field.Name] {
			continue
		}
		was, is := value(), value()
		other, ok := others[field.Type]
		if !ok {
			t.Errorf("%s: this test knows no other %v", field.Name, field.Type)
			continue
		}
		reflect.ValueOf(&is).Elem().FieldByIndex(field.Index).Set(other)
		if len(changes(&was, &is)) == 0 {
			t.Errorf("%v: %s changes, and nothing is told", reflect.TypeFor[T](), field.Name)
		}
	}
}

func must[A, T any](t *testing.T, parse func(A) (T, error), text A) T {
	t.Helper()
	v, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
