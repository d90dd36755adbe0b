package fence_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"partwork/internal/drip"
	"partwork/internal/fence"
)

const uuid = "0b7f2c1e-5d3a-4f6b-9c8d-7e6f5a4b3c2d"

func accepted() fence.Outcome {
	return fence.Outcome{
		Enrollment: 7, Issue: 3, Attempt: 2, State: drip.DeliverySent, Class: drip.ClassAccepted,
		Phase: drip.PhaseFinal, Code: 250, Enhanced: "2.0.0", Text: "queued", At: at,
	}
}

func TestOutcomesAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	f, _ := newFolder(t)
	if _, err := f.Outcomes(uuid); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("nothing is kept, and the error is %v", err)
	}
	list := []fence.Outcome{
		accepted(),
		{Enrollment: 1, Issue: 1, Attempt: 1, State: drip.DeliveryUnknown, Class: drip.ClassUnknown, Phase: drip.PhaseFinal, At: at},
		{Enrollment: 2, Issue: 1, Attempt: 1, State: drip.DeliveryDeferred, Class: drip.ClassDeferred, Phase: drip.PhaseRcpt, Code: 450, At: at, RetryAt: at.Add(time.Hour)},
		{Enrollment: 3, Issue: 1, Attempt: 9, State: drip.DeliveryRefused, Reason: drip.ReasonRecipient, Class: drip.ClassRecipient,
			Phase: drip.PhaseRcpt, Code: 550, Enhanced: "5.1.1", At: at, Suppress: drip.SuppressedByBounce},
	}
	for n := 1; n <= len(list); n++ { // each replaces the one before
		if err := f.WriteOutcomes(uuid, list[:n]); err != nil {
			t.Fatal(err)
		}
		if got, err := f.Outcomes(uuid); err != nil || !reflect.DeepEqual(got, list[:n]) {
			t.Errorf("%v were read as %v (%v)", list[:n], got, err)
		}
	}
	if _, err := f.Outcomes("another"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("another database gets them: %v", err)
	}
	info, err := os.Stat(f.OutcomesName(uuid))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v (%v)", info.Mode(), err)
	}
	for range 2 {
		if err := f.RemoveOutcomes(uuid); err != nil {
			t.Error(err)
		}
	}
	if files, _ := os.ReadDir(f.Dir()); len(files) > 0 {
		t.Errorf("there are left %v", files)
	}
}

// What no database could take is told before one is asked to.
func TestDamagedOutcomesAreNotBelieved(t *testing.T) {
	t.Parallel()
	f, _ := newFolder(t)
	good := accepted()
	for name, change := range map[string]func(*fence.Outcome){
		"state": func(o *fence.Outcome) { o.State = drip.DeliveryClaimed }, "no state": func(o *fence.Outcome) { o.State = "" },
		"class": func(o *fence.Outcome) { o.Class = "" }, "reason": func(o *fence.Outcome) { o.Reason = drip.ReasonMessage },
		"refused": func(o *fence.Outcome) { o.State = drip.DeliveryRefused }, "enrollment": func(o *fence.Outcome) { o.Enrollment = 0 },
		"issue": func(o *fence.Outcome) { o.Issue = -1 }, "attempt": func(o *fence.Outcome) { o.Attempt = 0 },
		"time": func(o *fence.Outcome) { o.At = time.Time{} }, "suppress": func(o *fence.Outcome) { o.Suppress = "whim" },
	} {
		bad := good
		change(&bad)
		if err := f.WriteOutcomes(uuid, []fence.Outcome{good, bad}); err != nil {
			t.Fatal(err)
		}
		if damaged := (*fence.DamagedError)(nil); !mustFail(f, &damaged) || damaged.File != f.OutcomesName(uuid) {
			t.Errorf("%s: %v", name, damaged)
		}
	}
	for _, text := range []string{"", "[", "[{}]", `[{"nobody":1}]`, "null and void"} {
		if err := os.WriteFile(f.OutcomesName(uuid), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if damaged := (*fence.DamagedError)(nil); !mustFail(f, &damaged) {
			t.Errorf("%q is believed", text)
		}
	}
	aside, err := f.SetOutcomesAside(uuid, at)
	if err != nil || !strings.HasPrefix(filepath.Base(aside), "outcomes."+uuid+".json.2026") {
		t.Errorf("it was set aside as %s (%v)", aside, err)
	}
	if _, err := f.Outcomes(uuid); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("once it is set aside the error is %v", err)
	}
}

func mustFail(f fence.Folder, damaged **fence.DamagedError) bool {
	_, err := f.Outcomes(uuid)
	return errors.As(err, damaged)
}
